import RBAC

/// Fills aggregated cluster roles as the `clusterrole-aggregation` controller does.
///
/// Kubernetes: `pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go`: the rules of all cluster
/// roles that match any selector, selector by selector, in name order, each rule once, the role itself left out.
/// Collecting goes on until nothing changes, since an aggregated role may be collected by another.
struct Aggregation {
    private let roles: [RoleManifest]
    private let filled: [Int: [Role.Rule]]

    init(roles: [RoleManifest], rules: [[Role.Rule]]) {
        self.roles = roles
        var current = rules
        let aggregated = roles.indices.filter {
            roles[$0].kind == .clusterRole && roles[$0].aggregation != nil && !roles[$0].isClusterDump
        }
        for index in aggregated { current[index] = [] }
        // Each round carries rules one role further, so as many rounds as there are aggregated roles reach the end.
        for _ in aggregated.indices {
            var changed = false
            for index in aggregated {
                let next = Self.collect(for: index, roles: roles, rules: current)
                if next != current[index] { changed = true }
                current[index] = next
            }
            if !changed { break }
        }
        filled = Dictionary(uniqueKeysWithValues: aggregated.map { ($0, current[$0]) })
        self.rules = current
    }

    private let rules: [[Role.Rule]]

    func rules(ofRole index: Int) -> [Role.Rule] { filled[index] ?? [] }

    /// The rules of all cluster roles with a label of the value `true`.
    func rules(labelled label: String) -> [Role.Rule] {
        roles.indices.filter { roles[$0].kind == .clusterRole && roles[$0].labels[label] == "true" }
            .sorted { roles[$0].identity.name < roles[$1].identity.name }
            .flatMap { rules[$0] }
    }

    private static func collect(for target: Int, roles: [RoleManifest], rules: [[Role.Rule]]) -> [Role.Rule] {
        var seen: Set<PolicyRule> = []
        var collected: [Role.Rule] = []
        for selector in roles[target].aggregation?.selectors ?? [] {
            let matching = roles.indices.filter { index in
                index != target && roles[index].kind == .clusterRole
                    && roles[index].identity.name != roles[target].identity.name
                    && selector.matches(roles[index].labels)
            }
            for index in matching.sorted(by: { roles[$0].identity.name < roles[$1].identity.name }) {
                for rule in rules[index] where seen.insert(rule.rule).inserted { collected.append(rule) }
            }
        }
        return collected
    }
}

extension AggregationRule.Selector {
    /// Kubernetes: `metav1.LabelSelectorAsSelector`; an empty selector matches everything.
    package func matches(_ labels: [String: String]) -> Bool {
        matchLabels.allSatisfy { labels[$0.key] == $0.value }
            && matchExpressions.allSatisfy { expression in
                let value = labels[expression.key]
                switch expression.operation {
                case "In": return value.map(expression.values.contains) ?? false
                case "NotIn": return value.map { !expression.values.contains($0) } ?? true
                case "Exists": return value != nil
                case "DoesNotExist": return value == nil
                default: return false
                }
            }
    }
}
