import RBAC

/// One side's grants with the way back to the files.
struct GrantView {
    var input: DiffInput
    var grants: Grants

    /// What this side grants and the other does not.
    ///
    /// - Parameter change: of what the other has nothing of.
    /// - Parameter partly: of what the other has a narrower form of.
    func differences(from other: GrantView, change: DiffReport.Change, partly: DiffReport.Change) -> [DiffReport.Item] {
        var items: [DiffReport.Item] = []
        for group in groups {
            let theirs = other.grants.held(by: group.grantee)
            let missing = withoutRedundancy(
                group.grants.flatMap { grant in
                    subtract(theirs.filter { grant.isWithin($0) }.map(\.half), from: [grant.half])
                }
            )
            let narrower = theirs.filter { theirs in
                group.namespace == nil || theirs.namespace == nil || theirs.namespace == group.namespace
            }
            let (wider, plain) = Self.separate(missing, wideningsOf: narrower.map(\.half))
            if wider.isEmpty, let whole = item(wholeRole: group, missing: missing, other, change) {
                items.append(whole)
                continue
            }
            for rule in compacted(wider) {
                var item = self.item(rule, group, partly)
                let parts = narrower.filter { $0.half.part(coveredBy: rule) != nil }
                item.counterpart = compacted(parts.compactMap { $0.half.part(coveredBy: rule) })
                item.locations += other.locations(of: rule, in: parts, text: "")
                item.note = Self.scopeNote(group, parts)
                items.append(item)
            }
            items += compacted(plain).map { item($0, group, change) }
        }
        for (unknown, binding) in grants.unknown where other.grants.unknown[unknown] == nil {
            guard !other.grants.binds(unknown) else { continue }
            items.append(item(unknown, binding, change))
        }
        return Self.merged(items)
    }

    /// What both sides grant, in the words of this one.
    func common(with other: GrantView) -> [DiffReport.Item] {
        var items: [DiffReport.Item] = []
        for group in groups {
            let theirs = other.grants.held(by: group.grantee)
            let shared = group.grants.flatMap { grant in
                theirs.filter { $0.namespace == nil || group.namespace == nil || $0.namespace == group.namespace }
                    .compactMap { theirs in
                        grant.half.intersection(theirs.half).map { (theirs.namespace ?? group.namespace, $0) }
                    }
            }
            for namespace in shared.map(\.0).uniqued() {
                let halves = withoutRedundancy(shared.filter { $0.0 == namespace }.map(\.1))
                for rule in compacted(halves) {
                    var item = self.item(rule, group, .same)
                    if case .rule(var granted) = item.content {
                        granted.namespace = namespace
                        item.content = .rule(granted)
                    }
                    item.locations += other.locations(of: rule, in: theirs, text: "")
                    items.append(item)
                }
            }
        }
        return Self.merged(items)
    }

    // MARK: - Groups

    /// The grants of one grantee by one role in one scope.
    struct Group {
        var grantee: Grant.Grantee
        var namespace: String?
        var role: Int
        var title: String
        var grants: [Grant]
    }

    /// In the order of the policy.
    private var groups: [Group] {
        struct Key: Hashable {
            var grantee: Grant.Grantee
            var namespace: String?
            var role: Int
        }
        var order: [Key] = []
        var byKey: [Key: [Grant]] = [:]
        for grant in grants.known {
            let key = Key(grantee: grant.grantee, namespace: grant.namespace, role: grant.role)
            if byKey[key] == nil { order.append(key) }
            byKey[key, default: []].append(grant)
        }
        return order.map { key in
            Group(
                grantee: key.grantee,
                namespace: key.namespace,
                role: key.role,
                title: input.policy.roles[key.role].title,
                grants: byKey[key] ?? []
            )
        }
    }

    /// The permissions that cover one of `narrower`, and the others.
    private static func separate(
        _ halves: [PolicyRule],
        wideningsOf narrower: [PolicyRule]
    ) -> (wider: [PolicyRule], plain: [PolicyRule]) {
        var wider: [PolicyRule] = []
        var plain = halves
        for narrow in narrower {
            plain = plain.flatMap { half in
                let (inside, outside) = half.split(covering: narrow)
                if let inside { wider.append(inside) }
                return outside
            }
        }
        return (wider, plain)
    }
}
