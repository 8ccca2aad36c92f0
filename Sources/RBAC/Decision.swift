/// The answer to one request. RBAC allows or has no opinion; it never denies.
package struct Decision: Sendable {
    /// What granted a request, as indices into the policy.
    package struct Grant: Hashable, Sendable {
        package var binding: Int
        package var role: Int
        /// Into the role's rules.
        package var rule: Int
        /// Into the binding's subjects: the first that is the user.
        package var subject: Int

        package init(binding: Int, role: Int, rule: Int, subject: Int) {
            self.binding = binding
            self.role = role
            self.rule = rule
            self.subject = subject
        }
    }

    /// `nil` where nothing grants the request.
    package let grant: Grant?
    private let index: AccessIndex
    private let scope: Int?

    init(grant: Grant?, index: AccessIndex, scope: Int?) {
        self.grant = grant
        self.index = index
        self.scope = scope
    }

    package var isAllowed: Bool { grant != nil }

    /// The bindings on the way that refer to no role that is there, as the API server words it. Empty where access is
    /// granted: the server drops them then.
    package var errors: [String] {
        guard !isAllowed else { return [] }
        return index.bound(scope: scope).filter { $0.role == nil }.map {
            index.policy.bindings[$0.binding].roleRef.errorText
        }
    }

    /// The reason as an access review and an audit event carry it; built at each call. Empty where nothing grants the
    /// request and no binding is broken.
    package var reason: String {
        if let grant {
            return "RBAC: allowed by \(index.policy.bindings[grant.binding].description(grantingTo: grant.subject))"
        }
        // Kubernetes: `utilerrors.NewAggregate` says each error once.
        var seen: Set<ByteKey> = []
        let errors = errors.filter { seen.insert(ByteKey($0)).inserted }
        switch errors.count {
        case 0: return ""
        case 1: return "RBAC: \(errors[0])"
        default: return "RBAC: [\(errors.joined(separator: ", "))]"
        }
    }
}

extension RoleRef {
    /// The API server's words where the role is not there. Kubernetes: `GetRoleReferenceRules` and the informers' listers,
    /// which name the resource in the singular.
    fileprivate var errorText: String {
        switch kind {
        case "Role": "role.rbac.authorization.k8s.io \(goQuoted(name)) not found"
        case "ClusterRole": "clusterrole.rbac.authorization.k8s.io \(goQuoted(name)) not found"
        default: "unsupported role reference kind: \(goQuoted(kind))"
        }
    }
}

extension Binding {
    /// The binding, its role and one of its subjects as reasons name them; names stand before namespaces there.
    ///
    /// Kubernetes: `clusterRoleBindingDescriber`, `roleBindingDescriber` and `describeSubject` in
    /// `pkg/registry/rbac/validation/rule.go`.
    fileprivate func description(grantingTo index: Int) -> String {
        let subject = subjects[index]
        let place = kind == .roleBinding ? "\(name)/\(namespace)" : name
        let who =
            subject.kind == "ServiceAccount"
            ? "\(subject.name)/\(subject.namespace.isEmpty ? namespace : subject.namespace)" : subject.name
        return "\(kind.rawValue) \(goQuoted(place)) of \(roleRef.kind) \(goQuoted(roleRef.name)) "
            + "to \(subject.kind) \(goQuoted(who))"
    }
}
