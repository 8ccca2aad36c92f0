import Manifests
import RBAC
import Syntax

/// `api-group-wrong`: a rule names the resource in another API group, or puts a version in `apiGroups`.
enum APIGroupWrong: NearMissCause {
    static let code = FindingCode.apiGroupWrong

    static func proof(_ call: Call, among tier: Evidence.Tier, _ evidence: Evidence) -> Proof? {
        guard call.request.isResourceRequest else { return nil }
        let rules = evidence.side.lookup.candidates(for: call.request).filter { ref in
            let rule = evidence.side.rule(ref)
            return evidence.tier(ofRole: ref.role) == tier && !rule.allowsGroup(call.request.group)
                && isAbout(rule, call, evidence)
        }
        return evidence.nearest(rules) { ref in
            let match = call.match(evidence.side.rule(ref))
            return evidence.distance(ofRole: ref.role, from: call) * 4 + (match.verb ? 0 : 2) + (match.name ? 0 : 1)
        }.map {
            Proof(code: code, rule: $0, target: Target(group: call.request.group, resource: call.request.resource))
        }
    }

    /// Whether a rule names the resource. A wildcard names it where the group that it stands beside is a slip for the one
    /// that is called: with a version, or one that nobody knows and that is nearly the same.
    private static func isAbout(_ rule: PolicyRule, _ call: Call, _ evidence: Evidence) -> Bool {
        if rule.resources.contains(call.target.qualifiedResource) { return true }
        let wanted = call.request.group
        return rule.allowsResource(call.request.resource, subresource: call.request.subresource)
            && rule.apiGroups.contains { entry in
                guard !entry.isEmpty else { return false }
                if wanted.isEmpty { return ["core", "v1", "core/v1"].contains(entry) }
                return entry.hasPrefix("\(wanted)/")
                    || !evidence.isGroup(entry) && editDistance(entry, wanted, limit: editAllowance(wanted)) != nil
            }
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let ref = proof.rule ?? RuleRef(role: 0, rule: 0)
        let rule = side.rule(ref)
        let group = proof.target?.group ?? ""
        let resource = proof.target?.resource ?? ""
        let written =
            rule.apiGroups.isEmpty ? "no API group" : Wording.list(rule.apiGroups.map { $0.isEmpty ? "\"\"" : $0 })
        let manifest = side.manifestRule(ref)
        var labels = manifest?.labels(\.apiGroups, "`\(resource)` is called in \(Wording.group(group))") ?? []
        if labels.isEmpty {
            labels = manifest?.labels(\.resources, "of which API group?") { $0.prefix { $0 != "/" } == resource } ?? []
        }
        return .principal(
            code,
            calls,
            title: "`\(resource)` is granted in \(written), and called in \(Wording.group(group))",
            explanation: why(rule, resource, group, evidence.known),
            locations: [side.location(of: ref, labels)],
            evidence: [evidence.holders(ofRole: ref.role)],
            remedy: remedy(ref, calls, group, evidence)
        )
    }

    private static func why(_ rule: PolicyRule, _ resource: String, _ group: String, _ known: KnownResources) -> String
    {
        let start = "A rule counts for the API groups that it lists, letter by letter. "
        if rule.apiGroups.isEmpty { return start + "This one lists none." }
        if let entry = rule.apiGroups.first(where: { isVersioned($0) }) {
            return start
                + "`\(entry)` is a group with a version; a version has no place in `apiGroups`, and the group is "
                + "\(Wording.group(group))."
        }
        if group.isEmpty, let entry = rule.apiGroups.first(where: { ["core", "v1", "api"].contains($0) }) {
            return start + "The core group is written as an empty text, and `\(entry)` is the name of no group."
        }
        let served = rule.apiGroups.filter { known.resource(resource, group: $0) != nil }
        if let other = served.first {
            return start
                + "There is a `\(resource)` in \(Wording.group(other)) too, but it is another resource, and the "
                + "calls are to the one in \(Wording.group(group))."
        }
        return start + "The calls are to \(Wording.group(group))."
    }

    /// `apps/v1`, and `v1beta1` on its own.
    private static func isVersioned(_ entry: String) -> Bool { entry.contains("/") || isVersion(entry) }

    private static func isVersion(_ entry: String) -> Bool {
        let digits = entry.dropFirst()
        return entry.first == "v" && digits.first?.isNumber == true && entry != "v1"
    }

    private static func remedy(_ ref: RuleRef, _ calls: [Call], _ group: String, _ evidence: Evidence) -> Remedy {
        var remedy = RemedyBuilder(evidence).grant(calls, near: ref)
        let rule = evidence.side.rule(ref)
        // Where nothing that the rule names exists in the groups it lists, the group itself is the slip.
        let isSlip =
            rule.apiGroups.count == 1
            && rule.resources.allSatisfy { entry in
                let name = String(entry.prefix { $0 != "/" })
                return evidence.known.resource(name, group: rule.apiGroups[0]) == nil
                    && !evidence.required.isCalled(name, group: rule.apiGroups[0])
                    && (evidence.known.resource(name, group: group) != nil
                        || evidence.required.isCalled(name, group: group))
            }
        var renamed = rule
        renamed.apiGroups = [group]
        if isSlip, evidence.mends(renamed, at: ref, calls) {
            remedy.summary = "write \(Wording.group(group)) instead of \(Wording.list(rule.apiGroups))"
            remedy.replacement = ["apiGroups: \(yamlList([group]))"]
            remedy.corrections = evidence.side.correction(of: rule.apiGroups[0], in: .apiGroups, to: [group], at: ref)
        }
        return remedy
    }
}
