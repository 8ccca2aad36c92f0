import Manifests
import RBAC

/// `aggregation-unmatched`: the rule should arrive by ClusterRole aggregation, and does not.
enum AggregationUnmatched: ReachCause {
    static let code = FindingCode.aggregationUnmatched

    /// The detail of a proof about the cluster: the labels match, and the aggregated role there lacks the rule all the same.
    static let notFilled = "not filled"
    /// The same, where the role in the cluster has not the labels that it has in the manifests.
    static let notLabelled = "not labelled"

    static func proof(_ call: Call, granting: [RuleRef], _ evidence: Evidence) -> Proof? {
        let side = evidence.side
        guard side.kind == .manifests else { return nil }
        let aggregates = side.roles.indices.filter { index in
            side.roles[index].reach.includes(call.home) && !selectors(ofRole: index, side).isEmpty
        }
        guard !aggregates.isEmpty else { return nil }
        for ref in granting + granted(byRolesForUsers: call, side) {
            guard isLoose(ref.role, side) else { continue }
            for aggregate in aggregates where isMeant(ref.role, for: aggregate, side) {
                return Proof(code: code, role: ref.role, aggregate: aggregate)
            }
        }
        return aggregates.first { lostRules($0, side).contains { call.isGranted(by: $0.rule) } }.map {
            Proof(code: code, role: $0, aggregate: $0)
        }
    }

    /// A ClusterRole of the files that nobody binds and nothing collects.
    private static func isLoose(_ role: Int, _ side: PolicySide) -> Bool {
        guard let manifest = side.roles[role].manifest, side.policy.roles[role].kind == .clusterRole,
            side.roles[role].bindings.isEmpty
        else { return false }
        return !side.manifests.roles.indices.contains { other in
            other != manifest
                && (side.manifests.roles[other].aggregation?.selectors ?? []).contains {
                    $0.matches(side.manifests.roles[manifest].labels)
                }
        }
    }

    /// Roles that are bound to nobody and labelled for somebody else may yet have been labelled wrongly.
    private static func granted(byRolesForUsers call: Call, _ side: PolicySide) -> [RuleRef] {
        side.ownRoles.flatMap { role -> [RuleRef] in
            guard !side.roles[role].isEvidence, side.roles[role].bindings.isEmpty, side.roles[role].manifest != nil
            else { return [] }
            return side.policy.roles[role].rules.indices.map { RuleRef(role: role, rule: $0) }
                .filter { call.isGranted(by: side.rule($0)) }
        }
    }

    /// In a set of manifests with an aggregated role of its own, a ClusterRole that nobody binds is a part of it; one that is
    /// for the cluster's users, or for an aggregated role of Kubernetes, only where its labels come close.
    private static func isMeant(_ role: Int, for aggregate: Int, _ side: PolicySide) -> Bool {
        guard role != aggregate, let manifest = side.manifestRole(role) else { return false }
        let isOwn = side.roles[aggregate].manifest != nil && side.roles[role].isEvidence
        // What collects rules itself is rather bound than collected, unless the other one waits for its first part.
        let isPart = manifest.aggregation == nil || side.policy.roles[aggregate].rules.isEmpty
        return isOwn && isPart || selectors(ofRole: aggregate, side).contains { comesClose($0, manifest.labels) }
    }

    /// Whether labels have what a selector asks for but for a slip: another value, or a key that is nearly the same.
    private static func comesClose(_ selector: AggregationRule.Selector, _ labels: [String: String]) -> Bool {
        let keys = Array(selector.matchLabels.keys) + selector.matchExpressions.map(\.key)
        return keys.contains { key in
            labels[key] != nil || labels.keys.contains { editDistance(key, $0, limit: 2) != nil }
        }
    }

    private static func selectors(ofRole role: Int, _ side: PolicySide) -> [AggregationRule.Selector] {
        if let manifest = side.manifestRole(role) {
            return manifest.isClusterDump ? [] : manifest.aggregation?.selectors ?? []
        }
        return BootstrapPolicy.aggregationLabel(ofClusterRole: side.policy.roles[role].name).map {
            [AggregationRule.Selector(matchLabels: [$0: "true"])]
        } ?? []
    }

    /// Rules typed into an aggregated role, which the controller throws away.
    private static func lostRules(_ role: Int, _ side: PolicySide) -> [RuleManifest] {
        guard let manifest = side.manifestRole(role), manifest.aggregation != nil, !manifest.isClusterDump else {
            return []
        }
        return manifest.rules
    }

