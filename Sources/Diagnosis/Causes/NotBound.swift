import Manifests
import RBAC

/// `not-bound`: the role is there with the rule, and no binding refers to it.
enum NotBound: ReachCause {
    static let code = FindingCode.notBound

    static func proof(_ call: Call, granting: [RuleRef], _ evidence: Evidence) -> Proof? {
        let side = evidence.side
        // A built-in role in the cluster counts where the manifests bind it.
        let unbound = granting.filter { ref in
            side.roles[ref.role].bindings.isEmpty && (!side.roles[ref.role].isBuiltIn || side.kind == .cluster)
        }
        let chosen = evidence.nearest(unbound) { ref in
            // A binding has to reach the call; what an aggregated role collects is bound by binding that one; a rule that
            // names nothing says little about whom it is for.
            let role = side.policy.roles[ref.role]
            let reaches = role.kind == .clusterRole || role.namespace == call.home
            let isCollected = side.written(ref)?.role == side.roles[ref.role].manifest && isCollected(ref.role, side)
            let isVague = side.rule(ref).resources.contains("*")
            return (reaches ? 0 : 4) + (isCollected ? 2 : 0) + (isVague ? 1 : 0)
        }
        return chosen.map { Proof(code: code, role: $0.role) }
    }

    private static func isCollected(_ role: Int, _ side: PolicySide) -> Bool {
        guard let manifest = side.manifestRole(role) else { return false }
        return side.manifests.roles.contains { other in
            other.range != manifest.range
                && (other.aggregation?.selectors ?? []).contains { $0.matches(manifest.labels) }
        }
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let roleIndex = proof.role ?? 0
        let role = side.policy.roles[roleIndex]
        let strays = strayBindings(near: role, evidence)
        return .principal(
            code,
            calls,
            title: side.kind == .manifests
                ? "\(Wording.role(role)) is bound to nobody" : "nothing binds \(Wording.role(role)) to the operator",
            explanation:
                "A role grants nothing by itself: a binding has to give it to somebody. \(Wording.role(role)) grants "
                + "what is called, and no RoleBinding or ClusterRoleBinding "
                + (side.kind == .manifests ? "refers to it." : "gives it to the operator."),
            locations: [side.location(ofRole: roleIndex, "grants this; no binding refers to it")]
                + strays.map { index in
                    let reference = side.policy.bindings[index].roleRef
                    return side.location(ofRoleRef: index, "refers to \(reference.kind) `\(reference.name)`")
                },
            evidence: [evidence.holders(ofRole: roleIndex)]
                + strays.map { index in
                    let binding = side.policy.bindings[index]
                    return "\(Wording.binding(binding)) is named after it and refers to "
                        + "\(binding.roleRef.kind) `\(binding.roleRef.name)`"
                },
            remedy: remedy(role, calls, evidence)
        )
    }

    /// Bindings of the operator that are called as if they were this role's.
    private static func strayBindings(near role: Role, _ evidence: Evidence) -> [Int] {
        let stem = role.name.hasSuffix("-role") ? String(role.name.dropLast(5)) : role.name
        return evidence.side.ownBindings.filter { index in
            evidence.side.bindings[index].bindsOperator && !stem.isEmpty
                && evidence.side.policy.bindings[index].name.hasPrefix(stem)
        }
    }

    private static func remedy(_ role: Role, _ calls: [Call], _ evidence: Evidence) -> Remedy {
        let builder = RemedyBuilder(evidence)
        if role.kind == .role, calls.contains(where: { $0.home != role.namespace }) {
            // Bound, the Role would still hold in its own namespace only.
            return builder.grant(calls, near: nil)
        }
        let objects = NewObjects(evidence)
        let namespace = role.kind == .role ? role.namespace : namespace(for: calls)
        let binding = objects.binding(to: role, inNamespace: namespace)
        let place = namespace.map { " in namespace `\($0)`" } ?? ""
        return .creating(
            [binding],
            summary: "bind \(Wording.role(role)) to the operator\(place)",
            rules: builder.exactRules(calls, withNames: false)
        )
    }

    /// The one namespace that the calls go to; `nil` where they need the whole cluster, or several namespaces.
    static func namespace(for calls: [Call]) -> String? {
        let homes = Set(calls.map(\.home))
        return homes.count == 1 && !homes.contains("") ? homes.first : nil
    }
}
