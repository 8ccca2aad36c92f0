import Manifests
import RBAC
import Traces

/// Role vs trace: what is needed and not granted (errors), and what is granted and not exercised (warnings).
///
/// What every cluster grants by default is left out: no role has to grant it.
///
/// - Parameters:
///   - role: the manifests.
///   - trace: the other side, for its label.
///   - judged: the requirements as `check` judges them.
///   - traceIsA: whether the trace was named first.
///   - known: the resources that exist.
package func diffTrace(
    role: DiffInput,
    trace: DiffReport.Side,
    judged: [CheckReport.Judged],
    traceIsA: Bool = false,
    known: KnownResources? = nil
) -> DiffReport {
    let (a, b) = traceIsA ? (trace, role.side) : (role.side, trace)
    var report = DiffReport(comparison: .roleToTrace, a: a, b: b)
    report.texts = role.texts
    let comparison = TraceComparison(
        role: role,
        judged: judged,
        known: known ?? KnownResources.builtin.adding(crds: role.manifests?.crds ?? [])
    )
    let (needed, unused) = (comparison.needed, comparison.unused)
    (report.onlyInA, report.onlyInB) = traceIsA ? (needed, unused) : (unused, needed)
    report.inBoth = comparison.granted
    report.notEvaluated = comparison.notEvaluated
    return report
}

private struct TraceComparison {
    let role: DiffInput
    let judged: [CheckReport.Judged]
    /// The same requirements with the namespaces that they are judged in.
    let exercised: [Requirement]
    let known: KnownResources
    let held: [HeldRule]

    init(role: DiffInput, judged: [CheckReport.Judged], known: KnownResources) {
        self.role = role
        self.judged = judged
        exercised = judged.map { $0.requirement.asJudged(for: role.user, known: known) }
        self.known = known
        if let declared = role.declared, let user = role.user {
            held = heldRules(of: user, declared: declared)
        } else {
            held = []
        }
    }

    // MARK: - Requirements

    /// Errors first, in the order of the trace. Of alternatives one is enough, and one is told.
    var needed: [DiffReport.Item] {
        let spared = spared
        let items = judged.indices.filter {
            judged[$0].declared == .missing && judged[$0].isMet != true && !spared.contains($0)
        }.map { index -> DiffReport.Item in
            let requirement = judged[index].requirement
            return DiffReport.Item(
                content: .requirement(requirement),
                change: .neededNotGranted,
                severity: requirement.level == .required ? .error : .warning,
                note: requirement.alternative.flatMap { alternativesNote($0, besides: requirement) }
            )
        }
        return items.filter { $0.severity == .error } + items.filter { $0.severity != .error }
    }

    /// Of alternatives those that nobody has to grant: all where one way is granted whole, else all but the one that
    /// lacks least.
    private var spared: Set<Int> {
        struct Group: Hashable {
            var name: String
            var namespace: String
        }
        let alternatives = judged.indices.filter { judged[$0].requirement.alternative != nil }
        let groups = Dictionary(grouping: alternatives) { index in
            let requirement = judged[index].requirement
            return Group(name: requirement.alternativeGroup ?? "", namespace: requirement.attributes.namespace)
        }
        var spared: Set<Int> = []
        for members in groups.values {
            let ways = Dictionary(grouping: members) { Target(judged[$0].requirement.attributes) }.values
                .map { way in (members: way, lacks: way.count { judged[$0].declared != .granted }) }
                .sorted { ($0.lacks, $0.members[0]) < ($1.lacks, $1.members[0]) }
            guard ways.count > 1, let first = ways.first else { continue }
            spared.formUnion(first.lacks == 0 ? members : members.filter { !first.members.contains($0) })
        }
        return spared
    }

    private func alternativesNote(_ alternative: String, besides requirement: Requirement) -> String? {
        let others = judged.map(\.requirement).filter {
            $0.alternative == alternative && $0.attributes.verb == requirement.attributes.verb
                && $0.key != requirement.key
        }
        guard !others.isEmpty else { return nil }
        return "granting \(quotedList(others.map(\.attributes.qualifiedName))) instead is enough"
    }

    var notEvaluated: [DiffReport.Item] {
        judged.filter { $0.declared == .notEvaluated }.map {
            DiffReport.Item(content: .requirement($0.requirement), change: .neededNotGranted, severity: nil)
        }
    }

    /// Granted by the manifests, with the rules that do.
    var granted: [DiffReport.Item] {
        zip(judged, exercised).compactMap { judged, exercised in
            guard judged.declared == .granted, !judged.isGrantedByDefault else { return nil }
            let rules = held.filter { held in
                exercised.key.isMade(inScope: held.namespace) && held.rule.matches(exercised.attributes)
            }
            return DiffReport.Item(
                content: .requirement(judged.requirement),
                change: .same,
                locations: rules.compactMap(manifest).map { FindingLocation(range: $0.range) }.uniqued()
            )
        }
    }

