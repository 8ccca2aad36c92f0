import RBAC

/// A rule in words: `list and watch secrets`, `get deployments.apps/scale named web`.
enum RuleWords {
    /// Resources that are spelled out with each of their groups; more are a list of each.
    private static let mostCombinations = 8

    static func words(_ rule: PolicyRule) -> String {
        let verbs = rule.verbs.contains("*") ? "every verb on" : enumerated(rule.verbs)
        let names = rule.resourceNames.map { "\"\($0)\"" }
        return "\(verbs) \(enumerated(rule.nonResourceURLs + resources(rule)))"
            + (names.isEmpty ? "" : " named \(enumerated(names))")
    }

    private static func resources(_ rule: PolicyRule) -> [String] {
        if rule.resources == ["*"], rule.apiGroups == ["*"] { return ["every resource"] }
        guard rule.apiGroups.count * rule.resources.count <= mostCombinations else {
            let groups = rule.apiGroups.map { $0.isEmpty ? "\"\"" : $0 }
            return ["\(enumerated(rule.resources)) in the groups \(enumerated(groups))"]
        }
        return rule.apiGroups.flatMap { group in rule.resources.map { target($0, in: group) } }
    }

    /// `deployments.apps/scale`.
    private static func target(_ resource: String, in group: String) -> String {
        if resource == "*" { return group.isEmpty ? "every core resource" : "every resource of \(group)" }
        if group.isEmpty { return resource }
        let parts = resource.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? "\(parts[0]).\(group)/\(parts[1])" : "\(resource).\(group)"
    }
}
