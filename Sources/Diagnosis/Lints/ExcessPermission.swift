import Manifests
import RBAC
import Traces

/// `excess-permission`: what the operator holds and no call used, one finding a rule. What every cluster grants, and what
/// no file of the manifests holds, is left out.
func excessPermission(_ context: LintContext) -> [Finding] {
    unusedRules(
        held: context.held.map { $0.withoutNamesInVain(context) },
        requirements: context.requirements,
        known: context.known
    ).compactMap { unused in
        guard let roleIndex = unused.manifestRole, let ruleIndex = unused.manifestRule,
            context.manifests.roles.indices.contains(roleIndex),
            context.manifests.roles[roleIndex].rules.indices.contains(ruleIndex)
        else { return nil }
        let role = context.manifests.roles[roleIndex]
        // Without any binding the roles for users count as the operator's too, which they are not meant to be.
        if context.manifests.bindings.isEmpty, role.isMeantForUsers { return nil }
        let rule = role.rules[ruleIndex]
        let total = unused.total
        let count = unused.pieces.reduce(0) { $0.addingReportingOverflow($1.permissionCount).partialValue }
        return Finding(
            code: .excessPermission,
            severity: .warning,
            title: count == total
                ? "no call used this rule of \(role.kind.rawValue) `\(role.identity.nameInFile)`"
                : "\(count) of \(total) permissions of this rule of \(role.kind.rawValue) `\(role.identity.nameInFile)` "
                    + "were not exercised",
            explanation: "Granted to the operator and not exercised by the trace. One trace proves no permission "
                + "superfluous: errors, deletions, upgrades and leader election may never have happened in it.",
            locations: [
                FindingLocation(
                    range: rule.range,
                    labels: unused.pieces.flatMap { rule.labels(of: $0, text: "not exercised") }.uniqued()
                )
            ],
            evidence: unused.pieces.map { "not exercised: \($0.inWords)" },
            remedy: Remedy(
                summary: "record a longer run; remove by hand what the operator truly does not need"
            )
        )
    }
}

extension HeldRule {
    /// Of a rule that a finding blames for naming what does not exist, the rest: that these names were not exercised is
    /// said by that finding, and better.
    fileprivate func withoutNamesInVain(_ context: LintContext) -> HeldRule {
        guard let manifestRole, context.manifests.roles.indices.contains(manifestRole), let manifestRule else {
            return self
        }
        let rules = context.manifests.roles[manifestRole].rules
        guard rules.indices.contains(manifestRule), context.misnamed.contains(rules[manifestRule].range) else {
            return self
        }
        var copy = self
        copy.rule.resources.removeAll { resource in
            let plural = String(resource.prefix { $0 != "/" })
            return rule.apiGroups.allSatisfy { context.known.resource(plural, group: $0) == nil }
        }
        return copy
    }
}

/// A rule of which something was not used.
struct UnusedRule {
    var held: HeldRule
    /// What was not used, compacted.
    var pieces: [PolicyRule]
    /// How many permissions the rule has that can exist.
    var total: Int

    var manifestRole: Int? { held.manifestRole }
    var manifestRule: Int? { held.manifestRule }
}

/// The rules held of which no call used something, in the order of the bindings; a rule that is bound several times once.
///
/// A permission counts as used by any call that it covers, one with a wildcard too. Combinations of group and resource that
/// are known not to exist are not counted: a rule for `["", apps]` and `[pods, deployments]` does not mean all four.
func unusedRules(held: [HeldRule], requirements: [Requirement], known: KnownResources) -> [UnusedRule] {
    var order: [[HeldRule]] = []
    var places: [Int: [Int: Int]] = [:]
    for rule in held {
        guard let roleIndex = rule.manifestRole, let ruleIndex = rule.manifestRule else { continue }
        if let place = places[roleIndex]?[ruleIndex] {
            order[place].append(rule)
        } else {
            places[roleIndex, default: [:]][ruleIndex] = order.count
            order.append([rule])
        }
    }
    let callsOfNames = CallsByName(requirements)
    return order.compactMap { rules -> UnusedRule? in
        guard let first = rules.first else { return nil }
        let isCluster = rules.contains { $0.namespace == nil }
        let halves = first.rule.halves.filter { isCluster || !$0.isPathHalf }.flatMap { $0.existing(known) }
        var rest = halves
        for named in callsOfNames.about(halves) where rest.contains(where: { named.isAbout($0) }) {
            for call in named.calls where rules.contains(where: { call.isMade(inScope: $0.namespace) }) {
                rest = rest.flatMap { $0.removing(usedBy: call) }
            }
        }
        guard !rest.isEmpty else { return nil }
        let total = halves.reduce(0) { $0.addingReportingOverflow($1.permissionCount).partialValue }
        return UnusedRule(held: first, pieces: compacted(rest), total: total)
    }
}

