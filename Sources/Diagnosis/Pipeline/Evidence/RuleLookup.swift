import RBAC

/// Rules by what they name, so that a call is held against the few that may have to do with it.
struct RuleLookup: Sendable {
    /// By resource without its subresource, in lower case, so that `Pods` is found for `pods`.
    private var byResource: [String: [RuleRef]] = [:]
    /// With `*` or `*/SUB` among the resources.
    private var wildcards: [RuleRef] = []
    private var paths: [RuleRef] = []
    /// With resources, by API group; `*` under its own name.
    private var byGroup: [String: [RuleRef]] = [:]

    init(_ policy: Policy, roles: [Int]) {
        for role in roles {
            for (index, entry) in policy.roles[role].rules.enumerated() {
                add(entry.rule, RuleRef(role: role, rule: index))
            }
        }
    }

    private mutating func add(_ rule: PolicyRule, _ ref: RuleRef) {
        if !rule.nonResourceURLs.isEmpty { paths.append(ref) }
        var names: Set<String> = []
        for resource in rule.resources { names.insert(resource.prefix { $0 != "/" }.lowercased()) }
        for name in names where name != "*" { byResource[name, default: []].append(ref) }
        if names.contains("*") { wildcards.append(ref) }
        guard !rule.resources.isEmpty else { return }
        for group in Set(rule.apiGroups) { byGroup[group, default: []].append(ref) }
    }

    /// The rules that can grant the request; those that name the resource, wildcards included, in order.
    func candidates(for request: RequestAttributes) -> [RuleRef] {
        guard request.isResourceRequest else { return paths }
        return (naming(request.resource) + wildcards).sortedUnique()
    }

    /// The rules that name a resource or a subresource of it, in any letter case and any API group; no wildcards.
    func naming(_ resource: String) -> [RuleRef] { byResource[resource.lowercased()] ?? [] }

    /// The rules about resources of an API group, in order.
    func ofGroup(_ group: String) -> [RuleRef] {
        ((byGroup[group] ?? []) + (group == "*" ? [] : byGroup["*"] ?? [])).sortedUnique()
    }
}

extension [RuleRef] {
    fileprivate func sortedUnique() -> [RuleRef] {
        var last: RuleRef?
        return sorted().filter { ref in
            defer { last = ref }
            return ref != last
        }
    }
}
