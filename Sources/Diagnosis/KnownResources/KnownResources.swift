package import Manifests

/// A dictionary of resources: which exist, what else people call them, and which one a misspelling meant.
///
/// Absence proves nothing by itself: aggregated API servers and CRDs elsewhere add resources that no file here names.
package struct KnownResources: Sendable {
    /// A resource found under one of its names.
    package struct Match: Hashable, Sendable {
        package enum Form: Hashable, Sendable { case plural, singular, kind, shortName }
        package var resource: KnownResource
        /// Which of its names was used; letter case aside.
        package var form: Form
    }

    /// In the order they were added.
    package private(set) var all: [KnownResource] = []
    /// Every name in lower case → indices.
    private var byName: [String: [Int]] = [:]
    /// The API groups that have a resource here; the core group is the empty text.
    package private(set) var groups: Set<String> = []

    package init(_ resources: [KnownResource] = []) {
        for resource in resources { add(resource) }
    }

    /// With the resources that CRDs of the manifests define; those of a cluster or of Kubernetes itself stay as they are.
    package func adding(crds: [CRDManifest]) -> KnownResources {
        adding(crds.map(KnownResource.init(crd:)))
    }

    /// Those that Kubernetes brings along, and those that the manifests define, or a kustomization around them.
    package static func of(_ manifests: ManifestSet?) -> KnownResources {
        guard let manifests else { return builtin }
        return builtin.adding(crds: manifests.crds + manifests.contextCRDs)
    }

    /// With what discovery said, or anything else. A resource that was known already gains the versions and subresources
    /// that it had not.
    package func adding(_ resources: [KnownResource]) -> KnownResources {
        var result = self
        for resource in resources { result.add(resource) }
        return result
    }

    /// The resource of that group and plural, spelled exactly.
    package func resource(_ plural: String, group: String) -> KnownResource? {
        place(plural, group: group).map { all[$0] }
    }

    /// What is read off the resource of that group and plural, spelled exactly; cheaper than a copy of it.
    func read<Value>(_ plural: String, group: String, _ value: (KnownResource) -> Value) -> Value? {
        place(plural, group: group).map { value(all[$0]) }
    }

    /// Whether the resource is known, and the subresource of it where one is given.
    package func isKnown(group: String, resource plural: String, subresource: String = "") -> Bool {
        guard let known = resource(plural, group: group) else { return false }
        return subresource.isEmpty || known.hasSubresource(subresource)
    }

    /// The resources that go by a name, be it plural, singular, kind or short name, in any letter case; in one group, or in
    /// all of them (`nil`). In the order of the dictionary.
    package func named(_ name: String, group: String? = nil) -> [Match] {
        let lowercased = name.lowercased()
        return (byName[lowercased] ?? []).compactMap { index in
            let resource = all[index]
            guard group == nil || group == resource.group else { return nil }
            return Match(resource: resource, form: resource.form(of: lowercased))
        }
    }

    /// The resources of a group whose plural `name` may be a misspelling of, nearest first: one edit away, two from eight
    /// letters on. Empty where `name` is itself known there.
    package func misspelled(_ name: String, group: String) -> [KnownResource] {
        guard groups.contains(group), resource(name, group: group) == nil else { return [] }
        let plurals = all.lazy.filter { $0.group == group }.map(\.plural)
        return nearMisses(of: name, among: plurals).compactMap { resource($0, group: group) }
    }

    /// The groups that have a resource of that plural, in the order of the dictionary.
    package func groups(withResource plural: String) -> [String] {
        named(plural).filter { $0.resource.plural == plural }.map(\.resource.group)
    }

    /// Whether the resource exists for authorization alone and so is never in discovery: `users`, `nodes/metrics`, and
    /// `finalizers` of anything.
    package func isAuthorizationOnly(group: String, resource plural: String, subresource: String) -> Bool {
        if subresource == "finalizers" { return true }
        if group.isEmpty, plural == "nodes", kubeletSubresourceNames.contains(subresource) { return true }
        return read(plural, group: group, \.origin) == .authorizationOnly
    }

    private mutating func add(_ resource: KnownResource) {
        if let index = place(resource.plural, group: resource.group) {
            all[index].merge(resource)
            note(resource.names, of: index)
        } else {
            groups.insert(resource.group)
            note(resource.names, of: all.count)
            all.append(resource)
        }
    }

    private mutating func note(_ names: [String], of index: Int) {
        for name in names where byName[name]?.contains(index) != true { byName[name, default: []].append(index) }
    }

    /// Where the resource of that group and plural is.
    private func place(_ plural: String, group: String) -> Int? {
        guard let places = byName[plural.lowercased()] else { return nil }
        return places.first { all[$0].group == group && all[$0].plural == plural }
    }
}

extension KnownResource {
    /// Every name that people use for it, in lower case.
    fileprivate var names: [String] {
        ([plural, singular, kind] + shortNames).map { $0.lowercased() }.filter { !$0.isEmpty }
    }

    fileprivate func form(of lowercased: String) -> KnownResources.Match.Form {
        if plural.lowercased() == lowercased { return .plural }
        if singular.lowercased() == lowercased { return .singular }
        if kind.lowercased() == lowercased { return .kind }
        return .shortName
    }

    /// Takes over what the other knows beyond this one; the names and the scope of the first stay.
    fileprivate mutating func merge(_ other: KnownResource) {
        if origin == .optional, other.origin == .served { origin = .served }
        versions += other.versions.filter { !versions.contains($0) }
        shortNames += other.shortNames.filter { !shortNames.contains($0) }
        verbs = Set(verbs).union(other.verbs).sorted()
        for subresource in other.subresources {
            if let index = subresources.firstIndex(where: { $0.name == subresource.name }) {
                subresources[index].verbs = Set(subresources[index].verbs).union(subresource.verbs).sorted()
            } else {
                subresources.append(subresource)
            }
        }
    }

    /// What a CRD adds to the API. `status` and `scale` exist where any served version has them.
    package init(crd: CRDManifest) {
        let served = crd.versions.filter(\.isServed)
        self.init(
            group: crd.group,
            versions: served.map(\.name),
            plural: crd.plural,
            singular: crd.singular.isEmpty ? crd.kind.lowercased() : crd.singular,
            kind: crd.kind,
            shortNames: crd.shortNames,
            isNamespaced: crd.isNamespaced,
            subresources: Set(served.flatMap(\.subresources)).sorted().map {
                Subresource(name: $0, verbs: ["get", "patch", "update"])
            },
            origin: .crd
        )
    }
}
