import Manifests
import RBAC

/// `role-outdated`: the role is in the cluster, without this rule.
enum RoleOutdated: Cause {
    static let code = FindingCode.roleOutdated

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let role = proof.role ?? 0
        let name = Wording.role(side.policy.roles[role])
        var remedy = ApplyCommands(evidence).remedy(summary: "apply the manifests again")
        remedy.rules = RemedyBuilder(evidence).exactRules(calls, withNames: false)
        let labels = proof.rule.flatMap { ref in
            side.manifestRule(ref)?.labels(\.resources, "not in the cluster's \(name)") { entry in
                calls.contains {
                    PolicyRule.pattern(entry, covers: $0.request.resource, subresource: $0.request.subresource)
                }
            }
        }
        return .principal(
            code,
            calls,
            title: "\(name) is in the cluster without the rule for \(Wording.targets(calls))",
            explanation:
                "The manifests grant what is called; the role of that name in the cluster does not. It was applied "
                + "before this rule was written, or somebody changed it there.",
            locations: [proof.rule.flatMap { side.location(of: $0, labels ?? []) }],
            evidence: ["the manifests' \(name) grants it, the cluster's does not"],
            remedy: remedy
        )
    }
}