    // MARK: - Rules

    /// What no call used, then wildcards of which calls used a part.
    var unused: [DiffReport.Item] {
        let unused = unusedRules(held: held, requirements: exercised, known: known)
        let items = unused.flatMap { unused in
            unused.pieces.map { item($0, of: unused.held, .notExercised) }
        }
        let partial = held.flatMap { held in
            wildcardsInUse(of: held).map { piece, calls in
                var item = item(piece, of: held, .exercisedInPart)
                item.counterpart = rules(granting: calls)
                item.note = "a wildcard, of which the calls use a part"
                return item
            }
        }
        return (items + partial).sorted(by: reportOrder)
    }

    /// The permissions of a rule with a wildcard that some call made use of, each with those calls.
    private func wildcardsInUse(of held: HeldRule) -> [(PolicyRule, [RequestAttributes])] {
        guard manifest(held) != nil else { return [] }
        let calls = exercised.filter { $0.key.isMade(inScope: held.namespace) }
        return compacted(held.halves.flatMap(\.wildcardParts)).compactMap { part in
            let used = calls.filter { $0.isMatched(by: part) }.map(\.attributes)
            return used.isEmpty ? nil : (part, used)
        }
    }

    private func item(_ piece: PolicyRule, of held: HeldRule, _ change: DiffReport.Change) -> DiffReport.Item {
        DiffReport.Item(
            content: .rule(
                DiffReport.GrantedRule(
                    role: held.role.title,
                    namespace: held.namespace,
                    subjects: role.user.map { [$0.subjectTitle] } ?? [],
                    rule: piece
                )
            ),
            change: change,
            severity: .warning,
            locations: manifest(held).map { rule in
                let label = change == .notExercised ? "not exercised" : "exercised in part"
                return [FindingLocation(range: rule.range, labels: rule.labels(of: piece, text: label))]
            } ?? []
        )
    }

    private func manifest(_ held: HeldRule) -> RuleManifest? {
        guard let manifests = role.manifests, let roleIndex = held.manifestRole, let ruleIndex = held.manifestRule,
            manifests.roles.indices.contains(roleIndex),
            manifests.roles[roleIndex].rules.indices.contains(ruleIndex)
        else { return nil }
        return manifests.roles[roleIndex].rules[ruleIndex]
    }
}

extension CheckReport.Judged {
    /// Granted by what every cluster grants, and by no role of the manifests.
    var isGrantedByDefault: Bool {
        !grantedBy.isEmpty && grantedBy.allSatisfy { $0.hasSuffix("(cluster default)") }
    }
}

extension RequestAttributes {
    /// `deployments.apps/scale`, or the path.
    var qualifiedName: String {
        if let nonResourceURL { return nonResourceURL }
        let qualified = group.isEmpty ? resource : "\(resource).\(group)"
        return subresource.isEmpty ? qualified : "\(qualified)/\(subresource)"
    }
}

extension PolicyRule {
    /// The permissions of this half that have a wildcard, as disjoint halves.
    var wildcardParts: [PolicyRule] {
        func isPlain(_ entry: String) -> Bool { !entry.contains("*") }
        if isPathHalf {
            let plainPaths = nonResourceURLs.filter { $0.utf8.first == UInt8(ascii: "/") && $0 != "/*" }
            return [
                PolicyRule(verbs: verbs, nonResourceURLs: nonResourceURLs.filter { !plainPaths.contains($0) }),
                PolicyRule(verbs: verbs.filter(\.isStar), nonResourceURLs: plainPaths),
            ].filter { !$0.verbs.isEmpty && !$0.nonResourceURLs.isEmpty }
        }
        let (plainGroups, plainResources) = (apiGroups.filter { !$0.isStar }, resources.filter(isPlain))
        let parts = [
            PolicyRule(verbs: verbs, apiGroups: apiGroups.filter(\.isStar), resources: resources),
            PolicyRule(verbs: verbs, apiGroups: plainGroups, resources: resources.filter { !isPlain($0) }),
            PolicyRule(verbs: verbs.filter(\.isStar), apiGroups: plainGroups, resources: plainResources),
        ]
        return parts.compactMap { part in
            guard !part.verbs.isEmpty, !part.apiGroups.isEmpty, !part.resources.isEmpty else { return nil }
            var part = part
            part.resourceNames = resourceNames
            return part
        }
    }
}
