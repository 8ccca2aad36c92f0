import Manifests
import RBAC

/// `not-applied`: the manifests grant it, and the role is not in the cluster.
enum NotApplied: Cause {
    static let code = FindingCode.notApplied

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let role = proof.role ?? 0
        let name = Wording.role(side.policy.roles[role])
        let namespace = side.policy.roles[role].namespace
        let place = namespace.isEmpty ? "" : " in namespace `\(namespace)`"
        var remedy = ApplyCommands(evidence).remedy(summary: "apply the manifests")
        remedy.rules = RemedyBuilder(evidence).exactRules(calls, withNames: false)
        return .principal(
            code,
            calls,
            title: "\(name) is not in the cluster",
            explanation:
                "The manifests grant what is called, and the API server knows no \(name)\(place): they have not been "
                + "applied to this cluster, or only in part.",
            locations: [side.location(ofRole: role, "not in the cluster")],
            evidence: ["the cluster has no \(name)\(place)"],
            remedy: remedy
        )
    }
}
