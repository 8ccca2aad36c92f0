import Manifests
import RBAC

/// A rule that somebody holds through the manifests, and where it holds.
struct HeldRule {
    /// As the role has it, both halves.
    var rule: PolicyRule
    /// The one namespace where it holds; `nil` for the whole cluster.
    var namespace: String?
    /// Of the policy.
    var role: Role
    /// The role of the manifests that the rule is written in (of an aggregated role: the one it comes from); `nil` for
    /// what no file holds.
    var manifestRole: Int?
    /// Into that role's rules.
    var manifestRule: Int?

    /// The halves that can take effect here: paths and cluster scope are out of a namespace's reach, paths in fact.
    var halves: [PolicyRule] { rule.halves.filter { namespace == nil || !$0.isPathHalf } }
}

/// What a user holds, binding by binding. Where the manifests hold roles and no binding at all, every role counts as bound
/// to the user: a ClusterRole in the whole cluster, a Role in its namespace.
func heldRules(of user: UserInfo, declared: DeclaredPolicy) -> [HeldRule] {
    let policy = declared.policy
    if policy.bindings.isEmpty {
        return policy.roles.flatMap { role in
            heldRules(of: role, namespace: role.kind == .role ? role.namespace : nil, declared: declared)
        }
    }
    return policy.bindings.flatMap { binding -> [HeldRule] in
        guard binding.subjects.contains(where: { $0.names(user, in: binding) }),
            let role = policy.roleIndex(of: binding)
        else { return [] }
        return heldRules(of: policy.roles[role], namespace: binding.scope, declared: declared)
    }
}

func heldRules(of role: Role, namespace: String?, declared: DeclaredPolicy) -> [HeldRule] {
    role.rules.map { rule in
        var held = HeldRule(rule: rule.rule, namespace: namespace, role: role)
        if case .rule(let roleIndex, let ruleIndex) = declared[rule.source] {
            held.manifestRole = roleIndex
            held.manifestRule = ruleIndex
        }
        return held
    }
}

extension Subject {
    /// Whether a binding with this subject reaches the user. Kubernetes: `rbac.appliesToUser`.
    func names(_ user: UserInfo, in binding: Binding) -> Bool {
        switch kind {
        case "User": name.hasSameBytes(as: user.name)
        case "Group": user.groups.contains { $0.hasSameBytes(as: name) }
        case "ServiceAccount": accountName(in: binding)?.userName.hasSameBytes(as: user.name) ?? false
        default: false
        }
    }
}
