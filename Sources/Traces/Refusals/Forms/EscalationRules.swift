package import RBAC

/// The rules of an escalation as the API server lists them: taken apart, merged again by verb, sorted, each once.
///
/// Kubernetes: `rbac/validation.ConfirmNoEscalation`, `BreakdownRule`, `CompactRules`, `PolicyRule.CompactString`.
package func escalationLines(_ rules: [PolicyRule]) -> [String] {
    Set(compactedByVerb(rules.flatMap(brokenDown)).map(compactLine)).sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
}

/// `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}`
private func compactLine(_ rule: PolicyRule) -> String {
    let members = [
        ("APIGroups", rule.apiGroups), ("Resources", rule.resources), ("NonResourceURLs", rule.nonResourceURLs),
        ("ResourceNames", rule.resourceNames), ("Verbs", rule.verbs),
    ]
    return "{" + members.filter { !$0.1.isEmpty }.map { "\($0.0):\(goQuoted($0.1))" }.joined(separator: ", ") + "}"
}

/// A rule for each group, resource, verb and name, and for each path and verb.
private func brokenDown(_ rule: PolicyRule) -> [PolicyRule] {
    var parts: [PolicyRule] = []
    for group in rule.apiGroups {
        for resource in rule.resources {
            for verb in rule.verbs {
                for name in rule.resourceNames.isEmpty ? [nil] : rule.resourceNames.map(Optional.some) {
                    parts.append(
                        PolicyRule(
                            verbs: [verb],
                            apiGroups: [group],
                            resources: [resource],
                            resourceNames: name.map { [$0] } ?? []
                        )
                    )
                }
            }
        }
    }
    for path in rule.nonResourceURLs {
        parts += rule.verbs.map { PolicyRule(verbs: [$0], nonResourceURLs: [path]) }
    }
    return parts
}

/// Merges the verbs of what is about the same resource; paths stay as they are.
private func compactedByVerb(_ rules: [PolicyRule]) -> [PolicyRule] {
    var result: [PolicyRule] = []
    var places: [PolicyRule: Int] = [:]
    for rule in rules {
        var key = rule
        key.verbs = []
        if rule.nonResourceURLs.isEmpty, let place = places[key] {
            if !result[place].verbs.contains(rule.verbs[0]) { result[place].verbs += rule.verbs }
        } else {
            places[key] = result.count
            result.append(rule)
        }
    }
    return result
}
