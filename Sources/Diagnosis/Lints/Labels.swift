import Manifests
import RBAC
import Syntax

/// One entry of one of a rule's lists, with its place.
struct RuleEntry {
    var text: String
    var range: SourceRange
}

extension RuleManifest {
    /// The entries of a list with their places. A place that is not known is the rule's.
    func entries(_ list: KeyPath<PolicyRule, [String]>) -> [RuleEntry] {
        let ranges: [SourceRange] =
            switch list {
            case \.verbs: verbs
            case \.apiGroups: apiGroups
            case \.resources: resources
            case \.resourceNames: resourceNames
            case \.nonResourceURLs: nonResourceURLs
            default: []
            }
        return rule[keyPath: list].enumerated().map { index, text in
            RuleEntry(text: text, range: ranges.indices.contains(index) ? ranges[index] : range)
        }
    }

    /// The entries that a part of this rule is made of, in the lists that the part does not take whole; so that what is
    /// underlined is what differs.
    func labels(of part: PolicyRule, text: String) -> [FindingLocation.Label] {
        let lists: [KeyPath<PolicyRule, [String]>] = [
            \.resources, \.nonResourceURLs, \.resourceNames, \.verbs, \.apiGroups,
        ]
        var labels: [FindingLocation.Label] = []
        for list in lists where part[keyPath: list].count < rule[keyPath: list].count {
            let wanted = Set(part[keyPath: list])
            let all = entries(list)
            let chosen = all.filter { wanted.contains($0.text) }
            guard !chosen.isEmpty, chosen.count < all.count else { continue }
            labels += chosen.map { FindingLocation.Label(range: $0.range, text: "") }
        }
        if !labels.isEmpty { labels[0].text = text }
        return labels
    }
}

/// `a`, `b` and `c`, each in backticks; of more than `limit` the first ones and how many more.
func quotedList(_ items: [String], conjunction: String = "and", limit: Int = 5) -> String {
    var quoted = items.map { "`\($0)`" }
    if quoted.count > limit { quoted[max(0, limit - 1)...] = ["\(quoted.count - max(0, limit - 1)) more"] }
    guard let last = quoted.last else { return "" }
    return quoted.count == 1 ? last : "\(quoted.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
}

/// A list of texts in YAML's flow style, each quoted where YAML would read it otherwise.
func yamlList(_ items: [String]) -> String {
    "[\(items.map(yamlScalar).joined(separator: ", "))]"
}

/// One text as a YAML scalar that YAML 1.1 reads back as that text.
func yamlScalar(_ text: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./-_".unicodeScalars)
    let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"]
    let isPlain =
        text.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "/" } ?? false
        && text.unicodeScalars.allSatisfy(plain.contains)
        && !words.contains(text.lowercased())
    if isPlain { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": quoted += "\\\(scalar)"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            quoted += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}
