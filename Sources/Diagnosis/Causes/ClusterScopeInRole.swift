import Manifests
import RBAC

/// `cluster-scope-in-role`: a Role or a RoleBinding tries to grant what belongs to no namespace.
enum ClusterScopeInRole: ReachCause {
    static let code = FindingCode.clusterScopeInRole

    static func proof(_ call: Call, granting: [RuleRef], _ evidence: Evidence) -> Proof? {
        guard call.scope == .cluster else { return nil }
        let side = evidence.side
        if let own = granting.first(where: { side.roles[$0.role].reach != .nowhere }) {
            return Proof(code: code, role: own.role)
        }
        // No binding would make a Role reach it; where a ClusterRole grants it, its binding is what is missing.
        guard granting.allSatisfy({ side.policy.roles[$0.role].kind == .role }), let first = granting.first else {
            return nil
        }
        return Proof(code: code, role: first.role)
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let roleIndex = proof.role ?? 0
        let role = side.policy.roles[roleIndex]
        let targets = Wording.targets(calls)
        let arePaths = calls.allSatisfy { !$0.request.isResourceRequest }
        let binding = side.roles[roleIndex].bindings.first { side.bindings[$0].bindsOperator }
        let limits: String
        if role.kind == .role {
            limits = "a Role"
        } else {
            limits = binding.map { Wording.binding(side.policy.bindings[$0]) } ?? "a RoleBinding"
        }
        let explanation =
            "A \(role.kind == .role ? "Role" : "RoleBinding") grants what is in its own namespace and nothing else. "
            + "The API server decides about \(targets)\(Wording.scope(calls)), where it looks at "
            + "ClusterRoleBindings only; so the rule is accepted and never takes effect."
        var locations = rules(granting: calls, ofRole: roleIndex, side).map { ref in
            side.location(of: ref, labels(ref, calls, side))
        }
        if let binding {
            let text =
                role.kind == .role ? "" : "grants it in namespace `\(side.policy.bindings[binding].namespace)` only"
            let place = text.isEmpty ? nil : side.location(ofRoleRef: binding, text)
            locations.append(place)
        }
        return .principal(
            code,
            calls,
            title:
                "\(limits) cannot grant \(targets)\(arePaths ? ": paths belong to no namespace" : calls.hasOneTarget ? ", which is of cluster scope" : ", which are of cluster scope")",
            explanation: explanation,
            locations: locations,
            evidence: [evidence.holders(ofRole: roleIndex)],
            remedy: remedy(calls, evidence)
        )
    }

    private static func remedy(_ calls: [Call], _ evidence: Evidence) -> Remedy {
        var remedy = RemedyBuilder(evidence).grant(calls, near: nil)
        if remedy.edits.isEmpty, !evidence.side.manifests.countsRolesAsBound {
            remedy.summary = "grant it in a ClusterRole that a ClusterRoleBinding binds to the operator"
        } else if remedy.edits.isEmpty {
            remedy.summary = "grant it in a ClusterRole"
        }
        return remedy
    }

    static func rules(granting calls: [Call], ofRole role: Int, _ side: PolicySide) -> [RuleRef] {
        side.policy.roles[role].rules.indices.map { RuleRef(role: role, rule: $0) }.filter { ref in
            calls.contains { $0.isGranted(by: side.rule(ref)) }
        }
    }

    private static func labels(_ ref: RuleRef, _ calls: [Call], _ side: PolicySide) -> [FindingLocation.Label] {
        guard let rule = side.manifestRule(ref) else { return [] }
        let resources = rule.labels(\.resources, "of cluster scope") { entry in
            calls.contains { call in
                PolicyRule.pattern(entry, covers: call.request.resource, subresource: call.request.subresource)
            }
        }
        let paths = rule.labels(\.nonResourceURLs, "of no namespace") { entry in
            calls.contains { $0.request.nonResourceURL.map { PolicyRule.pathPattern(entry, covers: $0) } ?? false }
        }
        return resources + paths
    }
}

extension [Call] {
    var hasOneTarget: Bool { Set(map(\.target)).count == 1 }
}
