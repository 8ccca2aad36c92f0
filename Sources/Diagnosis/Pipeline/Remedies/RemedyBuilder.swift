import Manifests
import RBAC
import Syntax

/// Works out what grants calls exactly, and where it is to be written.
///
/// A rule is extended only where every (group, resource, verb) that this adds is required; else a rule is added beside the
/// nearest in meaning, in a role that reaches the operator where the calls go; where there is no such role, a new one.
struct RemedyBuilder {
    private let evidence: Evidence
    private var side: PolicySide { evidence.side }
    private let places: [Place]

    /// A role of the manifests whose rules reach the operator.
    private struct Place {
        var role: Int
        var reach: PolicySide.Reach
    }

    /// The calls that one role can serve.
    private struct Share {
        var role: Int
        var calls: [Call]
    }

    init(_ evidence: Evidence) {
        self.evidence = evidence
        places = Self.places(evidence.side)
    }

    /// What grants the calls.
    ///
    /// - Parameters:
    ///   - near: the rule that comes closest.
    ///   - withNames: limits the rules to the names that were called, where the near rule is limited so too.
    ///   - summary: in the imperative; `nil` says what is added where.
    func grant(_ calls: [Call], near: RuleRef?, withNames: Bool = false, summary: String? = nil) -> Remedy {
        let (shares, homeless) = shared(calls, near: near)
        var remedy = Remedy(summary: summary ?? "", rules: exactRules(calls, withNames: withNames))
        if homeless.isEmpty {
            for share in shares { extend(&remedy, share, near: near, withNames: withNames) }
        } else {
            // A part of the calls mended by an edit would pass for all of them.
            remedy = NewObjects(evidence).granting(calls) { exactRules($0, withNames: withNames) }
            remedy.summary = summary ?? ""
        }
        if remedy.summary.isEmpty { remedy.summary = self.summary(shares, homeless, remedy) }
        return remedy
    }

    /// Rules that grant exactly the calls: as (group, resource, verb), or with the names of those that have one.
    func exactRules(_ calls: [Call], withNames: Bool) -> [PolicyRule] {
        guard withNames else { return rules(granting: calls.map(\.request)) }
        return compacted(
            calls.flatMap { call in
                let isNamed = !call.request.name.isEmpty && !call.hasManyNames
                return rules(granting: [call.request], withNames: isNamed)
            }
        )
    }

    // MARK: - Where

    /// Each call with the role that serves it best; calls that no role can serve apart.
    private func shared(_ calls: [Call], near: RuleRef?) -> (shares: [Share], homeless: [Call]) {
        var shares: [Share] = []
        var homeless: [Call] = []
        let nearRole = near.flatMap { side.written($0)?.role }
        for call in calls {
            let reaching = places.filter { $0.reach.includes(call.home) }
            guard let place = best(reaching, for: call, nearRole: nearRole) else {
                homeless.append(call)
                continue
            }
            if let index = shares.firstIndex(where: { $0.role == place.role }) {
                shares[index].calls.append(call)
            } else {
                shares.append(Share(role: place.role, calls: [call]))
            }
        }
        return (shares, homeless)
    }

    private func best(_ places: [Place], for call: Call, nearRole: Int?) -> Place? {
        if let near = places.first(where: { $0.role == nearRole }) { return near }
        return places.max { rank($0, for: call) < rank($1, for: call) }
    }

    /// Greater is better: about the same resource, not the scaffold's role for leader election, reaching no further than
    /// the call, large.
    private func rank(_ place: Place, for call: Call) -> (Int, Int, Int, Int, Int) {
        let role = side.manifests.roles[place.role]
        let isSameResource = role.rules.contains { rule in
            rule.rule.allowsGroup(call.request.group)
                && rule.rule.resources.contains { $0.prefix { $0 != "/" } == call.request.resource }
        }
        let isForElection = role.identity.nameInFile.contains("leader-election")
        let isWider = place.reach == .everywhere && !call.home.isEmpty
        return (
            isSameResource ? 1 : 0, isForElection ? 0 : 1, isWider ? 0 : 1, role.rules.count, -place.role
        )
    }

    /// Roles that a written rule reaches the operator through: bound ones, and what aggregated bound ones collect.
    private static func places(_ side: PolicySide) -> [Place] {
        var reaches: [Int: PolicySide.Reach] = [:]
        for (index, facts) in side.roles.enumerated() where facts.reach != .nowhere {
            guard let manifest = facts.manifest, !side.manifests.roles[manifest].isClusterDump else { continue }
            if side.manifests.roles[manifest].aggregation == nil {
                reaches[manifest] = facts.reach
                continue
            }
            for rule in side.policy.roles[index].rules.indices {
                guard let piece = side.written(RuleRef(role: index, rule: rule))?.role else { continue }
                reaches[piece] = reaches[piece] ?? facts.reach
            }
        }
        return reaches.sorted { $0.key < $1.key }.map { Place(role: $0.key, reach: $0.value) }
    }

    // MARK: - What

