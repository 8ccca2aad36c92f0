import Manifests
import RBAC
import Syntax

/// `resource-name-wrong`: a rule of the same group names the kind, the singular, a short name or a misspelling of the
/// resource, and what it names is itself no resource.
enum ResourceNameWrong: NearMissCause {
    static let code = FindingCode.resourceNameWrong

    /// What a rule has instead of the resource's name; the closest first.
    private enum Slip: Int, Comparable {
        case kind, singular, shortName, misspelling
        static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    static func proof(_ call: Call, among tier: Evidence.Tier, _ evidence: Evidence) -> Proof? {
        guard call.request.isResourceRequest else { return nil }
        var best: (rank: Int, proof: Proof)?
        for ref in evidence.side.lookup.ofGroup(call.request.group) where evidence.tier(ofRole: ref.role) == tier {
            let rule = evidence.side.rule(ref)
            for entry in rule.resources {
                guard let slip = slip(entry, for: call, rule, evidence) else { continue }
                let rank =
                    evidence.distance(ofRole: ref.role, from: call) * 8 + (rule.allowsVerb(call.verb) ? 0 : 4)
                    + slip.rawValue
                guard best.map({ rank < $0.rank }) ?? true else { continue }
                let target = Target(group: call.request.group, resource: call.request.resource)
                best = (rank, Proof(code: code, rule: ref, target: target, detail: entry))
            }
        }
        return best?.proof
    }

    private static func slip(_ entry: String, for call: Call, _ rule: PolicyRule, _ evidence: Evidence) -> Slip? {
        let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts[0]
        let subresource = parts.count > 1 ? parts[1] : ""
        let wanted = call.request.resource
        if name == wanted {
            // `pods/logs` for `pods/log`.
            guard !subresource.isEmpty, !call.request.subresource.isEmpty,
                !isKnown(subresource, of: call, evidence),
                isNear(subresource, call.request.subresource)
            else { return nil }
            return .misspelling
        }
        guard subresource == call.request.subresource, !name.isEmpty, name != "*",
            let slip = slip(name, for: wanted, group: call.request.group, evidence.known),
            !evidence.isResource(name, inGroupsOf: rule)
        else { return nil }
        return slip
    }

    private static func isKnown(_ subresource: String, of call: Call, _ evidence: Evidence) -> Bool {
        evidence.known.isKnown(group: call.request.group, resource: call.request.resource, subresource: subresource)
            || evidence.calls.contains {
                $0.request.resource == call.request.resource && $0.request.subresource == subresource
            }
    }

    private static func slip(_ name: String, for resource: String, group: String, _ known: KnownResources) -> Slip? {
        let lowercased = name.lowercased()
        if let definition = known.resource(resource, group: group) {
            if lowercased == definition.singular.lowercased() { return name == lowercased ? .singular : .kind }
            if lowercased == definition.kind.lowercased() { return .kind }
            if definition.shortNames.contains(lowercased) { return .shortName }
        } else if singulars(of: resource).contains(lowercased) {
            return name == lowercased ? .singular : .kind
        }
        if lowercased == resource.lowercased() || isNear(name, resource) { return .misspelling }
        return nil
    }

    /// One edit, two from eight letters of the right name on.
    private static func isNear(_ name: String, _ right: String) -> Bool {
        editDistance(name, right, limit: editAllowance(right)) != nil
    }

    /// What a plural may be the plural of, where nobody defines it.
    private static func singulars(of plural: String) -> [String] {
        let plural = plural.lowercased()
        var singulars: [String] = []
        if plural.hasSuffix("ies") { singulars.append(plural.dropLast(3) + "y") }
        if plural.hasSuffix("es") { singulars.append(String(plural.dropLast(2))) }
        if plural.hasSuffix("s") { singulars.append(String(plural.dropLast())) }
        return singulars
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let ref = proof.rule ?? RuleRef(role: 0, rule: 0)
        let right = Set(calls.map(\.target.qualifiedResource)).sorted()
        let labels =
            side.manifestRule(ref)?
            .labels(\.resources, "the resource is \(Wording.list(right))") { $0 == proof.detail } ?? []
        let name = String(proof.detail.prefix { $0 != "/" })
        let slip = slip(name, for: proof.target?.resource ?? "", group: proof.target?.group ?? "", evidence.known)
        let what =
            switch slip {
            case .kind: "`\(name)` is the kind"
            case .singular: "`\(name)` is the singular"
            case .shortName: "`\(name)` is a short name, which only kubectl understands"
            case .misspelling, nil: "`\(proof.detail)` is no resource that anybody knows"
            }
        return .principal(
            code,
            calls,
            title: "the rule names `\(proof.detail)`; the resource is \(Wording.list(right))",
            explanation:
                "Rules name a resource by its plural in lower case, as URLs do. \(what). The API server accepts the "
                + "rule without a word, and it matches nothing.",
            locations: [side.location(of: ref, labels)],
            evidence: [evidence.holders(ofRole: ref.role)],
            remedy: remedy(ref, proof.detail, right, calls, evidence)
        )
    }

    private static func remedy(
        _ ref: RuleRef,
        _ entry: String,
        _ right: [String],
        _ calls: [Call],
        _ evidence: Evidence
    ) -> Remedy {
        var remedy = RemedyBuilder(evidence).grant(calls, near: ref)
        guard right.count == 1, let name = right.first else { return remedy }
        var renamed = evidence.side.rule(ref)
        renamed.resources = renamed.resources.map { $0 == entry ? name : $0 }
        guard evidence.mends(renamed, at: ref, calls) else { return remedy }
        remedy.summary = "write `\(name)` instead of `\(entry)`"
        remedy.replacement = ["resources: \(yamlList(renamed.resources))"]
        remedy.corrections = evidence.side.correction(of: entry, in: .resources, to: [name], at: ref)
        return remedy
    }
}
