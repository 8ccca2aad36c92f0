import Manifests
import RBAC
import Syntax

/// `rule-missing`: no rule mentions the resource.
enum RuleMissing: Cause {
    static let code = FindingCode.ruleMissing

    /// One for a resource with all its subresources.
    static func proof(_ call: Call) -> Proof {
        var target = call.target
        target.subresource = ""
        return Proof(code: code, target: target)
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let targets = Wording.targets(calls, conjunction: "or")
        let remedy = RemedyBuilder(evidence).grant(calls, near: nil)
        let what = calls[0].request.isResourceRequest ? "mentions" : "grants the path"
        return .principal(
            code,
            calls,
            title: "no rule \(what) \(targets)",
            explanation: "RBAC allows only what some rule grants. \(Wording.verbs(calls)) on \(Wording.targets(calls)) "
                + "\(calls.count == 1 ? "is" : "are") needed\(Wording.scope(calls)), and no rule of the "
                + "\(evidence.side.kind == .manifests ? "manifests" : "cluster's roles") that could reach the operator "
                + "is about it.",
            locations: location(remedy, targets, evidence),
            evidence: hints(calls, evidence),
            remedy: remedy
        )
    }

    /// The role that the rule would go to.
    private static func location(_ remedy: Remedy, _ targets: String, _ evidence: Evidence) -> [FindingLocation] {
        let places = remedy.edits.compactMap { edit -> SourceRange? in
            if case .addRule(let role, _, _) = edit { role } else { nil }
        }
        let roles = evidence.side.manifests.roles
        let chosen = roles.filter { places.contains($0.range) }
        return (chosen.isEmpty ? Array(roles.filter { $0.kind == .clusterRole }.prefix(1)) : chosen).map { role in
            FindingLocation(
                range: role.nameRange,
                labels: [FindingLocation.Label(range: role.nameRange, text: "no rule here mentions \(targets)")]
            )
        }
    }

    /// What looks like a grant and is none.
    private static func hints(_ calls: [Call], _ evidence: Evidence) -> [String] {
        let side = evidence.side
        var hints: [String] = []
        let siblings = Set(
            calls.flatMap { call in
                side.lookup.naming(call.request.resource).map(side.rule).filter { $0.allowsGroup(call.request.group) }
                    .flatMap(\.resources).filter { $0.hasPrefix("\(call.request.resource)/") }
            }
        ).sorted()
        if !siblings.isEmpty {
            hints.append("a rule names \(Wording.list(siblings)), which covers nothing else of the resource")
        }
        for index in side.ownRoles where !side.roles[index].isEvidence && side.roles[index].bindings.isEmpty {
            guard let role = side.manifestRole(index), role.isMeantForUsers,
                side.policy.roles[index].rules.contains(where: { entry in
                    calls.contains { $0.isGranted(by: entry.rule) }
                })
            else { continue }
            hints.append(
                "\(Wording.role(side.policy.roles[index])) grants some of it, and is meant for the cluster's users"
            )
        }
        for index in side.ownRoles where side.roles[index].isEvidence && evidence.tier(ofRole: index) == nil {
            guard
                side.policy.roles[index].rules.contains(where: { entry in
                    calls.contains { $0.isGranted(by: entry.rule) }
                })
            else { continue }
            hints.append("\(evidence.holders(ofRole: index)), and grants some of it")
        }
        return hints
    }
}
