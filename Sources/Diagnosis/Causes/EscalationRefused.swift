import RBAC
import Traces

/// `escalation-refused`: the operator creates roles or bindings with permissions that it does not hold.
///
/// Proved by the API server's refusal in the trace, which lists what is missing; held against what the manifests grant now.
/// Kubernetes: `pkg/registry/rbac/validation/rule.go`, `ConfirmNoEscalation`.
enum EscalationRefused {
    static func findings(_ judgement: Judgement) -> [Finding] {
        judgement.states.compactMap { state in
            guard let message = state.call.requirement.message,
                case .escalation(let wanted) = RefusalText.read(message)?.kind
            else { return nil }
            return finding(state.call, wanted, message, judgement.evidence)
        }
    }

    private static func finding(
        _ call: Call,
        _ wanted: [PolicyRule],
        _ message: String,
        _ evidence: Evidence?
    ) -> Finding? {
        let held = evidence?.side.access.rules(inNamespace: call.home) ?? []
        let missing = RuleCoverage.uncovered(wanted.flatMap(\.halves), by: held.flatMap(\.halves))
        let isBinding = call.request.resource.hasSuffix("bindings")
        if let evidence, missing.isEmpty && !wanted.isEmpty || passes(call, isBinding, evidence) { return nil }
        let rules = compacted(missing)
        let verb = isBinding ? "bind" : "escalate"
        return Finding(
            code: .escalationRefused,
            severity: .error,
            title: "the operator creates \(isBinding ? "bindings" : "roles") with permissions that it does not hold",
            explanation:
                "Nobody may hand out more than they have: whoever writes a role or a binding must hold everything in it, "
                + "in that scope, or have the verb `\(verb)` on the role. `\(call.verb)` on `\(call.target.description)` alone "
                + "is not enough.",
            requirements: [call.index],
            evidence: message.split(separator: "\n").prefix(6).map(String.init),
            remedy: Remedy(
                summary:
                    "grant the operator what it hands out; `\(verb)` would do too, and lets it hand out everything",
                rules: rules,
                markers: rules.map { kubebuilderMarker($0) }
            )
        )
    }

    /// Whether the operator may do it all the same: `escalate` on the role, which has no name yet when it is created; `bind`
    /// on any role, since a refusal does not say which one the binding names.
    private static func passes(_ call: Call, _ isBinding: Bool, _ evidence: Evidence) -> Bool {
        let resources = isBinding ? ["roles", "clusterroles"] : [call.request.resource]
        return resources.contains { resource in
            let request = RequestAttributes(
                verb: isBinding ? "bind" : "escalate",
                group: "rbac.authorization.k8s.io",
                resource: resource,
                namespace: call.home,
                name: isBinding || call.verb == "create" ? "" : call.request.name
            )
            return evidence.side.access.decide(request).isAllowed
        }
    }
}
