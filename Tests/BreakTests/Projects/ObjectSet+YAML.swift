import RBAC

extension ObjectSet {
    /// The objects as manifests, with the operator's Deployment where one is given.
    func yaml(operator account: ServiceAccountName? = nil) -> String {
        var documents = roles.filter { !$0.isBuiltIn }.map(Self.document) + bindings.map(Self.document)
        documents += accounts.map { account in
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: \(quoted(account.name)), namespace: \(quoted(account.namespace))}
            """
        }
        if let account {
            documents.append(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: operator, namespace: \(quoted(account.namespace))}
                spec:
                  selector: {matchLabels: {app: operator}}
                  template:
                    metadata: {labels: {app: operator}}
                    spec:
                      serviceAccountName: \(quoted(account.name))
                      containers: [{name: operator, image: operator}]
                """
            )
        }
        return documents.joined(separator: "\n---\n") + "\n"
    }

    private static func document(_ object: RoleObject) -> String {
        var lines = header(object.role.kind.rawValue, object.role.namespace, object.role.name)
        if !object.labels.isEmpty {
            lines.append("  labels:")
            lines += object.labels.sorted { $0.key < $1.key }.map { "    \(quoted($0.key)): \(quoted($0.value))" }
        }
        if object.isAggregated {
            lines += ["aggregationRule:", "  clusterRoleSelectors:"]
            for selector in object.selectors {
                let labels = selector.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \(quoted($0.value))" }
                lines.append("  - matchLabels: {\(labels.joined(separator: ", "))}")
            }
        }
        lines.append(object.role.rules.isEmpty ? "rules: []" : "rules:")
        for rule in object.role.rules.map(\.rule) { lines += entry(rule) }
        return lines.joined(separator: "\n")
    }

    private static func entry(_ rule: PolicyRule) -> [String] {
        let lists = [
            ("apiGroups", rule.apiGroups), ("resources", rule.resources), ("resourceNames", rule.resourceNames),
            ("nonResourceURLs", rule.nonResourceURLs), ("verbs", rule.verbs),
        ]
        let lines = lists.filter { !$0.1.isEmpty }.flatMap { name, items in
            ["\(name):"] + items.map { "- \(quoted($0))" }
        }
        return lines.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
    }

    private static func document(_ binding: Binding) -> String {
        var lines = header(binding.kind.rawValue, binding.namespace, binding.name)
        lines += [
            "roleRef:", "  apiGroup: rbac.authorization.k8s.io", "  kind: \(binding.roleRef.kind)",
            "  name: \(quoted(binding.roleRef.name))", binding.subjects.isEmpty ? "subjects: []" : "subjects:",
        ]
        for subject in binding.subjects {
            lines += ["- kind: \(subject.kind)", "  name: \(quoted(subject.name))"]
            if subject.kind == "User" || subject.kind == "Group" {
                lines.append("  apiGroup: rbac.authorization.k8s.io")
            }
            if !subject.namespace.isEmpty { lines.append("  namespace: \(quoted(subject.namespace))") }
        }
        return lines.joined(separator: "\n")
    }

    private static func header(_ kind: String, _ namespace: String, _ name: String) -> [String] {
        var lines = [
            "apiVersion: rbac.authorization.k8s.io/v1", "kind: \(kind)", "metadata:", "  name: \(quoted(name))",
        ]
        if !namespace.isEmpty { lines.append("  namespace: \(quoted(namespace))") }
        return lines
    }
}

/// In quotes that YAML and JSON read alike.
private func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
}
