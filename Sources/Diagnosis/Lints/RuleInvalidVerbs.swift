import Manifests
import RBAC

/// Verbs that are slips of standard ones. Any text is a legal verb, and some API may check it (`use`, `approve`,
/// `knsubscribe`), so all but upper case is a warning.
func verbMistakes(of rule: RuleManifest) -> [Finding] {
    let isPath = rule.rule.isPathHalf
    let wrong = rule.entries(\.verbs).compactMap { entry in
        VerbMistake(entry.text, isPath: isPath).map { (entry: entry, mistake: $0) }
    }
    guard !wrong.isEmpty else { return [] }
    return VerbMistake.Kind.allCases.compactMap { kind in
        let ofKind = wrong.filter { $0.mistake.kind == kind }
        guard !ofKind.isEmpty else { return nil }
        let corrections = Dictionary(ofKind.map { ($0.entry.text, $0.mistake.correction) }) { first, _ in first }
        let corrected = rule.rule.verbs.flatMap { corrections[$0] ?? [$0] }
        let isCertain = !corrections.values.contains { $0.isEmpty }
        var seen: Set<String> = []
        return RuleMistake(
            severity: kind != .upperCase || isRedundant(corrections.values.map { $0 }, in: rule.rule.verbs)
                ? .warning : .error,
            title: kind.title(ofKind.map(\.entry.text)),
            explanation: kind.explanation,
            entries: ofKind.map { ($0.entry, $0.mistake.label) },
            advice: isCertain ? "write the verb as the API server knows it" : "remove what is no verb",
            replacement: isCertain ? ["verbs: \(yamlList(corrected.filter { seen.insert($0).inserted }))"] : []
        ).finding(in: rule)
    }
}

/// What may have been meant by a verb that looks like a slip of standard ones; `nil` for what may be a verb.
package func verbsMeant(by verb: String, isPath: Bool) -> [String]? { VerbMistake(verb, isPath: isPath)?.correction }

private struct VerbMistake {
    enum Kind: CaseIterable { case upperCase, httpMethod, list, misspelled }

    var kind: Kind
    var label: String
    /// The verbs that were meant; empty where none is.
    var correction: [String]

    /// What HTTP methods are called in rules for resources. Kubernetes: `apiserver/pkg/endpoints/request/requestinfo.go`.
    private static let verbsOfMethods: [String: [String]] = [
        "put": ["update"], "post": ["create"], "head": ["get"], "options": [], "connect": [], "trace": [],
    ]
    /// Long enough that one edit away from them is a slip and no other word.
    private static let longVerbs = ["escalate", "impersonate"]
    private static let methods = ["get", "head", "post", "put", "patch", "delete", "options"]

    /// `nil` for what may be a verb.
    init?(_ verb: String, isPath: Bool) {
        // Nearly all are; nothing is made for these.
        if standardVerbs.contains(verb) || verb == "*" { return nil }
        let standard = isPath ? Self.methods : standardVerbs
        let accepted = Set(standard + Self.longVerbs + standardVerbs)
        guard !accepted.contains(verb) else { return nil }
        let lowercased = verb.lowercased()
        if lowercased != verb, accepted.contains(lowercased) || Self.verbsOfMethods[lowercased] != nil {
            kind = .upperCase
            correction = accepted.contains(lowercased) ? [lowercased] : Self.verbsOfMethods[lowercased] ?? []
            label = "upper case"
        } else if !isPath, let meaning = Self.verbsOfMethods[verb] {
            kind = .httpMethod
            correction = meaning
            label = meaning.first.map { "write `\($0)`" } ?? "no verb"
        } else if let items = Self.listed(verb, accepted) {
            (kind, label, correction) = (.list, "one entry a verb", items)
        } else if let meant = (standard + Self.longVerbs).first(where: { editDistance(verb, $0, limit: 1) == 1 }) {
            (kind, label, correction) = (.misspelled, "did you mean `\(meant)`?", [meant])
        } else {
            return nil
        }
    }

    /// `get,list` as its parts, where each of them is a verb.
    private static func listed(_ verb: String, _ accepted: Set<String>) -> [String]? {
        let items = verb.split { $0 == "," || $0.isWhitespace }.map(String.init)
        guard items.joined() != verb, !items.isEmpty, items.allSatisfy(accepted.contains) else { return nil }
        return items
    }
}

extension VerbMistake.Kind {
    func title(_ verbs: [String]) -> String {
        let names = quotedList(verbs)
        let isOne = verbs.count == 1
        return switch self {
        case .upperCase: "\(names) \(isOne ? "is no verb" : "are no verbs"): verbs are in lower case"
        case .httpMethod: "\(names) \(isOne ? "is an HTTP method" : "are HTTP methods") and no verb on resources"
        case .list: "\(names) \(isOne ? "is one text" : "are texts") and not a list of verbs"
        case .misspelled: "\(names) \(isOne ? "looks" : "look") like a slip of a standard verb"
        }
    }

    var explanation: String {
        switch self {
        case .upperCase: "RBAC compares verbs letter by letter, and the API server asks for them in lower case."
        case .httpMethod:
            "The API server turns a request's method into a verb before it asks: POST into create, PUT into update, GET "
                + "into get, list or watch."
        case .list: "The rule grants a verb of this very text, which no request has."
        case .misspelled: "Any text is accepted as a verb, so the API server does not complain, and no request has it."
        }
    }
}
