package import RBAC

/// Objects as a person writes them in a manifest, line by line.
enum YAMLText {
    /// A rule as an entry of `rules`.
    static func rule(_ rule: PolicyRule) -> [String] {
        let lists: [(String, [String])] = [
            ("apiGroups", rule.apiGroups), ("resources", rule.resources), ("resourceNames", rule.resourceNames),
            ("nonResourceURLs", rule.nonResourceURLs), ("verbs", rule.verbs),
        ]
        let lines = lists.filter { !$0.1.isEmpty }.map { "\($0.0): \(yamlList($0.1))" }
        return lines.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
    }

    /// A role as a document of its own.
    static func role(_ role: Role, labels: [String: String] = [:]) -> [String] {
        header(role.kind.rawValue, role.name, namespace: role.namespace, labels: labels)
            + ["rules:"] + role.rules.flatMap { rule($0.rule) }
    }

    /// A binding as a document of its own.
    static func binding(_ binding: Binding) -> [String] {
        header(binding.kind.rawValue, binding.name, namespace: binding.namespace) + roleRef(binding.roleRef)
            + ["subjects:"] + binding.subjects.flatMap { subject($0) }
    }

    static func roleRef(_ reference: RoleRef) -> [String] {
        [
            "roleRef:", "  apiGroup: rbac.authorization.k8s.io", "  kind: \(yamlScalar(reference.kind))",
            "  name: \(yamlScalar(reference.name))",
        ]
    }

    /// A subject as an entry of `subjects`.
    static func subject(_ subject: Subject) -> [String] {
        var lines = ["- kind: \(yamlScalar(subject.kind))"]
        if subject.kind != "ServiceAccount" { lines.append("  apiGroup: rbac.authorization.k8s.io") }
        lines.append("  name: \(yamlScalar(subject.name))")
        if subject.kind == "ServiceAccount" { lines.append("  namespace: \(yamlScalar(subject.namespace))") }
        return lines
    }

    private static func header(
        _ kind: String,
        _ name: String,
        namespace: String,
        labels: [String: String] = [:]
    ) -> [String] {
        var lines = [
            "---", "apiVersion: rbac.authorization.k8s.io/v1", "kind: \(kind)", "metadata:",
            "  name: \(yamlScalar(name))",
        ]
        if !namespace.isEmpty { lines.append("  namespace: \(yamlScalar(namespace))") }
        if !labels.isEmpty {
            lines.append("  labels:")
            for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
                lines.append("    \(yamlScalar(key)): \(yamlScalar(value))")
            }
        }
        return lines
    }
}

/// A rule as the comment that controller-gen turns into it.
///
/// controller-tools: `pkg/rbac/parser.go`. Without `namespace` it becomes a rule of the ClusterRole.
package func kubebuilderMarker(_ rule: PolicyRule, namespace: String = "", roleName: String = "") -> String {
    func list(_ items: [String]) -> String { items.map(markerValue).joined(separator: ";") }
    var parts: [String] = []
    if !namespace.isEmpty { parts.append("namespace=\(markerValue(namespace))") }
    if rule.nonResourceURLs.isEmpty {
        parts += ["groups=\(list(rule.apiGroups))", "resources=\(list(rule.resources))"]
        if !rule.resourceNames.isEmpty { parts.append("resourceNames=\(list(rule.resourceNames))") }
    } else {
        parts.append("urls=\(list(rule.nonResourceURLs))")
    }
    parts.append("verbs=\(list(rule.verbs))")
    if !roleName.isEmpty { parts.append("roleName=\(markerValue(roleName))") }
    return "//+kubebuilder:rbac:\(parts.joined(separator: ","))"
}

/// Quoted where the marker's own syntax would read it otherwise; the core group is the empty text.
func markerValue(_ text: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./-_*:".unicodeScalars)
    if !text.isEmpty, text.unicodeScalars.allSatisfy(plain.contains) { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
        if scalar == "\"" || scalar == "\\" { quoted += "\\" }
        quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
}
