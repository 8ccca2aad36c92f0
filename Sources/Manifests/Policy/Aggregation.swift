import RBAC

/// Fills aggregated cluster roles as the `clusterrole-aggregation` controller does.
///
/// Kubernetes: `pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go`: the rules of all cluster
/// roles that match any selector, selector by selector, in name order, each rule once, the role itself left out. One
/// aggregated role may collect another, so collecting goes on until nothing changes.
struct Aggregation {
    /// A cluster role as the controller sees it.
    struct Member {
        var name: String
        var labels: [String: String]
        /// `nil` for a role that collects none.
        var selectors: [AggregationRule.Selector]?
        var rules: [Role.Rule]
    }

    private(set) var members: [Member]
    /// For each member, the members that each of its selectors matches, in name order.
    private let collected: [[Int]]

    init(_ members: [Member]) {
        self.members = members
        collected = members.indices.map { Self.matches(for: $0, in: members) }
        for index in members.indices where members[index].selectors != nil { self.members[index].rules = [] }
        fill()
    }

    private static func matches(for index: Int, in members: [Member]) -> [Int] {
        (members[index].selectors ?? []).flatMap { selector in
            members.indices
                .filter { members[$0].name != members[index].name && selector.matches(members[$0].labels) }
                .sorted { members[$0].name < members[$1].name }
        }
    }

    private mutating func fill() {
        var collectors: [[Int]] = Array(repeating: [], count: members.count)
        for (index, sources) in collected.enumerated() {
            for source in Set(sources) { collectors[source].append(index) }
        }
        // Whoever collects a role that has changed looks again. Rules only ever come in, and none twice, so this ends.
        var waiting = members.indices.filter { members[$0].selectors != nil }
        var isWaiting = Set(waiting)
        var next = 0
        while next < waiting.count {
            let index = waiting[next]
            next += 1
            isWaiting.remove(index)
            let rules = gathered(for: index)
            guard rules.count != members[index].rules.count else { continue }
            members[index].rules = rules
            for collector in collectors[index] where isWaiting.insert(collector).inserted { waiting.append(collector) }
        }
    }

    private func gathered(for index: Int) -> [Role.Rule] {
        var seen: Set<PolicyRule> = []
        return collected[index].flatMap { members[$0].rules }.filter { seen.insert($0.rule).inserted }
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

extension Aggregation.Member {
    /// The built-in cluster roles that collect, and the ones that are made to be collected.
    ///
    /// Kubernetes: `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`.
    static let builtins: [Aggregation.Member] = {
        let prefix = "rbac.authorization.k8s.io/aggregate-to-"
        let labels = [
            "view": "edit", "edit": "admin", "admin": nil, "system:aggregate-to-view": "view",
            "system:aggregate-to-edit": "edit", "system:aggregate-to-admin": "admin",
        ]
        return labels.keys.sorted().compactMap { name in
            guard let role = BootstrapPolicy.clusterRole(named: name) else { return nil }
            var own = ["kubernetes.io/bootstrapping": "rbac-defaults"]
            if let target = labels[name] ?? nil { own[prefix + target] = "true" }
            let collects = BootstrapPolicy.aggregationLabel(ofClusterRole: name)
            return Aggregation.Member(
                name: name,
                labels: own,
                selectors: collects.map { [AggregationRule.Selector(matchLabels: [$0: "true"])] },
                rules: role.rules
            )
        }
    }()
}
