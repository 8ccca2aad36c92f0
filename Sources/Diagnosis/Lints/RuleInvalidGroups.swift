import Manifests
import RBAC

/// API groups that are none: RBAC compares them letter by letter, so a version or `core` matches nothing.
func groupMistakes(of rule: RuleManifest) -> [Finding] {
    let wrong = rule.entries(\.apiGroups).compactMap { entry in
        groupMistake(entry.text).map { (entry: entry, mistake: $0) }
    }
    guard let first = wrong.first else { return [] }
    let corrections = rule.rule.apiGroups.map { group in groupMistake(group).map(\.correction) ?? group }
    var seen: Set<String> = []
    let corrected = corrections.compactMap { $0 }.filter { seen.insert($0).inserted }
    let names = quotedList(wrong.map(\.entry.text))
    return [
        RuleMistake(
            severity: isRedundant(wrong.map { $0.mistake.correction.map { [$0] } ?? [] }, in: rule.rule.apiGroups)
                ? .warning : .error,
            title: wrong.count == 1 ? "\(names) \(first.mistake.complaint)" : "\(names) are no API groups",
            explanation:
                "RBAC compares `apiGroups` letter by letter with the group of the request, which has no version "
                + "and is empty for the core API. What is written here matches no request.",
            entries: wrong.map { ($0.entry, $0.mistake.label) },
            advice: corrections.contains(nil) ? "write the API group alone" : "write \(yamlList(corrected))",
            replacement: corrections.contains(nil) ? [] : ["apiGroups: \(yamlList(corrected))"]
        ).finding(in: rule)
    ]
}

private struct GroupMistake {
    /// After the entry: `is a version, …`.
    var complaint: String
    /// Beside the underlined entry.
    var label: String
    /// What was meant; `nil` where that cannot be known.
    var correction: String?
}

private func groupMistake(_ group: String) -> GroupMistake? {
    if group.isEmpty || group == "*" { return nil }
    if group == "core" {
        return GroupMistake(
            complaint: "is not the core API group: that is the empty text",
            label: "write `\"\"`",
            correction: ""
        )
    }
    if isVersion(group) {
        return GroupMistake(
            complaint: "is a version and no API group",
            label: "a version",
            // `v1` can be nothing but the core API's; any other version could be of any group.
            correction: group == "v1" ? "" : nil
        )
    }
    let parts = group.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2, isVersion(String(parts[1])) {
        let name = String(parts[0])
        return GroupMistake(
            complaint: "is an API group with a version; RBAC knows groups only",
            label: "leave the version out",
            correction: name == "core" ? "" : groupMistake(name) == nil ? name : nil
        )
    }
    if group.contains("*") {
        return GroupMistake(
            complaint: "is no pattern: only `*` alone stands for every API group",
            label: "matches nothing",
            correction: nil
        )
    }
    if group.unicodeScalars.contains(where: { ("A"..."Z").contains($0) }) {
        let lowercased = group.lowercased()
        return GroupMistake(
            complaint: "is no API group: they are in lower case",
            label: "upper case",
            correction: lowercased == "core" ? "" : groupMistake(lowercased) == nil ? lowercased : nil
        )
    }
    let isName = group.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
    guard !isName else { return nil }
    return GroupMistake(complaint: "is no name of an API group", label: "no API group", correction: nil)
}

/// `v1`, `v1beta2`, `v2alpha1`: what Kubernetes calls API versions.
func isVersion(_ text: String) -> Bool {
    func dropDigits(_ text: Substring) -> Substring? {
        let rest = text.drop { $0.isASCII && $0.isNumber }
        return rest.count < text.count ? rest : nil
    }
    guard text.first == "v", let rest = dropDigits(text.dropFirst()) else { return false }
    if rest.isEmpty { return true }
    for stage in ["alpha", "beta"] where rest.hasPrefix(stage) {
        return dropDigits(rest.dropFirst(stage.count))?.isEmpty ?? false
    }
    return false
}
