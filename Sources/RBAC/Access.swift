/// What one user may do: the bindings that name the user, resolved.
package struct Access: Sendable {
    struct Bound: Sendable {
        var binding: Int
        var subject: Int
        /// `nil` where the role is not there.
        var role: Int?
    }

    package let user: UserInfo
    let policy: Policy
    private let bindings: [Bound]

    init(user: UserInfo, policy: Policy, bindings: [Bound]) {
        self.user = user
        self.policy = policy
        self.bindings = bindings
    }

    /// Decides one request: the cluster role bindings first, then, where the request has a namespace, the role bindings of
    /// that namespace, each in the order of the policy; the first rule that matches decides.
    package func decide(_ attributes: RequestAttributes) -> Decision {
        for bound in visited(namespace: attributes.namespace) {
            guard let role = bound.role else { continue }
            if let rule = policy.roles[role].rules.firstIndex(where: { $0.rule.matches(attributes) }) {
                let grant = Decision.Grant(binding: bound.binding, role: role, rule: rule, subject: bound.subject)
                return Decision(grant: grant, access: self, namespace: attributes.namespace)
            }
        }
        return Decision(grant: nil, access: self, namespace: attributes.namespace)
    }

    /// The bindings of this user whose role is not there, among those that a request in the namespace visits.
    package func brokenReferences(namespace: String) -> [BrokenReference] {
        visited(namespace: namespace).filter { $0.role == nil }.map {
            BrokenReference(binding: $0.binding, roleRef: policy.bindings[$0.binding].roleRef)
        }
    }

    /// The rules that the user holds in a namespace, or at cluster scope where it is empty, in the order of evaluation.
    ///
    /// Kubernetes: `RulesFor` in `pkg/registry/rbac/validation/rule.go`; what escalation is checked against.
    package func rules(namespace: String) -> [PolicyRule] {
        visited(namespace: namespace).compactMap(\.role).flatMap { policy.roles[$0].rules.map(\.rule) }
    }

    private func visited(namespace: String) -> [Bound] {
        let cluster = bindings.filter { policy.bindings[$0.binding].kind == .clusterRoleBinding }
        guard !namespace.isEmpty else { return cluster }
        return cluster
            + bindings.filter {
                policy.bindings[$0.binding].kind == .roleBinding
                    && policy.bindings[$0.binding].namespace.isExactly(namespace)
            }
    }
}
