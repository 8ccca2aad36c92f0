import Manifests
import RBAC
import Syntax

/// `resource-names-restricted`: the only matching rule has `resourceNames`, which this call cannot satisfy.
enum ResourceNamesRestricted: NearMissCause {
    static let code = FindingCode.resourceNamesRestricted

    static func proof(_ call: Call, among tier: Evidence.Tier, _ evidence: Evidence) -> Proof? {
        // A rule without names that matches in all else would grant it: what is wrong lies elsewhere.
        let rules = evidence.nearRules(call, tier) { match in match.verb && match.group && match.resource && match.path
        }
        .filter { !evidence.side.rule($0).resourceNames.isEmpty }
        return evidence.nearest(rules) { evidence.distance(ofRole: $0.role, from: call) }
            .map { Proof(code: code, rule: $0) }
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let ref = proof.rule ?? RuleRef(role: 0, rule: 0)
        let names = side.rule(ref).resourceNames
        let labels =
            side.manifestRule(ref)?.labels(\.resourceNames, "only \(names.count == 1 ? "this" : "these")") ?? []
        let near = Set(calls.map(\.request.name)).sorted().filter { $0.utf8.count >= 4 }.flatMap { called in
            nearMisses(of: called, among: names).prefix(1).map {
                "`\(called)` was called, and the rule has `\($0)`: a slip?"
            }
        }
        return .principal(
            code,
            calls,
            title: "the rule for \(Wording.targets(calls)) is limited to "
                + "\(names.count == 1 ? "the name" : "the names") \(Wording.list(names))",
            explanation: reasons(calls, names),
            locations: [side.location(of: ref, labels)],
            evidence: near + [evidence.holders(ofRole: ref.role)],
            remedy: RemedyBuilder(evidence).grant(calls, near: ref, withNames: true)
        )
    }

    /// One sentence for each way in which the calls miss the names.
    private static func reasons(_ calls: [Call], _ names: [String]) -> String {
        var sentences: [String] = []
        let collections = calls.filter { ["list", "watch"].contains($0.verb) && $0.request.name.isEmpty }
        if !collections.isEmpty {
            sentences.append(
                "A \(Wording.verbs(collections, conjunction: "or")) of a whole collection names no object, so "
                    + "`resourceNames` never allows it; only with `fieldSelector=metadata.name=NAME` does the API server see a name. Informers list "
                    + "without one."
            )
        }
        if calls.contains(where: { $0.verb == "create" && $0.request.name.isEmpty }) {
            sentences.append(
                "A create is decided before the new object has a name, so `resourceNames` never allows it."
            )
        }
        if calls.contains(where: { $0.verb == "deletecollection" }) {
            sentences.append("A deletecollection names no object, whatever its field selector says.")
        }
        let many = calls.filter(\.hasManyNames)
        if !many.isEmpty { sentences.append("More names were called than a rule can list.") }
        let others = Set(calls.map(\.request.name)).subtracting(names + [""]).sorted()
        if !others.isEmpty { sentences.append("The calls are to \(Wording.list(others)).") }
        return sentences.isEmpty
            ? "The request names no object, so `resourceNames` does not allow it." : sentences.joined(separator: " ")
    }
}
