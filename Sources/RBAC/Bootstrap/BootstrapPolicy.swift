/// The roles that every cluster is born with, and what it grants with them to everybody: Kubernetes v1.36 with its default
/// feature gates.
///
/// Kubernetes: `plugin/pkg/auth/authorizer/rbac/bootstrappolicy`.
package enum BootstrapPolicy {
    /// What a cluster grants to everybody: discovery and self reviews to the authenticated, its version and health to
    /// anybody, and the issuer's keys to service accounts.
    package static let defaultGrants: Policy = {
        let grants = [
            ("system:basic-user", [UserInfo.authenticatedGroup]),
            ("system:discovery", [UserInfo.authenticatedGroup]),
            ("system:public-info-viewer", [UserInfo.authenticatedGroup, UserInfo.unauthenticatedGroup]),
            ("system:service-account-issuer-discovery", ["system:serviceaccounts"]),
        ]
        return Policy(
            roles: grants.compactMap { clusterRole(named: $0.0) },
            bindings: grants.map { name, groups in
                Binding(
                    kind: .clusterRoleBinding,
                    name: name,
                    roleRef: RoleRef(kind: "ClusterRole", name: name),
                    subjects: groups.map { Subject(kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: $0) }
                )
            }
        )
    }()

    /// A built-in cluster role, aggregated ones (`admin`, `edit`, `view`) filled from the other built-in ones; `nil` where
    /// Kubernetes has none of that name.
    package static func clusterRole(named name: String) -> Role? {
        guard let entry = clusterRoleEntry(named: name) else { return nil }
        return Role(kind: .clusterRole, name: name, rules: rules(of: entry).map { Role.Rule($0) })
    }

    /// A built-in role of one of the system's namespaces, such as `extension-apiserver-authentication-reader` in
    /// `kube-system`; `nil` where Kubernetes has none of that name there.
    package static func role(named name: String, namespace: String) -> Role? {
        guard let entry = BootstrapTables.entry(named: "\(namespace)/\(name)", in: BootstrapTables.namespacedRoles)
        else { return nil }
        return Role(kind: .role, namespace: namespace, name: name, rules: entry.rules.map { Role.Rule($0) })
    }

    /// The names of the built-in cluster roles, in the order of their bytes.
    package static let clusterRoleNames: [String] = clusterRoleTables.flatMap(BootstrapTables.names).sorted()

    /// The labels that a built-in cluster role bears, among them those by which it is collected into others
    /// (`rbac.authorization.k8s.io/aggregate-to-…`); empty where Kubernetes has none of that name.
    package static func labels(ofClusterRole name: String) -> [String: String] {
        guard let entry = clusterRoleEntry(named: name) else { return [:] }
        var labels = ["kubernetes.io/bootstrapping": "rbac-defaults"]
        for target in entry.aggregatedTo { labels["rbac.authorization.k8s.io/aggregate-to-\(target)"] = "true" }
        return labels
    }

    private static let clusterRoleTables = [BootstrapTables.clusterRoles, BootstrapTables.controllerRoles]

    private static func clusterRoleEntry(named name: String) -> BootstrapTables.Entry? {
        clusterRoleTables.lazy.compactMap { BootstrapTables.entry(named: name, in: $0) }.first
    }

    /// The rules as the aggregation controller leaves them: of every role that bears the label, in the order of names, each
    /// rule once.
    private static func rules(of entry: BootstrapTables.Entry) -> [PolicyRule] {
        guard let target = entry.aggregatedFrom else { return entry.rules }
        var rules: [PolicyRule] = []
        for name in BootstrapTables.names(in: BootstrapTables.clusterRoles).sorted() {
            guard let source = clusterRoleEntry(named: name), source.aggregatedTo.contains(target) else { continue }
            for rule in self.rules(of: source) where !rules.contains(rule) { rules.append(rule) }
        }
        return rules
    }
}
