import Manifests
import RBAC
import Syntax

/// `rule-invalid`: rules that cannot take effect as they are written.
///
/// The API server checks the shape of a rule and none of its strings (`pkg/apis/rbac/validation/validation.go`), so most
/// of these mistakes are accepted and match nothing.
func ruleInvalid(_ role: LintedRole, _ context: LintContext) -> [Finding] {
    if let finding = typedInRules(role) { return [finding] }
    return role.manifest.rules.flatMap { rule in
        shapeMistakes(of: rule, in: role, context.known)
            + groupMistakes(of: rule)
            + resourceMistakes(of: rule, context.known)
            + pathMistakes(of: rule)
            + verbMistakes(of: rule)
    }
}

/// A mistake in one rule, made into a finding that shows the rule.
struct RuleMistake {
    var severity = Severity.error
    var title: String
    var explanation: String
    /// The entries at fault; none underlines the rule's first line.
    var entries: [(entry: RuleEntry, text: String)] = []
    var advice: String
    /// What to write instead, as lines of YAML.
    var replacement: [String] = []

    func finding(in rule: RuleManifest) -> Finding {
        Finding(
            code: .ruleInvalid,
            severity: severity,
            title: title,
            explanation: explanation,
            locations: [
                FindingLocation(
                    range: rule.range,
                    labels: entries.map { FindingLocation.Label(range: $0.entry.range, text: $0.text) }
                )
            ],
            remedy: Remedy(summary: advice, replacement: replacement)
        )
    }
}

/// Whether everything that was meant stands in the list already, so that the mistakes take nothing away.
func isRedundant(_ corrections: [[String]], in list: [String]) -> Bool {
    corrections.allSatisfy { correction in
        !correction.isEmpty && correction.allSatisfy { list.contains($0) || list.contains("*") }
    }
}

// MARK: - The shape of a rule

/// Rules in an aggregated ClusterRole: the controller replaces them. Where aggregation brings the same permissions along,
/// nothing is lost and nothing is said.
private func typedInRules(_ role: LintedRole) -> Finding? {
    let manifest = role.manifest
    guard manifest.kind == .clusterRole, let aggregation = manifest.aggregation, !manifest.isClusterDump,
        !manifest.rules.isEmpty
    else { return nil }
    let filled = (role.filledRules ?? []).flatMap(\.halves)
    let lost = manifest.rules.filter { !subtract(filled, from: $0.rule.halves).isEmpty }
    guard !lost.isEmpty else { return nil }
    let count = lost.count == 1 ? "1 rule" : "\(lost.count) rules"
    return Finding(
        code: .ruleInvalid,
        severity: .error,
        title: "\(role.title) is aggregated, and \(count) typed into it will be lost",
        explanation: "The rules of a ClusterRole with an `aggregationRule` are written by a controller, which replaces "
            + "what is typed there by the rules of the ClusterRoles that its selectors match.",
        locations: lost.map { FindingLocation(range: $0.range) } + [
            FindingLocation(
                range: aggregation.range,
                labels: [.init(range: aggregation.range, text: "rules come from the roles that this selects")]
            )
        ],
        remedy: Remedy(
            summary: "move the rules to a ClusterRole of their own with a label that the selector matches, and leave "
                + "`rules: []` here"
        )
    )
}

private func shapeMistakes(of rule: RuleManifest, in role: LintedRole, _ known: KnownResources) -> [Finding] {
    let content = rule.rule
    let hasResourceParts = !content.apiGroups.isEmpty || !content.resources.isEmpty || !content.resourceNames.isEmpty
    var mistakes: [RuleMistake] = []
    if !content.nonResourceURLs.isEmpty {
        let paths = rule.entries(\.nonResourceURLs)
        if role.manifest.kind == .role {
            mistakes.append(
                RuleMistake(
                    title: "a Role cannot grant paths such as `\(paths[0].text)`",
                    explanation: "Paths outside the API belong to no namespace. The API server refuses the whole Role "
                        + "because of this rule.",
                    entries: paths.prefix(1).map { ($0, "not in a Role") },
                    advice: "move the rule to a ClusterRole that is bound by a ClusterRoleBinding"
                )
            )
        }
        if hasResourceParts {
            mistakes.append(
                RuleMistake(
                    title: "one rule cannot grant both resources and paths",
                    explanation: "The API server refuses a role that has a rule with both resources and "
                        + "`nonResourceURLs`.",
                    entries: paths.prefix(1).map { ($0, "beside resources") },
                    advice: "write two rules, each with its own `verbs`"
                )
            )
        }
    } else if content.apiGroups.isEmpty {
        mistakes.append(missingGroups(rule, known))
    } else if content.resources.isEmpty {
        mistakes.append(
            RuleMistake(
                title: "the rule names no `resources`",
                explanation: "The API server refuses a role that has a rule with `apiGroups` and no `resources`.",
                entries: rule.entries(\.apiGroups).prefix(1).map { ($0, "which of its resources?") },
                advice: "add `resources`, or remove the rule"
            )
        )
    }
    return mistakes.map { $0.finding(in: rule) }
}

private func missingGroups(_ rule: RuleManifest, _ known: KnownResources) -> RuleMistake {
    let resources = rule.entries(\.resources)
    guard !resources.isEmpty else {
        return RuleMistake(
            title: "the rule names neither resources nor paths",
            explanation: "The API server refuses a role that has a rule with verbs alone.",
            advice: "add `apiGroups` and `resources`, or `nonResourceURLs`, or remove the rule"
        )
    }
    let groups = resources.map { entry in known.groups(withResource: String(entry.text.prefix { $0 != "/" })) }
    let isCertain = groups.allSatisfy { $0.count == 1 }
    let suggestion = Set(groups.flatMap { $0.prefix(1) }).sorted()
    return RuleMistake(
        title: "the rule for \(quotedList(resources.map(\.text))) has no `apiGroups`",
        explanation: "The API server refuses a role that has a rule without `apiGroups`. The core group is written as "
            + "an empty text.",
        entries: resources.prefix(1).map { ($0, "of which API group?") },
        advice: isCertain ? "add the API group" : "add the API group; for pods, secrets and the like it is `\"\"`",
        replacement: isCertain ? ["apiGroups: \(yamlList(suggestion))"] : []
    )
}

// MARK: - Paths

private func pathMistakes(of rule: RuleManifest) -> [Finding] {
    rule.entries(\.nonResourceURLs).compactMap { entry -> Finding? in
        var prefix = entry.text.utf8[...]
        while prefix.last == UInt8(ascii: "*") { prefix.removeLast() }
        if prefix.isEmpty, !entry.text.isEmpty { return nil }
        if prefix.first != UInt8(ascii: "/") {
            return RuleMistake(
                title: "the path `\(entry.text)` does not begin with `/`",
                explanation: "Every request path begins with a slash, so this entry matches none.",
                entries: [(entry, "no path")],
                advice: "write the path from its first slash"
            ).finding(in: rule)
        }
        guard prefix.contains(UInt8(ascii: "*")) else { return nil }
        return RuleMistake(
            title: "the `*` inside the path `\(entry.text)` is no wildcard",
            explanation: "Only a `*` at the end of a path stands for something; elsewhere it is a plain character.",
            entries: [(entry, "matches a literal `*` only")],
            advice: "end the path in `*`, or list the paths"
        ).finding(in: rule)
    }
}