    // MARK: - What it says

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let role = proof.role ?? 0
        let aggregate = proof.aggregate ?? role
        let labels = labels(for: selectors(ofRole: aggregate, side).first)
        let aggregateName = Wording.role(side.policy.roles[aggregate])
        if role == aggregate { return lostFinding(aggregate, calls, labels, evidence) }
        if !proof.detail.isEmpty {
            return unfilledFinding(role, aggregate, calls, evidence, isLabelled: proof.detail == notFilled)
        }
        let name = Wording.role(side.policy.roles[role])
        let wanted = labels.map { "`\($0.key): \"\($0.value)\"`" }.joined(separator: " and ")
        let found = side.manifestRole(role)?.labels ?? [:]
        let near = found.keys.sorted().first { key in labels.contains { editDistance($0.key, key, limit: 2) != nil } }
        let instead = near.map { "has `\($0): \"\(found[$0] ?? "")\"` instead" } ?? "lacks it"
        var locations = [side.location(ofRole: role, "grants this; needs the label \(wanted)")]
        if let range = side.manifestRole(aggregate)?.aggregation?.range {
            let label = FindingLocation.Label(range: range, text: "collects the roles with this label")
            locations.append(FindingLocation(range: range, labels: [label]))
        }
        let rules = RemedyBuilder(evidence).exactRules(calls, withNames: false)
        return .principal(
            code,
            calls,
            title: "\(name) is not collected by \(aggregateName): its labels do not match",
            explanation:
                "The operator has \(aggregateName), an aggregated role. A controller fills it with the rules of the "
                + "ClusterRoles that its selectors match, which ask for \(wanted); \(name) grants what is called and "
                + "\(instead). Nothing else gives it to the operator.",
            locations: locations,
            evidence: [evidence.holders(ofRole: aggregate), evidence.holders(ofRole: role)],
            remedy: Remedy(
                summary: "give \(name) the label \(wanted), or bind it to the operator",
                rules: rules,
                commands: [Kubectl.label(side.policy.roles[role], labels)],
                replacement: ["metadata:", "  labels:"]
                    + labels.map { "    \(yamlScalar($0.key)): \(yamlScalar($0.value))" }
            )
        )
    }

    private static func unfilledFinding(
        _ role: Int,
        _ aggregate: Int,
        _ calls: [Call],
        _ evidence: Evidence,
        isLabelled: Bool
    ) -> Finding {
        let side = evidence.side
        let name = Wording.role(side.policy.roles[role])
        let aggregateName = Wording.role(side.policy.roles[aggregate])
        var remedy = ApplyCommands(evidence).remedy(
            summary: isLabelled
                ? "see that kube-controller-manager runs, which fills aggregated roles; then apply the manifests again"
                : "apply the manifests, so that \(name) has its labels in the cluster too"
        )
        remedy.rules = RemedyBuilder(evidence).exactRules(calls, withNames: false)
        let start =
            "Both roles are in the cluster, and by the labels of the manifests the rule should arrive in "
            + "\(aggregateName); there it is not. "
        return .principal(
            code,
            calls,
            title: isLabelled
                ? "in the cluster \(aggregateName) has not collected the rules of \(name)"
                : "in the cluster \(name) lacks the labels by which \(aggregateName) collects it",
            explanation: start
                + (isLabelled
                    ? "A controller fills aggregated roles a moment after they change; where it does not run, nobody does."
                    : "\(name) has other labels there."),
            locations: [side.location(ofRole: role, "not collected in the cluster")],
            evidence: [evidence.holders(ofRole: aggregate)],
            remedy: remedy
        )
    }

    private static func lostFinding(
        _ aggregate: Int,
        _ calls: [Call],
        _ labels: [(key: String, value: String)],
        _ evidence: Evidence
    ) -> Finding {
        let side = evidence.side
        let name = Wording.role(side.policy.roles[aggregate])
        let lost = lostRules(aggregate, side).filter { rule in calls.contains { $0.isGranted(by: rule.rule) } }
        let rules = RemedyBuilder(evidence).exactRules(calls, withNames: false)
        let part = Role(
            kind: .clusterRole,
            name: "\(side.policy.roles[aggregate].name)-rules",
            rules: rules.map { Role.Rule($0) }
        )
        let yaml = YAMLText.role(part, labels: Dictionary(labels) { first, _ in first })
        return .principal(
            code,
            calls,
            title: "\(name) is aggregated, and loses the rule that is typed into it",
            explanation:
                "A controller writes the rules of a ClusterRole with an `aggregationRule`: it replaces what is typed "
                + "there by the rules of the ClusterRoles that the selectors match. None of those grants this.",
            locations: lost.map {
                FindingLocation(
                    range: $0.range,
                    labels: [FindingLocation.Label(range: $0.range, text: "replaced by the controller")]
                )
            },
            evidence: [evidence.holders(ofRole: aggregate)],
            remedy: Remedy(
                summary: "write the rule into a ClusterRole of its own, with the label that \(name) collects",
                rules: rules,
                commands: [Kubectl.apply(yaml: yaml)],
                replacement: yaml
            )
        )
    }

    /// Labels that satisfy a selector, sorted by key.
    private static func labels(for selector: AggregationRule.Selector?) -> [(key: String, value: String)] {
        guard let selector else { return [] }
        var labels = selector.matchLabels
        for expression in selector.matchExpressions where labels[expression.key] == nil {
            switch expression.operation {
            case "In": labels[expression.key] = expression.values.first ?? "true"
            case "Exists": labels[expression.key] = "true"
            default: continue
            }
        }
        return labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
