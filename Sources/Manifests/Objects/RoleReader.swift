import RBAC
import Syntax

/// Reads a `Role` or a `ClusterRole`. Kubernetes: `rbac/v1/types.go`.
///
/// Only the shape is checked here. What is well-shaped and cannot take effect (`pods/*`, no `apiGroups`) is loaded, and
/// judged later.
struct RoleReader {
    let header: ObjectHeader
    private(set) var warnings: [ManifestWarning] = []

    init(header: ObjectHeader) { self.header = header }

    private static let ruleFields = ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"]

    mutating func role() throws(InputError) -> RoleManifest {
        let identity = try header.identity()
        let name = try header.name()
        let object = header.object
        let metadata = try object.value("metadata")?.fields("metadata")
        let isCluster = header.kind == "ClusterRole"
        let fields = ["apiVersion", "kind", "metadata", "rules"] + (isCluster ? ["aggregationRule"] : [])
        warnings += header.unknownFields(of: object, known: fields, in: "a \(header.kind)")
        var rules: [RuleManifest] = []
        if let list = object.value("rules") {
            for (index, item) in try list.items("rules").enumerated() { rules.append(try rule(item, index)) }
        }
        return RoleManifest(
            identity: identity,
            kind: isCluster ? .clusterRole : .role,
            labels: try metadata?.stringMap("labels") ?? [:],
            rules: rules,
            aggregation: isCluster ? try aggregation() : nil,
            isClusterDump: metadata?.value("uid") != nil,
            range: header.node.range,
            nameRange: name.range
        )
    }

    private mutating func rule(_ node: Node, _ index: Int) throws(InputError) -> RuleManifest {
        let what = "rules[\(index)]"
        let mapping = try node.fields(what)
        warnings += header.unknownFields(of: mapping, known: Self.ruleFields, in: "a rule")
        guard let verbsNode = mapping.value("verbs") else {
            let misspelt = ["verb", "Verbs", "Verb"].first { mapping[$0] != nil }
            throw node.error(
                "`\(what)` has no `verbs`",
                hint: misspelt.map { "write `verbs` instead of `\($0)`" } ?? "add them: verbs: [get, list, watch]"
            )
        }
        let verbs = try mapping.texts("verbs")
        guard !verbs.texts.isEmpty else {
            throw verbsNode.error("`\(what).verbs` is empty", hint: "name at least one verb: verbs: [get, list, watch]")
        }
        let groups = try mapping.texts("apiGroups")
        let resources = try mapping.texts("resources")
        let names = try mapping.texts("resourceNames")
        let urls = try mapping.texts("nonResourceURLs")
        return RuleManifest(
            rule: PolicyRule(
                verbs: verbs.texts,
                apiGroups: groups.texts,
                resources: resources.texts,
                resourceNames: names.texts,
                nonResourceURLs: urls.texts
            ),
            range: node.range,
            verbs: verbs.ranges,
            apiGroups: groups.ranges,
            resources: resources.ranges,
            resourceNames: names.ranges,
            nonResourceURLs: urls.ranges
        )
    }

    // MARK: - Aggregation

    private func aggregation() throws(InputError) -> AggregationRule? {
        guard let node = header.object.value("aggregationRule") else { return nil }
        var selectors: [AggregationRule.Selector] = []
        let list = try node.fields("aggregationRule").value("clusterRoleSelectors")
        for item in try list?.items("clusterRoleSelectors") ?? [] {
            selectors.append(try selector(item, "clusterRoleSelectors[\(selectors.count)]"))
        }
        return AggregationRule(selectors: selectors, range: node.range)
    }

    private func selector(_ node: Node, _ what: String) throws(InputError) -> AggregationRule.Selector {
        let selector = try node.fields(what)
        var expressions: [AggregationRule.Expression] = []
        for entry in try selector.value("matchExpressions")?.items("matchExpressions") ?? [] {
            let expression = try entry.fields("matchExpressions[\(expressions.count)]")
            expressions.append(
                AggregationRule.Expression(
                    key: try expression.optionalString("key") ?? "",
                    operation: try expression.optionalString("operator") ?? "",
                    values: try expression.strings("values").map(\.text)
                )
            )
        }
        return AggregationRule.Selector(
            matchLabels: try selector.stringMap("matchLabels"),
            matchExpressions: expressions
        )
    }
}