/// Calls by what they are about. Few rules name a resource, so that for most of them its calls need no look.
private struct CallsByName {
    private var all: [CallsOfName] = []
    private var places: [ByteKey: Int] = [:]

    init(_ requirements: [Requirement]) {
        for requirement in requirements {
            let request = requirement.key.attributes
            let name = ByteKey(request.nonResourceURL.map { "path \($0)" } ?? request.qualifiedResource)
            if let place = places[name] {
                all[place].calls.append(requirement.key)
            } else {
                places[name] = all.count
                all.append(CallsOfName(calls: [requirement.key]))
            }
        }
    }

    /// Those that these halves may name: all where an entry is a pattern, else those of the very names.
    func about(_ halves: [PolicyRule]) -> [CallsOfName] {
        let names = halves.flatMap(\.resources)
        if names.contains(where: { $0.utf8.contains(UInt8(ascii: "*")) }) || halves.contains(where: \.isPathHalf) {
            return all
        }
        return names.compactMap { places[ByteKey($0)] }.uniqued().sorted().map { all[$0] }
    }
}

/// The calls about one resource or path.
private struct CallsOfName {
    var calls: [Requirement.Key]

    /// Whether an entry of the half names what the calls are about.
    func isAbout(_ half: PolicyRule) -> Bool {
        guard let request = calls.first?.attributes else { return false }
        guard let path = request.nonResourceURL else {
            return half.allowsResource(request.resource, subresource: request.subresource)
        }
        return half.allowsPath(path)
    }
}

extension PolicyRule {
    /// This half without the permissions that the call makes use of.
    fileprivate func removing(usedBy call: Requirement.Key) -> [PolicyRule] {
        let request = call.attributes
        guard isPathHalf != request.isResourceRequest else { return [self] }
        return removing(
            verbs: { $0.isStar || $0.hasSameBytes(as: request.verb) },
            groups: { $0.isStar || $0.hasSameBytes(as: request.group) },
            resources: { Self.pattern($0, covers: request.resource, subresource: request.subresource) },
            names: { name in name.map { call.hasManyNames || $0.hasSameBytes(as: request.name) } ?? true },
            paths: { Self.pathPattern($0, covers: request.nonResourceURL ?? "") }
        )
    }

    /// This half as halves of combinations that may exist: a resource that another group of the rule is known to have is
    /// not looked for in a built-in group that is known not to have it.
    fileprivate func existing(_ known: KnownResources) -> [PolicyRule] {
        guard !isPathHalf, apiGroups.count > 1 else { return [self] }
        return apiGroups.compactMap { group in
            let resources = self.resources.filter { resource in
                let plural = String(resource.prefix { $0 != "/" })
                let isForeign = known.groups.contains(group) && known.resource(plural, group: group) == nil
                return !(isForeign && apiGroups.contains { known.resource(plural, group: $0) != nil })
            }
            guard !resources.isEmpty else { return nil }
            return PolicyRule(verbs: verbs, apiGroups: [group], resources: resources, resourceNames: resourceNames)
        }
    }

    /// `get, list on pods, secrets (named a, b)`: one half in a line.
    var inWords: String {
        let verbs = verbs.joined(separator: ", ")
        if isPathHalf { return "\(verbs) on \(nonResourceURLs.joined(separator: ", "))" }
        let qualified = apiGroups.flatMap { group in
            resources.map { group.isEmpty ? $0 : Self.qualified($0, group: group) }
        }
        let names = resourceNames.isEmpty ? "" : " (named \(resourceNames.joined(separator: ", ")))"
        return "\(verbs) on \(qualified.joined(separator: ", "))\(names)"
    }

    /// `deployments.apps/scale`, as kubectl names it.
    private static func qualified(_ resource: String, group: String) -> String {
        guard let slash = resource.firstIndex(of: "/") else { return "\(resource).\(group)" }
        return "\(resource[..<slash]).\(group)\(resource[slash...])"
    }
}

extension Array where Element: Hashable {
    /// Each element once, at its first place.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
