import Manifests
import RBAC

/// `namespace-scope-too-narrow`: granted to the operator in one namespace, called in another or across all.
enum NamespaceScopeTooNarrow: ReachCause {
    static let code = FindingCode.namespaceScopeTooNarrow

    static func proof(_ call: Call, granting: [RuleRef], _ evidence: Evidence) -> Proof? {
        granting.first { evidence.side.roles[$0.role].reach != .nowhere }.map { Proof(code: code, role: $0.role) }
    }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let roleIndex = proof.role ?? 0
        let role = side.policy.roles[roleIndex]
        let bindings = side.roles[roleIndex].bindings.filter { side.bindings[$0].bindsOperator }
        let granted = Set(bindings.map { side.policy.bindings[$0].namespace }).sorted()
        let where_ = granted.count == 1 ? "namespace \(Wording.list(granted))" : "namespaces \(Wording.list(granted))"
        let isEverywhere = calls.contains { $0.home.isEmpty }
        let why =
            isEverywhere
            ? "A call without a namespace asks for all of them at once, and is held against ClusterRoleBindings only: "
                + "even a RoleBinding in every namespace would not allow it."
            : "A RoleBinding grants nothing outside its own namespace, whether it refers to a Role or to a ClusterRole."
        let locations = bindings.map { index in
            side.bindings[index].isAssumed
                ? side.location(ofRole: roleIndex, "a Role holds in \(where_)")
                : side.location(
                    ofBinding: index,
                    "grants it in namespace `\(side.policy.bindings[index].namespace)` only"
                )
        }
        let rules = ClusterScopeInRole.rules(granting: calls, ofRole: roleIndex, side).map { ref in
            side.location(of: ref, targetLabels(ref, calls, side))
        }
        return .principal(
            code,
            calls,
            title: "\(Wording.role(role)) reaches the operator in \(where_) only; calls to "
                + "\(Wording.targets(calls)) are made\(Wording.scope(calls))",
            explanation: "\(Wording.role(role)) grants this to the operator in \(where_). " + why,
            locations: locations + rules,
            evidence: ["granted in \(Wording.list(granted)), called\(Wording.scope(calls))"]
                + slips(granted, calls),
            remedy: remedy(role, calls, evidence)
        )
    }

    /// The entries of a rule that the calls are about.
    private static func targetLabels(_ ref: RuleRef, _ calls: [Call], _ side: PolicySide) -> [FindingLocation.Label] {
        side.manifestRule(ref)?.labels(\.resources, "") { entry in
            calls.contains { call in
                PolicyRule.pattern(entry, covers: call.request.resource, subresource: call.request.subresource)
            }
        } ?? []
    }

    /// Namespaces that differ by a letter or two: one of them may be a slip.
    private static func slips(_ granted: [String], _ calls: [Call]) -> [String] {
        Set(calls.map(\.home)).sorted().filter { !$0.isEmpty }.flatMap { called in
            nearMisses(of: called, among: granted).map {
                "`\($0)` and `\(called)` are nearly the same: one may be a slip"
            }
        }
    }

    private static func remedy(_ role: Role, _ calls: [Call], _ evidence: Evidence) -> Remedy {
        let builder = RemedyBuilder(evidence)
        let isRequiredWhole = role.rules.allSatisfy { evidence.required.include($0.rule) }
        guard role.kind == .clusterRole, isRequiredWhole else {
            // Binding the role more widely would grant more than was missing.
            return builder.grant(calls, near: nil)
        }
        let objects = NewObjects(evidence)
        let homes = Set(calls.map(\.home)).sorted()
        let namespaces: [String?] = homes.contains("") ? [nil] : homes.map { $0 }
        let bindings = namespaces.map { objects.binding(to: role, inNamespace: $0) }
        let rules = builder.exactRules(calls, withNames: false)
        return .creating(
            bindings,
            summary: homes.contains("")
                ? "bind \(Wording.role(role)) by a ClusterRoleBinding"
                : "bind \(Wording.role(role))\(Wording.scope(calls)) too",
            rules: rules,
            markers: rules.map { kubebuilderMarker($0) }
        )
    }
}
