/// "Do these rules cover that rule?", with the semantics of Kubernetes' escalation check.
///
/// Kubernetes: `k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go`. A wanted rule is taken apart into
/// single tuples, and one held rule has to cover each of them. A star in the wanted rule wants a star in the held one.
package enum RuleCoverage {
    /// The tuples of `wanted` that no rule of `held` covers, in the order of `wanted`; a repeated one is repeated.
    ///
    /// Takes tuples of `wanted` times entries of `held`. Kubernetes: `Covers`.
    package static func uncovered(_ wanted: [PolicyRule], by held: [PolicyRule]) -> [PolicyRule] {
        wanted.flatMap(breakdown).filter { tuple in !held.contains { covers($0, tuple: tuple) } }
    }

    /// Whether everything that `wanted` grants is granted by `held`.
    package static func covers(_ wanted: [PolicyRule], by held: [PolicyRule]) -> Bool {
        wanted.allSatisfy { rule in
            breakdown(rule).allSatisfy { tuple in held.contains { covers($0, tuple: tuple) } }
        }
    }

    /// A rule as single tuples: one group, resource, verb and at most one name each, or one URL and one verb.
    ///
    /// A rule without groups or without resources has no resource tuple, as it grants none. Kubernetes: `BreakdownRule`.
    package static func breakdown(_ rule: PolicyRule) -> [PolicyRule] {
        var tuples: [PolicyRule] = []
        for group in rule.apiGroups {
            for resource in rule.resources {
                for verb in rule.verbs {
                    let tuple = PolicyRule(verbs: [verb], apiGroups: [group], resources: [resource])
                    guard !rule.resourceNames.isEmpty else {
                        tuples.append(tuple)
                        continue
                    }
                    for name in rule.resourceNames {
                        var named = tuple
                        named.resourceNames = [name]
                        tuples.append(named)
                    }
                }
            }
        }
        for url in rule.nonResourceURLs {
            for verb in rule.verbs {
                tuples.append(PolicyRule(verbs: [verb], nonResourceURLs: [url]))
            }
        }
        return tuples
    }

    /// Kubernetes: `ruleCovers`. `tuple` has at most one entry in each list.
    static func covers(_ held: PolicyRule, tuple: PolicyRule) -> Bool {
        tuple.verbs.allSatisfy { held.allowsVerb($0) }
            && tuple.apiGroups.allSatisfy { held.allowsGroup($0) }
            && tuple.resources.allSatisfy { held.covers(resource: $0) }
            && tuple.nonResourceURLs.allSatisfy { held.allowsPath($0) }
            && (held.resourceNames.isEmpty
                || !tuple.resourceNames.isEmpty
                    && tuple.resourceNames.allSatisfy { held.allowsName($0) })
    }

    /// The same rules with those merged that have one group, one resource and neither names nor URLs, and differ by verb.
    ///
    /// Kubernetes: `CompactRules` in `pkg/registry/rbac/validation/policy_compact.go`; merged rules come last, here in the
    /// order in which they first stood (Kubernetes leaves it to chance, and sorts the lines afterwards).
    package static func compact(_ rules: [PolicyRule]) -> [PolicyRule] {
        var result: [PolicyRule] = []
        var simple: [PolicyRule] = []
        var positions: [[ByteKey]: Int] = [:]
        for rule in rules {
            guard rule.apiGroups.count == 1, rule.resources.count == 1, rule.resourceNames.isEmpty,
                rule.nonResourceURLs.isEmpty
            else {
                result.append(rule)
                continue
            }
            let key = (rule.apiGroups + rule.resources).map(ByteKey.init)
            if let position = positions[key] {
                simple[position].verbs += rule.verbs
            } else {
                positions[key] = simple.count
                simple.append(rule)
            }
        }
        return result + simple
    }

    /// The lines of a refusal to grant `missing`: `{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}`, compacted,
    /// sorted by bytes, each once.
    ///
    /// Kubernetes: `ConfirmNoEscalation` in `pkg/registry/rbac/validation/rule.go`.
    package static func escalationLines(_ missing: [PolicyRule]) -> [String] {
        let lines = Set(compact(missing).map { ByteKey($0.compactDescription) })
        return lines.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension PolicyRule {
    /// The rule as refusals to grant it print it; empty lists are left out. Kubernetes: `CompactString`.
    package var compactDescription: String {
        let lists = [
            ("APIGroups", apiGroups), ("Resources", resources), ("NonResourceURLs", nonResourceURLs),
            ("ResourceNames", resourceNames), ("Verbs", verbs),
        ]
        let parts = lists.filter { !$0.1.isEmpty }.map { "\($0.0):\(goQuoted($0.1))" }
        return "{\(parts.joined(separator: ", "))}"
    }

    /// Whether an element of the wanted rule's `resources` is within this rule's. Kubernetes: `resourceCoversAll`.
    fileprivate func covers(resource wanted: String) -> Bool {
        if resources.contains(where: { $0.isStar || $0.hasSameBytes(as: wanted) }) { return true }
        guard let slash = wanted.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
        let pattern = "*\(wanted[slash...])"
        return resources.contains { $0.hasSameBytes(as: pattern) }
    }
}
