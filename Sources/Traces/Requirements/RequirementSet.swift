import RBAC

/// Requirements merged by what access is judged by.
///
/// Inserting and merging are commutative and associative, and idempotent apart from counts, which add up. Memory is
/// bounded by the number of distinct requirements: more than `nameLimit` distinct names (or namespaces) in one family
/// become "many", which depends on nothing but the union of all that was inserted.
package struct RequirementSet: Sendable {
    /// Distinct names, and distinct namespaces, that a family may have.
    package static let nameLimit = 256

    /// Requirements that differ only in namespace, name and version.
    fileprivate struct Family: Hashable {
        var verb, group, resource, subresource: String
        var user: String?
    }

    /// What a family has seen; a `nil` set means that there were too many.
    fileprivate struct Spread {
        var names: Set<String>? = []
        var namespaces: Set<String>? = []
        var keys: Set<Requirement.Key> = []
    }

    private struct Entry {
        var requirement: Requirement
        /// The group of alternatives that it belongs to, even where it is required in its own right.
        var group: String?
    }

    private var entries: [Requirement.Key: Entry] = [:]
    private var families: [Family: Spread] = [:]

    package init() {}

    package init(_ requirements: some Sequence<Requirement>) {
        for requirement in requirements { insert(requirement) }
    }

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }

    /// Every requirement once, in the order of `Requirement.Key`; O(n log n).
    ///
    /// Where one of several alternatives was required in its own right, the choice is made, and the others are left out.
    package var requirements: [Requirement] {
        var decided: Set<String> = []
        for entry in entries.values {
            if let group = entry.group, entry.requirement.alternative == nil { decided.insert(group) }
        }
        return entries.values.lazy.map(\.requirement)
            .filter { $0.alternative.map { !decided.contains($0) } ?? true }
            .sorted { $0.key < $1.key }
    }

    package mutating func merge(_ other: RequirementSet) {
        for entry in other.entries.values { insert(entry) }
    }

    package mutating func insert(_ requirement: Requirement) {
        insert(Entry(requirement: requirement, group: requirement.alternative))
    }

    private mutating func insert(_ entry: Entry) {
        var entry = entry
        if entry.requirement.attributes.isResourceRequest {
            entry.requirement.key = widened(entry.requirement.key)
        }
        add(entry)
    }

    private mutating func add(_ entry: Entry) {
        let key = entry.requirement.key
        guard let index = entries.index(forKey: key) else {
            var entry = entry
            entry.requirement.origins = Requirement.mergedOrigins(entry.requirement.origins)
            entries[key] = entry
            return
        }
        entries.values[index].requirement.merge(entry.requirement)
        if let group = entry.group {
            entries.values[index].group = entries.values[index].group.map { min($0, group) } ?? group
        }
    }

    /// Notes a key in its family and returns it as the family now spells it.
    private mutating func widened(_ key: Requirement.Key) -> Requirement.Key {
        let family = Family(key)
        var spread = families.removeValue(forKey: family) ?? Spread()
        let wereKept = (spread.names != nil, spread.namespaces != nil)
        spread.note(key)
        if wereKept != (spread.names != nil, spread.namespaces != nil) { respell(&spread) }
        let key = spread.spelling(of: key)
        spread.keys.insert(key)
        families[family] = spread
        return key
    }

    /// Merges the entries of a family that its new spelling makes one.
    private mutating func respell(_ spread: inout Spread) {
        let keys = spread.keys
        spread.keys = []
        for key in keys {
            guard var entry = entries.removeValue(forKey: key) else { continue }
            entry.requirement.key = spread.spelling(of: key)
            spread.keys.insert(entry.requirement.key)
            add(entry)
        }
    }
}

extension RequirementSet.Family {
    fileprivate init(_ key: Requirement.Key) {
        let attributes = key.attributes
        self.init(
            verb: attributes.verb,
            group: attributes.group,
            resource: attributes.resource,
            subresource: attributes.subresource,
            user: key.user
        )
    }
}

extension RequirementSet.Spread {
    fileprivate mutating func note(_ key: Requirement.Key) {
        Self.note(key.attributes.name, isMany: key.hasManyNames, in: &names)
        Self.note(key.attributes.namespace, isMany: key.hasManyNamespaces, in: &namespaces)
    }

    private static func note(_ text: String, isMany: Bool, in set: inout Set<String>?) {
        if isMany {
            set = nil
        } else if !text.isEmpty {
            set?.insert(text)
            if let count = set?.count, count > RequirementSet.nameLimit { set = nil }
        }
    }

    /// A name becomes "many" where the family has too many; a request without a name stays one.
    fileprivate func spelling(of key: Requirement.Key) -> Requirement.Key {
        var key = key
        if names == nil, !key.attributes.name.isEmpty {
            key.attributes.name = ""
            key.hasManyNames = true
        }
        if namespaces == nil, !key.attributes.namespace.isEmpty {
            key.attributes.namespace = ""
            key.hasManyNamespaces = true
        }
        return key
    }
}
