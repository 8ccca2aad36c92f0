import Manifests
import RBAC
import Syntax

/// `verb-missing`: a rule covers the resource, not the verb.
enum VerbMissing: NearMissCause {
    static let code = FindingCode.verbMissing

    static func proof(_ call: Call, among tier: Evidence.Tier, _ evidence: Evidence) -> Proof? {
        let rules = evidence.nearRules(call, tier) { match in match.group && match.resource && match.path && !match.verb
        }
        return evidence.nearest(rules) { ref in
            // A rule that names the resource is closer than a wildcard, one that allows the name than one that does not.
            let rule = evidence.side.rule(ref)
            let names = rule.resources.contains(call.target.qualifiedResource) || call.request.nonResourceURL != nil
            return evidence.distance(ofRole: ref.role, from: call) * 4 + (names ? 0 : 2)
                + (call.match(rule).name ? 0 : 1)
        }.map { Proof(code: code, rule: $0) }
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let ref = proof.rule ?? RuleRef(role: 0, rule: 0)
        let rule = side.rule(ref)
        let missing = Wording.verbs(calls)
        let targets = Wording.targets(calls)
        let labels = side.manifestRule(ref)?.labels(\.verbs, "no \(Wording.verbs(calls, conjunction: "or"))") ?? []
        let restricts = !rule.resourceNames.isEmpty && calls.contains { !$0.match(rule).name }
        let covers = rule.resources.contains("*") ? "a rule for all resources" : "the rule for \(targets)"
        return .principal(
            code,
            calls,
            title: "\(covers) lacks \(missing)",
            explanation: "The rule covers \(targets) and grants \(Wording.list(rule.verbs, most: 8)). "
                + "A verb is granted only where it stands in the rule, or `*` does: no verb implies another."
                + (restricts ? " The rule is limited to some names, too, which the calls do not have." : ""),
            locations: [side.location(of: ref, labels)],
            evidence: slips(rule, calls) + [evidence.holders(ofRole: ref.role)],
            remedy: RemedyBuilder(evidence).grant(
                calls,
                near: ref,
                withNames: !rule.resourceNames.isEmpty
            )
        )
    }

    /// Entries that are no verb of the API and nearly one of those called.
    private static func slips(_ rule: PolicyRule, _ calls: [Call]) -> [String] {
        let called = Set(calls.map(\.verb)).sorted()
        return rule.verbs.filter { !standardVerbs.contains($0) }.compactMap { verb in
            nearMisses(of: verb, among: called).first.map { "the rule has `\(verb)`, which is nearly `\($0)`: a slip?" }
        }
    }
}

extension Evidence {
    /// The rules of a tier that answer a call in a certain way, among those that name its resource or path.
    func nearRules(_ call: Call, _ tier: Tier, where isNear: (RuleMatch) -> Bool) -> [RuleRef] {
        side.lookup.candidates(for: call.request).filter { ref in
            self.tier(ofRole: ref.role) == tier && isNear(call.match(side.rule(ref)))
        }
    }
}
