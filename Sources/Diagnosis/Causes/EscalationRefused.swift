import RBAC
import Traces

/// `escalation-refused`: the operator creates roles or bindings with permissions that it does not hold.
///
/// Proved by the API server's refusal in the trace, which lists what is missing; held against what the manifests grant now.
/// Kubernetes: `pkg/registry/rbac/validation/rule.go`, `ConfirmNoEscalation`.
enum EscalationRefused {
    private static let mark = "is attempting to grant RBAC permissions not currently held:"

    static func findings(_ judgement: Judgement) -> [Finding] {
        judgement.states.compactMap { state in
            guard let message = state.call.requirement.message, let range = message.firstRange(of: mark) else {
                return nil
            }
            let wanted = message[range.upperBound...].split(separator: "\n").compactMap { RefusedRule.parse($0) }
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
        let missing = subtract(held.flatMap(\.halves), from: wanted.flatMap(\.halves))
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

    /// Whether the operator may do it all the same: `escalate` on roles, `bind` on the role that a binding names.
    private static func passes(_ call: Call, _ isBinding: Bool, _ evidence: Evidence) -> Bool {
        let resources = isBinding ? ["roles", "clusterroles"] : [call.request.resource]
        return resources.contains { resource in
            let request = RequestAttributes(
                verb: isBinding ? "bind" : "escalate",
                group: "rbac.authorization.k8s.io",
                resource: resource,
                namespace: call.home
            )
            return evidence.side.access.decide(request).isAllowed
        }
    }
}

/// A rule as the API server prints it in that refusal: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}`.
enum RefusedRule {
    static func parse(_ line: Substring) -> PolicyRule? {
        guard let start = line.firstIndex(of: "{") else { return nil }
        var rest = line[line.index(after: start)...]
        var rule = PolicyRule(verbs: [])
        while let colon = rest.firstIndex(of: ":") {
            let key = rest[..<colon].drop { $0 == " " || $0 == "," }
            rest = rest[rest.index(after: colon)...]
            guard rest.first == "[" else { return nil }
            rest = rest.dropFirst()
            guard let values = strings(&rest) else { return nil }
            switch key {
            case "APIGroups": rule.apiGroups = values
            case "Resources": rule.resources = values
            case "ResourceNames": rule.resourceNames = values
            case "NonResourceURLs": rule.nonResourceURLs = values
            case "Verbs": rule.verbs = values
            default: return nil
            }
            if rest.first == "}" { break }
        }
        return rule.verbs.isEmpty ? nil : rule
    }

    /// Go's `%q` of a slice, up to and with its closing bracket: texts in quotes with a space between them.
    private static func strings(_ rest: inout Substring) -> [String]? {
        var values: [String] = []
        while let next = rest.first {
            switch next {
            case "]":
                rest = rest.dropFirst()
                return values
            case " ":
                rest = rest.dropFirst()
            case "\"":
                guard let value = quoted(&rest) else { return nil }
                values.append(value)
            default:
                return nil
            }
        }
        return nil
    }

    private static func quoted(_ rest: inout Substring) -> String? {
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.first {
            rest = rest.dropFirst()
            if character == "\"" { return value }
            if character == "\\" {
                guard let escaped = rest.first else { return nil }
                rest = rest.dropFirst()
                value.append(escaped)
            } else {
                value.append(character)
            }
        }
        return nil
    }
}
