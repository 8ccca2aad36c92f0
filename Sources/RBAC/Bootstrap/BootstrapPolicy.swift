/// What upstream Kubernetes v1.36 brings along: the roles that every cluster has, and what they grant to everybody.
///
/// Kubernetes: `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`. Nothing is parsed before it is asked for.
package enum BootstrapPolicy {
    /// What every cluster grants to every authenticated user and to every service account.
    package static let defaultGrants: Policy = {
        let grants = [
            ("system:basic-user", "system:authenticated"),
            ("system:discovery", "system:authenticated"),
            ("system:public-info-viewer", "system:authenticated"),
            ("system:service-account-issuer-discovery", "system:serviceaccounts"),
        ]
        return Policy(
            roles: grants.compactMap { clusterRole(named: $0.0) },
            bindings: grants.map { role, group in
                Binding(
                    kind: .clusterRoleBinding,
                    name: role,
                    roleRef: RoleRef(kind: "ClusterRole", name: role),
                    subjects: [Subject(kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: group)]
                )
            }
        )
    }()

    /// A built-in cluster role, aggregated ones filled; `nil` for any other name. Linear in the table.
    package static func clusterRole(named name: String) -> Role? {
        let rules: [PolicyRule]
        if let parts = aggregated[name] {
            var seen: Set<PolicyRule> = []
            rules = parts.flatMap(tableRules).filter { seen.insert($0).inserted }
        } else {
            guard let found = BootstrapTable.rules(ofRole: name) else { return nil }
            rules = found
        }
        return Role(kind: .clusterRole, name: name, rules: rules.map { Role.Rule($0) })
    }

    /// A built-in role of one of the system's namespaces, such as `extension-apiserver-authentication-reader` in
    /// `kube-system`; `nil` for any other name. Linear in the table.
    package static func role(named name: String, namespace: String) -> Role? {
        guard let rules = BootstrapTable.rules(ofRole: "\(namespace)/\(name)", in: builtinNamespacedRoles) else {
            return nil
        }
        return Role(kind: .role, namespace: namespace, name: name, rules: rules.map { Role.Rule($0) })
    }

    /// The names of all built-in cluster roles, sorted by their bytes.
    package static var clusterRoleNames: [String] {
        let names = BootstrapTable.names(in: builtinClusterRoles) + BootstrapTable.names(in: controllerClusterRoles)
        return (names + aggregated.keys).sorted()
    }

    /// The labels of a built-in cluster role, among them those by which others collect it; empty for any other name.
    package static func labels(ofClusterRole name: String) -> [String: String] {
        guard isBuiltin(clusterRole: name) else { return [:] }
        var labels = ["kubernetes.io/bootstrapping": "rbac-defaults"]
        if let target = collectors[name] { labels["rbac.authorization.k8s.io/aggregate-to-\(target)"] = "true" }
        return labels
    }

    /// The label by which `admin`, `edit` and `view` collect other cluster roles; `nil` for roles that collect none.
    package static func aggregationLabel(ofClusterRole name: String) -> String? {
        aggregated[name] == nil ? nil : "rbac.authorization.k8s.io/aggregate-to-\(name)"
    }

    /// Whether upstream's clusters have a cluster role of this name.
    package static func isBuiltin(clusterRole name: String) -> Bool {
        aggregated[name] != nil || BootstrapTable.rules(ofRole: name) != nil
    }

    /// `admin` collects what is labelled for it, `edit` among that, and `edit` collects `view`.
    private static let aggregated = [
        "view": ["system:aggregate-to-view"],
        "edit": ["system:aggregate-to-edit", "system:aggregate-to-view"],
        "admin": ["system:aggregate-to-edit", "system:aggregate-to-view", "system:aggregate-to-admin"],
    ]

    /// Which role collects which.
    private static let collectors = [
        "system:aggregate-to-view": "view", "view": "edit", "system:aggregate-to-edit": "edit", "edit": "admin",
        "system:aggregate-to-admin": "admin",
    ]

    private static func tableRules(_ name: String) -> [PolicyRule] { BootstrapTable.rules(ofRole: name) ?? [] }
}

/// Reads the tables of built-in cluster roles.
enum BootstrapTable {
    static func rules(ofRole name: String) -> [PolicyRule]? {
        rules(ofRole: name, in: builtinClusterRoles) ?? rules(ofRole: name, in: controllerClusterRoles)
    }

    /// The roles of a table, in its order.
    static func names(in table: StaticString) -> [String] {
        table.withUTF8Buffer { bytes in
            bytes.split(separator: UInt8(ascii: "\n")).filter { $0.first != UInt8(ascii: " ") }
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// The rules of one role of a table; `nil` where it has none of that name.
    static func rules(ofRole name: String, in table: StaticString) -> [PolicyRule]? {
        table.withUTF8Buffer { bytes in
            var rules: [PolicyRule]?
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                if line.first == UInt8(ascii: " ") {
                    rules?.append(rule(String(decoding: line.dropFirst(), as: UTF8.self)))
                } else if rules != nil {
                    break
                } else if line.elementsEqual(name.utf8) {
                    rules = []
                }
            }
            return rules
        }
    }

    /// One line of the notation.
    private static func rule(_ line: String) -> PolicyRule {
        let words = line.split(separator: " ").map(String.init)
        let verbs = words.first?.split(separator: ",").map(String.init) ?? []
        guard words.count > 1, words[1].hasSuffix(":") else {
            let paths = words.dropFirst().first?.split(separator: ",").map(String.init) ?? []
            return PolicyRule(verbs: verbs, nonResourceURLs: paths)
        }
        let names = words.count > 3 ? words[3].dropFirst().dropLast().split(separator: ",").map(String.init) : []
        return PolicyRule(
            verbs: verbs,
            apiGroups: words[1].dropLast().split(separator: ",").map { $0 == "core" ? "" : String($0) },
            resources: words[2].split(separator: ",").map(String.init),
            resourceNames: names
        )
    }
}
