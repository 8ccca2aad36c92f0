import RBAC

/// Requirements merged by what access is judged by.
///
/// Inserting and merging are commutative and associative, and idempotent apart from counts, which add up. Memory is
/// bounded by the number of distinct requirements: more than `nameLimit` distinct names (or namespaces) in one family
/// become "many", which depends on nothing but the union of all that was inserted.
package struct RequirementSet: Sendable {
    /// Distinct names, and distinct namespaces, that a family may have.
    package static let nameLimit = 256

    /// Requirements that differ only in namespace, name and version, and what was seen of them.
    fileprivate struct Family {
        /// Any of them.
        var example: Requirement.Key
        /// Sorted by bytes; `nil` where there were too many.
        var names: [String]? = []
        var namespaces: [String]? = []
    }

    private struct Entry {
        var requirement: Requirement
        /// The group of alternatives that it belongs to, even where it is required in its own right.
        var group: String?
    }

    private var entries: [Entry] = []
    private var places = PlaceTable()
    private var families: [Family] = []
    private var familyPlaces = PlaceTable()

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
        for entry in entries {
            if let group = entry.group, entry.requirement.alternative == nil { decided.insert(group) }
        }
        return order { $0.alternative.map { !decided.contains($0) } ?? true }.map { entries[$0].requirement }
    }

    /// The places of the requirements that are kept, in the order of their keys.
    private func order(_ isKept: (Requirement) -> Bool) -> [Int] {
        // What is sorted are numbers, by bytes made once for each: requirements are large, and so are their keys.
        var bytes: [UInt8] = []
        var starts: [Int] = [0]
        for entry in entries {
            entry.requirement.key.appendOrder(to: &bytes)
            starts.append(bytes.count)
        }
        let kept = entries.indices.filter { isKept(entries[$0].requirement) }
        return bytes.withUnsafeBytes { bytes in
            kept.sorted { left, right in
                let own = UnsafeRawBufferPointer(rebasing: bytes[starts[left]..<starts[left + 1]])
                let other = UnsafeRawBufferPointer(rebasing: bytes[starts[right]..<starts[right + 1]])
                return own.order(to: other) < 0
            }
        }
    }

    package mutating func merge(_ other: RequirementSet) {
        guard !isEmpty else {
            self = other
            return
        }
        for entry in other.entries { insert(entry) }
    }

    package mutating func insert(_ requirement: Requirement) {
        insert(Entry(requirement: requirement, group: requirement.alternative))
    }

    private mutating func insert(_ entry: Entry) {
        var entry = entry
        if let key = noting(entry.requirement.key) { entry.requirement.key = key }
        add(entry)
    }

    /// Notes names and namespaces of a key, and returns it as its family now spells it; `nil` where that is as it stands.
    mutating func noting(_ key: Requirement.Key) -> Requirement.Key? {
        guard key.attributes.isResourceRequest else { return nil }
        let place = familyPlace(of: key)
        if families[place].note(key) { respell() }
        return families[place].spelling(of: key)
    }

    /// Where the family of the key is, which is made where there was none.
    private mutating func familyPlace(of key: Requirement.Key) -> Int {
        let hash = Family.hash(key)
        if let place = familyPlaces.find(hash, isEqual: { families[$0].holds(key) }) { return place }
        familyPlaces.append(hash)
        families.append(Family(example: key))
        return families.count - 1
    }

    private mutating func add(_ entry: Entry) {
        let key = entry.requirement.key
        let hash = key.hashValue
        if let place = places.find(hash, isEqual: { entries[$0].requirement.key == key }) {
            entries[place].requirement.merge(entry.requirement)
            if let group = entry.group { entries[place].group = entries[place].group.map { min($0, group) } ?? group }
        } else {
            places.append(hash)
            entries.append(entry)
            entries[entries.count - 1].requirement.normalize()
        }
    }

    /// Merges the entries that a family's new spelling makes one; O(n), and no more than twice for each 256 entries.
    private mutating func respell() {
        let old = entries
        entries.removeAll(keepingCapacity: true)
        places.removeAll()
        for var entry in old {
            let key = entry.requirement.key
            if key.attributes.isResourceRequest {
                if let spelled = families[familyPlace(of: key)].spelling(of: key) { entry.requirement.key = spelled }
            }
            add(entry)
        }
    }
}

extension RequirementSet.Family {
    /// Over what all of a family have in common.
    fileprivate static func hash(_ key: Requirement.Key) -> Int {
        var hasher = Hasher()
        key.attributes.verb.hashBytes(into: &hasher)
        key.attributes.group.hashBytes(into: &hasher)
        key.attributes.resource.hashBytes(into: &hasher)
        key.attributes.subresource.hashBytes(into: &hasher)
        key.user?.hashBytes(into: &hasher)
        return hasher.finalize()
    }

    fileprivate func holds(_ key: Requirement.Key) -> Bool {
        let (own, other) = (example.attributes, key.attributes)
        return own.resource.hasSameBytes(as: other.resource) && own.verb.hasSameBytes(as: other.verb)
            && own.group.hasSameBytes(as: other.group) && own.subresource.hasSameBytes(as: other.subresource)
            && example.user.hasSameBytes(as: key.user)
    }

    /// Notes a key, and says whether the family spells keys in another way from now on.
    fileprivate mutating func note(_ key: Requirement.Key) -> Bool {
        let namesGrew = Self.note(key.attributes.name, isMany: key.hasManyNames, in: &names)
        let namespacesGrew = Self.note(key.attributes.namespace, isMany: key.hasManyNamespaces, in: &namespaces)
        return namesGrew || namespacesGrew
    }

    /// Whether there are too many of these texts now, and were not before.
    private static func note(_ text: String, isMany: Bool, in texts: inout [String]?) -> Bool {
        guard var seen = texts else { return false }
        texts = nil
        if isMany { return true }
        if !text.isEmpty {
            var (low, high) = (0, seen.count)
            while low < high {
                let middle = (low + high) / 2
                if seen[middle].precedesByBytes(text) { low = middle + 1 } else { high = middle }
            }
            if low == seen.count || !seen[low].hasSameBytes(as: text) { seen.insert(text, at: low) }
            if seen.count > RequirementSet.nameLimit { return true }
        }
        texts = seen
        return false
    }

    /// A name becomes "many" where the family has too many; a request without a name stays one. `nil` where the key stays
    /// as it is.
    fileprivate func spelling(of key: Requirement.Key) -> Requirement.Key? {
        let hasName = names == nil && !key.attributes.name.isEmpty
        let hasNamespace = namespaces == nil && !key.attributes.namespace.isEmpty
        guard hasName || hasNamespace else { return nil }
        var key = key
        if hasName {
            key.attributes.name = ""
            key.hasManyNames = true
        }
        if hasNamespace {
            key.attributes.namespace = ""
            key.hasManyNamespaces = true
        }
        return key
    }
}
