import Manifests
import RBAC

/// Entries of `resources` that name no resource. One finding a rule and kind of mistake.
func resourceMistakes(of rule: RuleManifest, _ known: KnownResources) -> [Finding] {
    // There, resources are the names of metrics, which may be spelled in any way.
    let metrics: Set<String> = ["custom.metrics.k8s.io", "external.metrics.k8s.io"]
    guard metrics.isDisjoint(with: rule.rule.apiGroups) else { return [] }
    let wrong = rule.entries(\.resources).compactMap { entry in
        ResourceMistake(entry.text, groups: rule.rule.apiGroups, known).map { (entry: entry, mistake: $0) }
    }
    return ResourceMistake.Kind.allCases.compactMap { kind in
        let ofKind = wrong.filter { $0.mistake.kind == kind }
        guard !ofKind.isEmpty else { return nil }
        let corrections = Dictionary(ofKind.map { ($0.entry.text, $0.mistake.correction) }) { first, _ in first }
        let isCertain = !corrections.values.contains { $0.isEmpty }
        var seen: Set<String> = []
        let corrected = rule.rule.resources.flatMap { corrections[$0] ?? [$0] }.filter { seen.insert($0).inserted }
        return RuleMistake(
            severity: isRedundant(corrections.values.map { $0 }, in: rule.rule.resources) ? .warning : .error,
            title: kind.title(ofKind.map(\.entry.text)),
            explanation: kind.explanation,
            entries: ofKind.map { ($0.entry, $0.mistake.label) },
            advice: kind.advice,
            replacement: isCertain ? ["resources: \(yamlList(corrected))"] : []
        ).finding(in: rule)
    }
}

private struct ResourceMistake {
    enum Kind: CaseIterable { case upperCase, pattern, subresourceSlash, list, group, empty }

    var kind: Kind
    /// Beside the underlined entry.
    var label: String
    /// The entries that were meant; empty where that cannot be known.
    var correction: [String]

    /// `nil` for what may be a resource.
    init?(_ entry: String, groups: [String], _ known: KnownResources) {
        if entry == "*" { return nil }
        let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let (resource, subresource) = (parts[0], parts.count > 1 ? parts[1] : "")
        if entry.isEmpty {
            (kind, label, correction) = (.empty, "empty", [])
        } else if entry.contains(where: { $0 == "," || $0.isWhitespace }) {
            let items = entry.split { $0 == "," || $0.isWhitespace }.map(String.init)
            (kind, label, correction) = (.list, "one entry a resource", items)
        } else if resource.isEmpty || (parts.count > 1 && subresource.isEmpty) {
            (kind, label, correction) = (.subresourceSlash, "matches nothing", resource.isEmpty ? [] : [resource])
        } else if subresource == "*" || (entry.contains("*") && resource != "*") || subresource.contains("*") {
            kind = .pattern
            label = "matches nothing"
            correction = Self.meaning(ofPattern: resource, subresource, groups, known)
        } else if resource.unicodeScalars.contains(where: { ("A"..."Z").contains($0) })
            || (subresource.unicodeScalars.contains(where: { ("A"..."Z").contains($0) }) && resource != "userextras")
        {
            (kind, label) = (.upperCase, "upper case")
            correction = Self.lowerCased(resource, subresource, groups, known)
        } else if let dot = resource.firstIndex(of: "."),
            known.isKnown(group: String(resource[resource.index(after: dot)...]), resource: String(resource[..<dot]))
        {
            (kind, label) = (.group, "the group goes into `apiGroups`")
            correction = [String(resource[..<dot]) + (subresource.isEmpty ? "" : "/\(subresource)")]
        } else {
            return nil
        }
    }

    /// `pods/*` meant `pods` with all that is below it; which that is, is known for known resources.
    private static func meaning(
        ofPattern resource: String,
        _ subresource: String,
        _ groups: [String],
        _ known: KnownResources
    ) -> [String] {
        if resource == "*", subresource == "*" { return ["*"] }
        guard subresource == "*", groups.count == 1, let match = known.resource(resource, group: groups[0]) else {
            return []
        }
        let below = match.subresources.map(\.name).filter {
            !known.isAuthorizationOnly(group: match.group, resource: match.plural, subresource: $0)
        }
        return below.isEmpty ? [] : below.map { "\(resource)/\($0)" }
    }

    /// A kind is told by its plural, anything else by its own lower case.
    private static func lowerCased(
        _ resource: String,
        _ subresource: String,
        _ groups: [String],
        _ known: KnownResources
    ) -> [String] {
        let matches = known.named(resource).filter { groups.contains("*") || groups.contains($0.resource.group) }
        let plural = matches.first?.resource.plural ?? resource.lowercased()
        return [subresource.isEmpty ? plural : "\(plural)/\(subresource.lowercased())"]
    }
}

extension ResourceMistake.Kind {
    func title(_ entries: [String]) -> String {
        let names = quotedList(entries)
        let isOne = entries.count == 1
        return switch self {
        case .upperCase: "\(names) \(isOne ? "is no resource" : "are no resources"): their names are in lower case"
        case .pattern: "\(names) \(isOne ? "is no pattern and matches" : "are no patterns and match") nothing"
        case .subresourceSlash:
            "\(names) \(isOne ? "matches" : "match") nothing: half of RESOURCE/SUBRESOURCE is missing"
        case .list: "\(names) \(isOne ? "is one text" : "are texts") and not a list of resources"
        case .group: "\(names) \(isOne ? "holds" : "hold") an API group, which resources in a rule never do"
        case .empty: "an empty text in `resources` matches nothing"
        }
    }

    var explanation: String {
        switch self {
        case .upperCase:
            "RBAC compares resources letter by letter with the plural in the request's URL, which is in lower case. The "
                + "API server accepts the rule, and it matches no request."
        case .pattern:
            "Only `*` (everything, subresources included) and `*/SUB` (that subresource of any resource) are patterns. "
                + "Any other star is a plain character, which no resource has in its name."
        case .subresourceSlash: "A subresource is written RESOURCE/SUBRESOURCE, a resource without any slash."
        case .list: "A resource has neither commas nor blanks in its name, so this entry matches no request."
        case .group: "RBAC compares the API group and the resource each on its own; this entry matches no request."
        case .empty: "Every resource has a name."
        }
    }

    var advice: String {
        switch self {
        case .upperCase: "write the plural in lower case"
        case .pattern: "list the subresources that are needed"
        case .subresourceSlash: "write the resource alone, or add the subresource"
        case .list: "make it a list, one entry a resource"
        case .group: "leave the group out here, and have it in `apiGroups`"
        case .empty: "remove it, or name the resource"
        }
    }
}
