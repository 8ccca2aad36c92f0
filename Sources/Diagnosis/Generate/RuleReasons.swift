import RBAC
import Traces

/// Why a rule is there, in the words of a comment above it.
struct RuleReasons {
    /// `deployments.apps: list, watch in all namespaces; update in blog, shop (12 calls, 3 refused)`: a line for each
    /// resource or path.
    private(set) var lines: [String] = []
    /// Where the calls stand, in order and each once.
    let origins: [String]

    /// Namespaces, origins, and places in code, that a line names.
    private static let mostNamed = 3

    init(_ rule: PolicyRule, _ calls: [Call]) {
        let granted = calls.filter { $0.isGranted(by: rule) }
        var targets: [Target: [Call]] = [:]
        for call in granted { targets[call.target, default: []].append(call) }
        origins = Set(granted.flatMap(\.requirement.origins)).sorted { Self.place($0) < Self.place($1) }
        lines = targets.sorted { $0.key.description < $1.key.description }.map { Self.line($0.key, $0.value) }
    }

    private static func line(_ target: Target, _ calls: [Call]) -> String {
        let places = Set(calls.compactMap(\.requirement.codeLocation)).sorted()
        let source = places.isEmpty ? "" : ", from \(list(places))"
        return "\(target.description): \(verbs(calls))\(counts(calls).map { " (\($0)\(source))" } ?? origins(calls))"
    }

    // MARK: - What, and where

    /// `list, watch in all namespaces; get, update in blog, shop`: the verbs that were called in the same places together.
    private static func verbs(_ calls: [Call]) -> String {
        var byVerb: [String: [Call]] = [:]
        for call in calls { byVerb[call.verb, default: []].append(call) }
        var places: [(place: String, verbs: [String])] = []
        for (verb, calls) in byVerb.sorted(by: { verbOrder($0.key, $1.key) }) {
            let (place, word) = (place(calls), word(verb, calls))
            if let index = places.firstIndex(where: { $0.place == place }) {
                places[index].verbs.append(word)
            } else {
                places.append((place, [word]))
            }
        }
        return places.map { $0.verbs.joined(separator: ", ") + $0.place }.joined(separator: "; ")
    }

    /// The verb, with what implies it where it was never called.
    private static func word(_ verb: String, _ calls: [Call]) -> String {
        let name = verb.isEmpty ? "OPTIONS" : verb
        guard let reason = calls.compactMap(\.requirement.implied).min(),
            calls.allSatisfy({ $0.requirement.implied != nil })
        else { return name }
        return "\(name) (implied: \(reason))"
    }

    private static func place(_ calls: [Call]) -> String {
        guard calls.contains(where: \.request.isResourceRequest) else { return "" }
        if calls.allSatisfy({ $0.scope == .cluster }) { return "" }
        if calls.contains(where: { $0.request.namespace.isEmpty && !$0.hasManyNamespaces }) {
            return " in all namespaces"
        }
        if calls.contains(where: \.hasManyNamespaces) { return " in many namespaces" }
        return " in \(list(Set(calls.map(\.request.namespace)).sorted()))"
    }

    // MARK: - How often

    /// `12 calls, 3 refused`; `nil` for what was never called.
    private static func counts(_ calls: [Call]) -> String? {
        let count = calls.reduce(0) { Requirement.sum($0, $1.requirement.count) }
        let refused = calls.reduce(0) { Requirement.sum($0, $1.requirement.statuses[403] ?? 0) }
        guard count > 0 || refused > 0 else { return nil }
        let made = count == 1 ? "1 call" : "\(count) calls"
        return refused > 0 ? "\(made), \(refused) refused" : made
    }

    /// Who asked for what was never called.
    private static func origins(_ calls: [Call]) -> String {
        let origins = Set(calls.flatMap(\.requirement.origins)).sorted()
        return origins.isEmpty ? "" : ", by \(list(origins))"
    }

    /// File and line, so that line 9 stands before line 10.
    private static func place(_ origin: String) -> (file: Substring, line: Int) {
        guard let colon = origin.lastIndex(of: ":"), let line = Int(origin[origin.index(after: colon)...]) else {
            return (origin[...], 0)
        }
        return (origin[..<colon], line)
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(mostNamed).joined(separator: ", ")
        return names.count > mostNamed ? "\(shown) and \(names.count - mostNamed) more" : shown
    }
}
