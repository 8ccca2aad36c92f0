import Manifests
import RBAC
import Syntax

/// `subresource-missing`: a rule covers `r`, the call is to `r/sub`.
enum SubresourceMissing: NearMissCause {
    static let code = FindingCode.subresourceMissing

    static func proof(_ call: Call, among tier: Evidence.Tier, _ evidence: Evidence) -> Proof? {
        guard !call.request.subresource.isEmpty else { return nil }
        let rules = evidence.nearRules(call, tier) { $0.group && !$0.resource }.filter { ref in
            evidence.side.rule(ref).resources.contains { isParent($0, of: call) }
        }
        return evidence.nearest(rules) { ref in
            let rule = evidence.side.rule(ref)
            return evidence.distance(ofRole: ref.role, from: call) * 2 + (rule.allowsVerb(call.verb) ? 0 : 1)
        }.map {
            Proof(code: code, rule: $0, target: Target(group: call.request.group, resource: call.request.resource))
        }
    }

    /// `pods` for `pods/log`, and `pods/*`, which looks like a pattern and is none.
    private static func isParent(_ entry: String, of call: Call) -> Bool {
        entry == call.request.resource || entry == "\(call.request.resource)/*"
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let ref = proof.rule ?? RuleRef(role: 0, rule: 0)
        let parent = proof.target?.resource ?? ""
        let entry = side.rule(ref).resources.first { $0 == parent } ?? "\(parent)/*"
        let subresources = Set(calls.map(\.target.qualifiedResource)).sorted()
        let labels =
            side.manifestRule(ref)?
            .labels(\.resources, "does not cover \(Wording.list(subresources, conjunction: "or"))") { $0 == entry }
            ?? []
        let why =
            entry == parent
            ? "A rule for `\(parent)` never covers `\(subresources.first ?? "")`: each subresource is granted by an entry of "
                + "its own, `\(subresources.first ?? "")`, whatever the verb."
            : "`\(entry)` is no pattern: the API server compares it letter by letter, and nothing is called so. Each "
                + "subresource is granted by an entry of its own; only `*/SUBRESOURCE` and `*` stand for more."
        return .principal(
            code,
            calls,
            title: "the rule for `\(entry)` does not cover \(Wording.list(subresources))",
            explanation: why,
            locations: [side.location(of: ref, labels)],
            evidence: slips(calls, evidence) + [evidence.holders(ofRole: ref.role)],
            remedy: RemedyBuilder(evidence).grant(calls, near: ref)
        )
    }

    /// Entries such as `pods/logs` beside a call to `pods/log`.
    private static func slips(_ calls: [Call], _ evidence: Evidence) -> [String] {
        let entries = Set(
            calls.flatMap { call in
                evidence.side.lookup.naming(call.request.resource).flatMap { evidence.side.rule($0).resources }
            }
        )
        return Set(calls.map(\.target.qualifiedResource)).sorted().flatMap { called in
            nearMisses(of: called, among: entries.filter { $0.contains("/") }).prefix(1).map {
                "a rule has `\($0)`, which is nearly `\(called)`: a slip?"
            }
        }
    }
}
