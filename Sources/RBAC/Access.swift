/// A binding that names a user, resolved; as indices into the policy.
package struct BoundRole: Hashable, Sendable {
    package var binding: Int
    /// Into the binding's subjects: the first that is the user.
    package var subject: Int
    /// `nil` where the role is not there.
    package var role: Int?

    package init(binding: Int, subject: Int, role: Int?) {
        self.binding = binding
        self.subject = subject
        self.role = role
    }
}

/// What one user holds: the rules of every binding that names the user, indexed by what they are about. Copies are cheap.
package struct Access: Sendable {
    private let index: AccessIndex

    init(of user: UserInfo, policy: Policy, bound: [BoundRole]) {
        index = AccessIndex(user: user, policy: policy, bound: bound)
    }

    /// Whose access this is.
    package var user: UserInfo { index.user }

    /// Decides one request: the cluster role bindings first, then, where the request has a namespace, the role bindings of
    /// that namespace, each in the order of the policy; the first rule that matches decides.
    ///
    /// Looks only at rules that name the request's resource (or a wildcard) or path, and allocates nothing.
    package func decide(_ request: RequestAttributes) -> Decision {
        let (grant, scope) = index.decide(request)
        return Decision(grant: grant, index: index, scope: scope)
    }

    /// Every grant of the request, not only the first one; in the order of evaluation.
    package func grants(of request: RequestAttributes) -> [Decision.Grant] {
        index.grants(of: request)
    }

    /// The bindings that a request in the namespace visits, in the order of evaluation, those without a role too; with an
    /// empty namespace those of cluster scope.
    package func boundRoles(inNamespace namespace: String) -> [BoundRole] {
        index.bound(scope: index.scope(of: namespace))
    }

    /// The rules that hold everywhere, and those that hold in one namespace besides, in the order of evaluation.
    ///
    /// Kubernetes: `RulesFor` in `pkg/registry/rbac/validation/rule.go`; what escalation is checked against.
    package func rules(inNamespace namespace: String) -> [PolicyRule] {
        boundRoles(inNamespace: namespace).compactMap(\.role).flatMap { index.policy.roles[$0].rules.map(\.rule) }
    }

    /// The namespaces that role bindings name this user in, sorted by their bytes.
    package var namespaces: [String] {
        let names = index.scopes.compactMap(\.bound.first).map { index.policy.bindings[$0.binding].namespace }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
