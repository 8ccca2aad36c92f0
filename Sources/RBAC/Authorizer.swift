/// Kubernetes' RBAC authorizer over a fixed policy.
///
/// Decides as `plugin/pkg/auth/authorizer/rbac/rbac.go` (v1.36) does over the rules as stored, and names the binding
/// and the rule that decided. Ask for the `access(of:)` a user once, then decide any number of requests with it. Of several
/// roles with one name the first counts. Copies are cheap.
package struct Authorizer: Sendable {
    /// The policy that is judged; the indices of a `Decision` point into it.
    package let policy: Policy
    private let subjects: SubjectIndex
    private let roles: RoleTable
    private let cache = AccessCache()

    /// Linear in the size of the policy.
    package init(policy: Policy) {
        self.policy = policy
        subjects = SubjectIndex(policy.bindings)
        roles = RoleTable(policy.roles)
    }

    /// Resolves what one user holds. Linear in the bindings that name the user or one of the groups, and in the rules
    /// of their roles; what is bound to others costs nothing.
    package func access(of user: UserInfo) -> Access {
        let bound = subjects.bindings(of: user).map { binding, subject in
            BoundRole(binding: binding, subject: subject, role: roles.role(of: policy.bindings[binding]))
        }
        return Access(of: user, policy: policy, bound: bound)
    }

    /// One decision for one user. The access of the users asked about last is kept, so that this is nearly as quick as
    /// `Access.decide`.
    package func authorize(_ request: RequestAttributes, user: UserInfo) -> Decision {
        cache.access(of: user, else: { access(of: $0) }).decide(request)
    }
}

/// Roles by kind, namespace and name.
private struct RoleTable: Sendable {
    private struct Key: Hashable {
        var kind: Role.Kind
        var namespace: ByteKey
        var name: ByteKey
    }

    private var roles: [Key: Int] = [:]

    init(_ list: [Role]) {
        for (index, role) in list.enumerated() {
            let namespace = role.kind == .role ? role.namespace : ""
            let key = Key(kind: role.kind, namespace: ByteKey(namespace), name: ByteKey(role.name))
            if roles[key] == nil { roles[key] = index }
        }
    }

    /// The role that a binding refers to: a namespaced one has to stand in the binding's namespace, which a cluster role
    /// binding has not. Kubernetes: `GetRoleReferenceRules` in `pkg/registry/rbac/validation/rule.go`.
    func role(of binding: Binding) -> Int? {
        guard let kind = Role.Kind(rawValue: binding.roleRef.kind) else { return nil }
        if kind == .role, binding.kind != .roleBinding { return nil }
        let namespace = kind == .role ? binding.namespace : ""
        return roles[Key(kind: kind, namespace: ByteKey(namespace), name: ByteKey(binding.roleRef.name))]
    }
}
