import Manifests
import RBAC

/// Role vs cluster: the objects that the manifests name, and every live binding whose subject is the operator. What else
/// the cluster holds is nobody's business here.
///
/// - Parameter cluster: a dump of RBAC objects, or the cluster itself; A where `clusterIsA`, else B.
package func diffCluster(manifests: DiffInput, cluster: DiffInput, clusterIsA: Bool = false) -> DiffReport {
    let manifests = manifests.closing(openNamespaceAsIn: cluster)
    let (a, b) = clusterIsA ? (cluster, manifests) : (manifests, cluster)
    var report = DiffReport(comparison: .roleToCluster, a: a.side, b: b.side)
    report.texts = a.texts.merging(b.texts) { first, _ in first }
    var comparison = ClusterComparison(manifests: manifests, cluster: cluster)
    comparison.compareRoles()
    comparison.compareBindings()
    comparison.findForeignBindings()
    let (ours, theirs) = (comparison.ours.sorted(by: reportOrder), comparison.theirs.sorted(by: reportOrder))
    (report.onlyInA, report.onlyInB) = clusterIsA ? (theirs, ours) : (ours, theirs)
    report.inBoth = comparison.same.sorted(by: reportOrder)
    report.failures = cluster.failures
    report.notEvaluated = comparison.open.sorted(by: reportOrder)
    return report
}

/// Holds the manifests' objects against those of the same kind, namespace and name in the cluster.
private struct ClusterComparison {
    let manifests: DiffInput
    let cluster: DiffInput
    /// In the manifests only, in the cluster only, in both.
    var ours: [DiffReport.Item] = []
    var theirs: [DiffReport.Item] = []
    var same: [DiffReport.Item] = []
    /// In the manifests, and what the cluster has of it could not be read.
    var open: [DiffReport.Item] = []

    init(manifests: DiffInput, cluster: DiffInput) {
        self.manifests = manifests
        self.cluster = cluster
    }

    // MARK: - Roles

    mutating func compareRoles() {
        let live = Dictionary(cluster.policy.roles.filter(cluster.isWritten).map { ($0.title, $0) }) { _, last in last }
        for role in manifests.policy.roles where manifests.isWritten(role) {
            if let other = live[role.title] {
                compare(role, other)
            } else {
                let absence = Absence(of: role.title, isProven: cluster.gap(role.kind.rawValue, role.scope) == nil)
                add(rules(of: role, in: manifests, .notApplied, note: absence.note), absence)
            }
        }
    }

    private mutating func compare(_ role: Role, _ live: Role) {
        let (halves, liveHalves) = (role.halves, live.halves)
        let missing = compacted(withoutRedundancy(subtract(liveHalves, from: halves)))
        ours += missing.map { rule in
            var item = item(rule, of: role, in: manifests, .notApplied)
            item.counterpart = compacted(liveHalves.compactMap { $0.part(coveredBy: rule) })
            item.locations += item.counterpart.flatMap { locations(of: $0, of: live, in: cluster) }
            item.note = "\(role.title) in the cluster lacks it"
            return item
        }
        // The rules of an aggregated role are the controller's: other roles of the cluster may add to them.
        if manifests.manifest(of: role)?.aggregation == nil {
            let extra = compacted(withoutRedundancy(subtract(halves, from: liveHalves)))
            theirs += extra.map { rule in
                var item = item(rule, of: live, in: cluster, .notInManifests)
                item.counterpart = compacted(halves.compactMap { $0.part(coveredBy: rule) })
                item.locations += item.counterpart.flatMap { locations(of: $0, of: role, in: manifests) }
                item.note = "\(role.title) in the manifests lacks it"
                return item
            }
        }
        let shared = halves.flatMap { half in liveHalves.compactMap(half.intersection) }
        same += compacted(withoutRedundancy(shared)).map { rule in
            var item = item(rule, of: role, in: manifests, .same)
            item.locations += locations(of: rule, of: live, in: cluster)
            return item
        }
    }

    // MARK: - Bindings

    mutating func compareBindings() {
        let live = Dictionary(cluster.policy.bindings.map { ($0.title, $0) }) { _, last in last }
        for binding in manifests.policy.bindings {
            if let other = live[binding.title] {
                compare(binding, other)
            } else {
                let gap = cluster.gap(binding.kind.rawValue, binding.scope)
                let absence = Absence(of: binding.title, isProven: gap == nil)
                add([item(binding, in: manifests, .notApplied, note: absence.note)], absence)
            }
        }
    }

    /// What was not found is known not to be in the cluster only where all of its kind could be read.
    private struct Absence {
        var isProven: Bool
        var note: String

        init(of title: String, isProven: Bool) {
            self.isProven = isProven
            note = isProven ? "\(title) is not in the cluster" : "whether \(title) is in the cluster could not be read"
        }
    }

    private mutating func add(_ items: [DiffReport.Item], _ absence: Absence) {
        guard !absence.isProven else { return ours += items }
        open += items.map { item in
            var item = item
            item.severity = nil
            return item
        }
    }

