import Manifests
import RBAC
import Syntax
import Traces

/// `wildcard-grant`: a rule with `*`, and the explicit list that the recorded calls need from it.
func wildcardGrant(_ role: LintedRole, _ context: LintContext) -> [Finding] {
    role.manifest.rules.enumerated().compactMap { index, rule in
        let stars = wildcards(of: rule)
        guard !stars.isEmpty else { return nil }
        let used = context.requests(using: rule.rule, ofRole: role.index, rule: index)
        let explicit = rules(granting: used)
        return Finding(
            code: .wildcardGrant,
            severity: .warning,
            title: "\(role.title) grants \(extent(of: rule.rule))",
            explanation: explanation(of: rule.rule),
            locations: [
                FindingLocation(
                    range: rule.range,
                    labels: stars.map { FindingLocation.Label(range: $0.entry.range, text: $0.text) }
                )
            ],
            evidence: used.isEmpty ? [] : ["\(used.count) of the required calls are granted by this rule"],
            remedy: remedy(explicit, narrowing(rule, explicit, role.manifest), isJudged: !context.requirements.isEmpty)
        )
    }
}

/// Edits that write what the calls use in place of each `*`.
private func narrowing(_ rule: RuleManifest, _ explicit: [PolicyRule], _ role: RoleManifest) -> [ManifestCorrection] {
    let lists: [(RuleList, KeyPath<PolicyRule, [String]>)] = [
        (.verbs, \.verbs), (.apiGroups, \.apiGroups), (.resources, \.resources), (.nonResourceURLs, \.nonResourceURLs),
    ]
    return lists.compactMap { list, path in
        guard rule.rule[keyPath: path].contains("*") else { return nil }
        var seen = Set(rule.rule[keyPath: path])
        let used = explicit.flatMap { $0[keyPath: path] }.filter { seen.insert($0).inserted }
        guard !used.isEmpty else { return nil }
        return .replaceEntry(role: role.range, rule: rule.range, list: list, old: "*", new: used)
    }
}

private func remedy(_ explicit: [PolicyRule], _ narrowing: [ManifestCorrection], isJudged: Bool) -> Remedy {
    if !explicit.isEmpty {
        var remedy = Remedy(summary: "grant what the calls need, and nothing besides", rules: explicit)
        remedy.corrections = narrowing
        return remedy
    }
    return Remedy(
        summary: isJudged
            ? "no required call needs this rule: list what it is for, or remove it"
            : "list what is needed; with a trace (`-t`) the list is worked out"
    )
}

private func wildcards(of rule: RuleManifest) -> [(entry: RuleEntry, text: String)] {
    let halves = rule.rule.halves
    let lists: [(KeyPath<PolicyRule, [String]>, String)] = [
        (\.verbs, "every verb"), (\.apiGroups, "every API group"), (\.resources, "every resource and subresource"),
        (\.nonResourceURLs, "every path"),
    ]
    guard !halves.isEmpty else { return [] }
    return lists.flatMap { list, text in
        rule.entries(list).filter { entry in
            entry.text == "*" || (list == \.nonResourceURLs && isEveryPath(entry.text))
        }.map { ($0, text) }
    }
}

/// `*`, `/*` and the same with more stars.
private func isEveryPath(_ entry: String) -> Bool {
    let path = entry.hasPrefix("/") ? entry.dropFirst() : entry[...]
    return !path.isEmpty && path.allSatisfy { $0 == "*" }
}

/// What the rule grants, in words: `every verb on deployments`.
private func extent(of rule: PolicyRule) -> String {
    let verbs = rule.verbs.contains("*") ? "every verb" : quotedList(rule.verbs)
    if rule.isPathHalf {
        let paths = rule.nonResourceURLs.contains(where: isEveryPath) ? "every path" : quotedList(rule.nonResourceURLs)
        return "\(verbs) on \(paths)"
    }
    let resources = rule.resources.contains("*") ? "every resource" : quotedList(rule.resources)
    let named = rule.apiGroups.filter { !$0.isEmpty }
    let groups =
        rule.apiGroups.contains("*")
        ? "in every API group"
        : named.isEmpty ? "in the core group" : "in \(quotedList(rule.apiGroups.map(groupTitle)))"
    return "\(verbs) on \(resources) \(groups)"
}

private func groupTitle(_ group: String) -> String { group.isEmpty ? "\"\"" : group }

private func explanation(of rule: PolicyRule) -> String {
    var sentences = ["A `*` stands for what there is now and for all that is added later."]
    if rule.resources.contains("*") { sentences.append("Among resources it includes all subresources.") }
    if rule.verbs.contains("*"), !rule.isPathHalf {
        sentences.append(
            "Among verbs it includes `deletecollection`, and `escalate`, `bind` and `impersonate` where they apply."
        )
    }
    return sentences.joined(separator: " ")
}

extension LintContext {
    /// The requests that a rule of the manifests grants, wherever the rule holds. Where nobody is known to be the
    /// operator, in the whole cluster.
    func requests(using rule: PolicyRule, ofRole role: Int, rule index: Int) -> [RequestAttributes] {
        let scopes = held.filter { $0.manifestRole == role && $0.manifestRule == index }.map(\.namespace)
        guard held.isEmpty || !scopes.isEmpty else { return [] }
        return requirements.filter { requirement in
            let isInScope = scopes.isEmpty || scopes.contains { requirement.key.isMade(inScope: $0) }
            return isInScope && requirement.isMatched(by: rule)
        }.map(\.attributes)
    }
}

extension Requirement {
    /// Whether the rule is used by the call; of many names, whether it is by one of them.
    func isMatched(by rule: PolicyRule) -> Bool {
        if key.hasManyNames, attributes.isResourceRequest {
            return rule.allowsVerb(attributes.verb) && rule.allowsGroup(attributes.group)
                && rule.allowsResource(attributes.resource, subresource: attributes.subresource)
        }
        return rule.matches(attributes)
    }
}

extension Requirement.Key {
    /// Whether a grant in this scope (`nil`: the cluster) is used by the call. A call in any namespace uses a grant for the
    /// whole cluster.
    func isMade(inScope namespace: String?) -> Bool {
        guard let namespace else { return true }
        return hasManyNamespaces || (!namespace.isEmpty && attributes.namespace.hasSameBytes(as: namespace))
    }
}
