package import RBAC

/// Rules written as a person would: one rule for the resources of a group that need the same verbs, verbs in the order of
/// reading and then writing, each entry once.
///
/// Grants exactly what the given rules grant. The result does not depend on their order. Linear in the number of entries,
/// but for sorting.
package func compacted(_ rules: [PolicyRule]) -> [PolicyRule] {
    var halves = rules.flatMap(\.halves).map(\.tidied)
    guard halves.count > 1 else { return halves }
    halves = merge(halves, \.verbs)
    halves = merge(halves, \.resourceNames, where: { !$0.resourceNames.isEmpty })
    halves = merge(halves, \.resources)
    halves = merge(halves, \.nonResourceURLs)
    halves = merge(halves, \.apiGroups)
    return halves.map(\.tidied).sorted(by: reading)
}

/// The rules that grant exactly these requests, compacted. A request that names an object asks for the resource as a
/// whole, as roles usually do, unless `withNames`.
package func rules(granting requests: some Sequence<RequestAttributes>, withNames: Bool = false) -> [PolicyRule] {
    compacted(
        requests.map { request in
            if let path = request.nonResourceURL { return PolicyRule(verbs: [request.verb], nonResourceURLs: [path]) }
            return PolicyRule(
                verbs: [request.verb],
                apiGroups: [request.group],
                resources: [request.qualifiedResource],
                resourceNames: withNames && !request.name.isEmpty ? [request.name] : []
            )
        }
    )
}

/// Joins the halves that differ in one list only.
private func merge(
    _ halves: [PolicyRule],
    _ list: WritableKeyPath<PolicyRule, [String]>,
    where applies: (PolicyRule) -> Bool = { _ in true }
) -> [PolicyRule] {
    var order: [PolicyRule] = []
    var entries: [PolicyRule: [String]] = [:]
    var untouched: [PolicyRule] = []
    for half in halves {
        guard applies(half) else {
            untouched.append(half)
            continue
        }
        var key = half.tidied
        key[keyPath: list] = []
        if entries[key] == nil { order.append(key) }
        entries[key, default: []] += half[keyPath: list]
    }
    return untouched
        + order.map { key in
            var rule = key
            rule[keyPath: list] = entries[key] ?? []
            return rule.tidied
        }
}

extension PolicyRule {
    /// Each entry once, in a fixed order; what a wildcard of the list covers is left out.
    var tidied: PolicyRule {
        PolicyRule(
            verbs: Self.unique(verbs, wildcard: "*").sorted(by: verbOrder),
            apiGroups: Self.unique(apiGroups, wildcard: "*").sorted(),
            resources: Self.unique(resources, wildcard: "*").sorted(),
            resourceNames: Self.unique(resourceNames, wildcard: nil).sorted(),
            nonResourceURLs: Self.unique(nonResourceURLs, wildcard: "*").sorted()
        )
    }

    private static func unique(_ entries: [String], wildcard: String?) -> Set<String> {
        let set = Set(entries)
        if let wildcard, set.contains(wildcard) { return [wildcard] }
        return set
    }
}

/// The verbs in the order that people write them.
let standardVerbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]

/// Standard verbs first, in their usual order, then the others by alphabet.
func verbOrder(_ first: String, _ second: String) -> Bool {
    let ranks = (standardVerbs.firstIndex(of: first) ?? .max, standardVerbs.firstIndex(of: second) ?? .max)
    return ranks.0 == ranks.1 ? first < second : ranks.0 < ranks.1
}

/// Resource rules before paths, the core group first, then by resources, names and verbs.
private func reading(_ first: PolicyRule, _ second: PolicyRule) -> Bool {
    if first.isPathHalf != second.isPathHalf { return second.isPathHalf }
    for list in [\PolicyRule.apiGroups, \.resources, \.nonResourceURLs, \.resourceNames, \.verbs]
    where first[keyPath: list] != second[keyPath: list] {
        return first[keyPath: list].lexicographicallyPrecedes(second[keyPath: list])
    }
    return false
}
