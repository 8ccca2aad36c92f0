import RBAC
import Syntax

/// `masked-by-broader-identity`: allowed to you only through a broader grant; the manifests do not grant it. Always a second
/// finding: run as you, the operator works, and in the cluster it does not.
enum MaskedByBroaderIdentity {
    static func findings(_ judgement: Judgement) -> [Finding] {
        guard let own = judgement.effective.own, let evidence = judgement.evidence,
            own.user.name != evidence.identity.user.name
        else { return [] }
        var order: [String] = []
        var groups: [String: [Call]] = [:]
        for state in judgement.states
        where state.own == .allowed && state.operators != .allowed && state.declared == .missing && !state.isCovered
            && judgement.alternatives[state.call.index] == nil
        {
            let reason = own.answers[state.call.index].reason
            if groups[reason] == nil { order.append(reason) }
            groups[reason, default: []].append(state.call)
        }
        let wasAsked = judgement.effective.operators != nil
        return order.map { finding(reason: $0, groups[$0] ?? [], own.user, evidence, wasAsked: wasAsked) }
    }

    private static func finding(reason: String, _ calls: [Call], _ user: UserInfo, _ evidence: Evidence, wasAsked: Bool)
        -> Finding
    {
        let rules = RemedyBuilder(evidence).exactRules(calls, withNames: false)
        return Finding(
            code: .maskedByBroaderIdentity,
            severity: calls.severity,
            title: "what you may do with \(Wording.targets(calls)) "
                + (wasAsked ? "is refused to the operator" : "the manifests do not grant to the operator"),
            explanation:
                "\(Wording.needs(calls)) is allowed to you\(user.name.isEmpty ? "" : ", `\(user.name)`,") by a grant that the operator does not have. "
                + "Run with your credentials it works; deployed with these manifests it is refused.",
            requirements: calls.map(\.index).sorted(),
            evidence: [why(reason, user)],
            remedy: Remedy(
                summary: "grant it to the operator in the manifests; try it with the operator's own permissions",
                rules: rules,
                markers: rules.map { kubebuilderMarker($0) }
            )
        )
    }

    /// RBAC always says who granted; an empty reason is `system:masters` or another authorizer.
    private static func why(_ reason: String, _ user: UserInfo) -> String {
        if !reason.isEmpty { return "the API server allows it to you: \(reason)" }
        if user.groups.contains("system:masters") {
            return "you are in `system:masters`, which is allowed everything before RBAC is asked"
        }
        return "the API server allows it to you and gives no reason, as it does for members of `system:masters`"
    }
}
