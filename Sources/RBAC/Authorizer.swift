/// Decides requests over a policy exactly as the API server's RBAC authorizer does.
///
/// Kubernetes: `plugin/pkg/auth/authorizer/rbac/rbac.go`. Rules count as they are stored: aggregation has to be filled
/// in before. Of several roles with one name the first counts.
package struct Authorizer: Sendable {
    package let policy: Policy
    private let roles: [RoleKey: Int]

    package init(policy: Policy) {
        self.policy = policy
        var roles: [RoleKey: Int] = [:]
        for (index, role) in policy.roles.enumerated() {
            let key = RoleKey(kind: role.kind, namespace: role.namespace, name: role.name)
            if roles[key] == nil { roles[key] = index }
        }
        self.roles = roles
    }

    /// Everything that is bound to a user, resolved once for any number of decisions.
    package func access(of user: UserInfo) -> Access {
        var bindings: [Access.Bound] = []
        for (index, binding) in policy.bindings.enumerated() {
            guard let subject = binding.subjects.firstIndex(where: { $0.matches(user, in: binding) }) else { continue }
            bindings.append(.init(binding: index, subject: subject, role: role(of: binding)))
        }
        return Access(user: user, policy: policy, bindings: bindings)
    }

    /// Decides one request; `access(of:)` is for many of the same user.
    package func authorize(_ attributes: RequestAttributes, user: UserInfo) -> Decision {
        access(of: user).decide(attributes)
    }

    /// Kubernetes: `GetRoleReferenceRules`. A namespaced role has to stand in the binding's namespace.
    private func role(of binding: Binding) -> Int? {
        switch (binding.roleRef.kind, binding.kind) {
        case ("ClusterRole", _):
            roles[RoleKey(kind: .clusterRole, namespace: "", name: binding.roleRef.name)]
        case ("Role", .roleBinding):
            roles[RoleKey(kind: .role, namespace: binding.namespace, name: binding.roleRef.name)]
        default:
            nil
        }
    }
}

/// What identifies a role in a cluster.
private struct RoleKey: Hashable, Sendable {
    var kind: Role.Kind
    var namespace: ExactText
    var name: ExactText

    init(kind: Role.Kind, namespace: String, name: String) {
        self.kind = kind
        self.namespace = ExactText(kind == .clusterRole ? "" : namespace)
        self.name = ExactText(name)
    }
}

extension Subject {
    /// Whether this is the user. Kubernetes: `appliesToUser` in `pkg/registry/rbac/validation/rule.go`.
    package func matches(_ user: UserInfo, in binding: Binding) -> Bool {
        switch kind {
        case "User":
            return user.name.isExactly(name)
        case "Group":
            return user.groups.containsExactly(name)
        case "ServiceAccount":
            let home = namespace.isEmpty ? binding.namespace : namespace
            return !home.isEmpty && user.name.isExactly("system:serviceaccount:\(home):\(name)")
        default:
            return false
        }
    }
}
