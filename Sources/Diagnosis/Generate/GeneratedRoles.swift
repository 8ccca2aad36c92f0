package import RBAC

/// The smallest roles that allow what was called, and whom to give them to.
package struct GeneratedRoles: Sendable {
    package struct Role: Hashable, Sendable {
        package var kind: RBAC.Role.Kind
        /// Empty for a ClusterRole.
        package var namespace: String
        package var rules: [Rule]
    }

    package struct Rule: Hashable, Sendable {
        package var rule: PolicyRule
        /// Why it is there: a line for each of its resources or paths, without the comment sign.
        package var reasons: [String]
        /// Where the calls stand: `rbac-trace.jsonl:12`.
        package var origins: [String]
    }

    /// What the objects are called.
    package struct Names: Hashable, Sendable {
        package var role: String
        package var binding: String
    }

    /// The ClusterRole first, then Roles by namespace; none without a rule.
    package var roles: [Role]
    package var names: Names
    /// Who made the calls, and as a binding names it.
    package var user: UserInfo
    package var subject: Subject
    package var requirements: Int
    package var calls: Int
    /// Requirements that every cluster grants by default, and that no role has to.
    package var grantedByDefault: Int
    /// What was assumed, as sentences.
    package var notes: [String]
}

extension GeneratedRoles {
    /// As an API server would store them, bound to whom they are for.
    package var policy: Policy {
        Policy(
            roles: roles.map { role in
                RBAC.Role(
                    kind: role.kind,
                    namespace: role.namespace,
                    name: names.role,
                    rules: role.rules.map { RBAC.Role.Rule($0.rule) }
                )
            },
            bindings: roles.map { role in
                Binding(
                    kind: role.kind == .clusterRole ? .clusterRoleBinding : .roleBinding,
                    namespace: role.namespace,
                    name: names.binding,
                    roleRef: RoleRef(kind: role.kind.rawValue, name: names.role),
                    subjects: [subject]
                )
            }
        )
    }

    /// Kubebuilder markers that controller-gen makes the same roles of, in the order of the rules.
    package var markers: [String] {
        roles.flatMap { role in role.rules.map { kubebuilderMarker($0.rule, namespace: role.namespace) } }
    }
}