    private mutating func compare(_ binding: Binding, _ live: Binding) {
        guard binding.roleTitle == live.roleTitle else {
            ours.append(
                item(
                    binding,
                    in: manifests,
                    .notApplied,
                    note: "in the cluster it refers to \(live.roleTitle); `roleRef` cannot be changed: delete it first"
                )
            )
            theirs.append(
                item(live, in: cluster, .notInManifests, note: "in the manifests it refers to \(binding.roleTitle)")
            )
            return
        }
        let (subjects, liveSubjects) = (binding.subjectTitles, live.subjectTitles)
        let missing = subjects.filter { !liveSubjects.contains($0) }
        let extra = liveSubjects.filter { !subjects.contains($0) }
        if !missing.isEmpty {
            let note = "\(binding.title) in the cluster has other subjects"
            ours.append(item(binding, in: manifests, .notApplied, subjects: missing, note: note))
        }
        if !extra.isEmpty {
            let note = "\(binding.title) in the manifests has other subjects"
            theirs.append(item(live, in: cluster, .notInManifests, subjects: extra, note: note))
        }
        if missing.isEmpty, extra.isEmpty { same.append(item(binding, in: manifests, .same, note: nil)) }
    }

    /// Live bindings to the operator that no file names: what they grant, rule by rule where the role is known.
    mutating func findForeignBindings() {
        guard let user = manifests.user ?? cluster.user else { return }
        let named = Set(manifests.policy.bindings.map(\.title))
        for binding in cluster.policy.bindings where !named.contains(binding.title) {
            // A group that the operator is in is not the operator.
            guard binding.subjectTitles.contains(user.subjectTitle) else { continue }
            let note = "\(binding.title) is not in the manifests, and binds the operator"
            let titles = [user.subjectTitle]
            guard let index = cluster.policy.roleIndex(of: binding), cluster.isWritten(cluster.policy.roles[index])
            else {
                theirs.append(item(binding, in: cluster, .notInManifests, subjects: titles, note: note))
                continue
            }
            let role = cluster.policy.roles[index]
            let halves = role.halves.filter { binding.scope == nil || !$0.isPathHalf }
            guard !halves.isEmpty else {
                let idle = "\(note) to a role that grants nothing now"
                theirs.append(item(binding, in: cluster, .notInManifests, subjects: titles, note: idle))
                continue
            }
            theirs += compacted(withoutRedundancy(halves)).map { rule in
                var item = item(binding, in: cluster, .notInManifests, subjects: titles, note: note)
                if case .rule(var granted) = item.content {
                    granted.rule = rule
                    item.content = .rule(granted)
                }
                item.locations += locations(of: rule, of: role, in: cluster)
                return item
            }
        }
    }

    // MARK: - Items

    private func rules(of role: Role, in input: DiffInput, _ change: DiffReport.Change, note: String) -> [DiffReport
        .Item]
    {
        let rules = compacted(withoutRedundancy(role.halves))
        guard !rules.isEmpty else { return [objectItem(role, in: input, change, note: note)] }
        return rules.map { rule in
            var item = item(rule, of: role, in: input, change)
            item.note = note
            return item
        }
    }

    /// A role without any rule.
    private func objectItem(_ role: Role, in input: DiffInput, _ change: DiffReport.Change, note: String)
        -> DiffReport.Item
    {
        DiffReport.Item(
            content: .rule(DiffReport.GrantedRule(role: role.title, namespace: role.scope, rule: nil)),
            change: change,
            severity: .error,
            locations: input.manifest(of: role).map { [FindingLocation(range: $0.nameRange)] } ?? [],
            note: note
        )
    }

    private func item(
        _ rule: PolicyRule,
        of role: Role,
        in input: DiffInput,
        _ change: DiffReport.Change
    ) -> DiffReport.Item {
        DiffReport.Item(
            content: .rule(DiffReport.GrantedRule(role: role.title, namespace: role.scope, rule: rule)),
            change: change,
            severity: change == .same ? nil : .error,
            locations: locations(of: rule, of: role, in: input)
        )
    }

    private func item(
        _ binding: Binding,
        in input: DiffInput,
        _ change: DiffReport.Change,
        subjects: [String]? = nil,
        note: String?
    ) -> DiffReport.Item {
        DiffReport.Item(
            content: .rule(
                DiffReport.GrantedRule(
                    role: binding.roleTitle,
                    binding: binding.title,
                    namespace: binding.scope,
                    subjects: subjects ?? binding.subjectTitles,
                    rule: nil
                )
            ),
            change: change,
            severity: change == .same ? nil : .error,
            locations: input.manifest(of: binding).map { [FindingLocation(range: $0.range)] } ?? [],
            note: note
        )
    }

    private func locations(of part: PolicyRule, of role: Role, in input: DiffInput) -> [FindingLocation] {
        role.rules.compactMap { rule in
            let shared = rule.rule.halves.compactMap { $0.part(coveredBy: part) ?? $0.intersection(part) }
            guard let first = shared.first, let manifest = input.manifest(ofRule: rule.source) else { return nil }
            return FindingLocation(range: manifest.range, labels: manifest.labels(of: first, text: ""))
        }
    }
}

extension Role {
    fileprivate var halves: [PolicyRule] { rules.flatMap(\.rule.halves) }
    /// `nil` for a ClusterRole.
    fileprivate var scope: String? { kind == .role ? namespace : nil }
}

extension Binding {
    /// Each subject once, in order; what matches nobody left out.
    fileprivate var subjectTitles: [String] { subjects.compactMap { $0.title(in: self) }.uniqued() }
}