    private func extend(_ remedy: inout Remedy, _ share: Share, near: RuleRef?, withNames: Bool) {
        let role = side.manifests.roles[share.role]
        let needed = exactRules(share.calls, withNames: withNames)
        if let edit = extended(share, near: near, needed: needed) {
            remedy.edits.append(edit.edit)
            remedy.replacement += edit.lines
        } else {
            let after = nearest(in: role, to: share.calls, near: near)
            remedy.edits += needed.map { .addRule(role: role.range, after: after, rule: $0) }
            remedy.replacement += needed.flatMap(YAMLText.rule)
        }
        let written = role.identity.namespace
        let namespace = role.kind == .clusterRole ? "" : written.isEmpty ? evidence.defaultNamespace : written
        remedy.markers += needed.map { kubebuilderMarker($0, namespace: namespace) }
    }

    /// The near rule with what the calls need beyond it, where all that it then grants anew is required.
    private func extended(
        _ share: Share,
        near: RuleRef?,
        needed: [PolicyRule]
    ) -> (edit: ManifestEdit, lines: [String])? {
        guard let near, let place = side.written(near), place.role == share.role else { return nil }
        let manifest = side.manifests.roles[place.role].rules[place.rule]
        var rule = manifest.rule
        var adding = PolicyRule(verbs: [])
        var changed: [(String, WritableKeyPath<PolicyRule, [String]>)] = []
        for (name, list) in Self.lists {
            // Without names a rule is about all of them; adding some would narrow it.
            if list == \.resourceNames, rule.resourceNames.isEmpty { continue }
            for entry in needed.flatMap({ $0[keyPath: list] }) where !covers(rule, list, entry) {
                // An empty list says that the rule is about something else.
                if manifest.rule[keyPath: list].isEmpty { return nil }
                rule[keyPath: list].append(entry)
                adding[keyPath: list].append(entry)
                if changed.last?.1 != list { changed.append((name, list)) }
            }
        }
        guard changed.count == 1, share.calls.allSatisfy({ $0.isGranted(by: rule) }) else { return nil }
        let added = subtract([manifest.rule], from: rule.halves)
        guard added.allSatisfy(evidence.required.include) else { return nil }
        let lines = changed.map { "\($0.0): \(yamlList(rule[keyPath: $0.1]))" }
        let role = side.manifests.roles[place.role].range
        return (.extendRule(role: role, rule: manifest.range, adding: adding, granting: needed), lines)
    }

    private static var lists: [(String, WritableKeyPath<PolicyRule, [String]>)] {
        [
            ("apiGroups", \.apiGroups), ("resources", \.resources), ("resourceNames", \.resourceNames),
            ("nonResourceURLs", \.nonResourceURLs), ("verbs", \.verbs),
        ]
    }

    private func covers(_ rule: PolicyRule, _ list: WritableKeyPath<PolicyRule, [String]>, _ entry: String) -> Bool {
        switch list {
        case \.resources: rule.coversResource(entry)
        case \.nonResourceURLs: rule.allowsPath(entry)
        case \.resourceNames: rule.resourceNames.contains(entry)
        default: rule[keyPath: list].contains(entry) || rule[keyPath: list].contains("*")
        }
    }

    /// The rule of a role that a new one belongs behind: the near one, else one of the same resource, of the same group,
    /// the last.
    private func nearest(in role: RoleManifest, to calls: [Call], near: RuleRef?) -> SourceRange? {
        if let near, let manifest = side.manifestRule(near), manifest.range.file == role.range.file,
            role.rules.contains(where: { $0.range == manifest.range })
        {
            return manifest.range
        }
        guard let request = calls.first?.request else { return role.rules.last?.range }
        let sameGroup = role.rules.filter { $0.rule.allowsGroup(request.group) }
        let sameResource = sameGroup.last { rule in
            rule.rule.resources.contains { $0.prefix { $0 != "/" } == request.resource }
        }
        return (sameResource ?? sameGroup.last ?? role.rules.last)?.range
    }

    private func summary(_ shares: [Share], _ homeless: [Call], _ remedy: Remedy) -> String {
        guard homeless.isEmpty, let first = shares.first else {
            return evidence.side.manifests.countsRolesAsBound
                ? "add a role that reaches these calls"
                : "add a role that reaches these calls, and bind it to the operator"
        }
        let names = shares.map { share in
            let role = side.manifests.roles[share.role]
            return "\(role.kind.rawValue) `\(role.identity.nameInFile)`"
        }
        if shares.count == 1, case .extendRule(_, _, let adding, _)? = remedy.edits.first {
            let entries = Self.lists.flatMap { adding[keyPath: $0.1] }.map { $0.isEmpty ? "\"\"" : $0 }
            return "add \(Wording.list(entries)) to this rule"
        }
        let rules = remedy.rules.count == 1 ? "a rule" : "\(remedy.rules.count) rules"
        return shares.count == 1
            ? "add \(rules) to \(names[0])"
            : "add what each lacks to \(names.joined(separator: " and ")), beginning with \(side.manifests.roles[first.role].identity.nameInFile)"
    }
}
