/// What an API server serves, in the server's order of groups and versions.
package struct APIResources: Sendable {
    /// One resource of one version, with its subresources.
    package struct Resource: Hashable, Sendable {
        /// The plural, as rules and paths have it.
        package var name: String
        package var singular: String
        package var kind: String
        package var shortNames: [String]
        package var isNamespaced: Bool
        package var verbs: [String]
        /// By name without the resource: `status`, `scale`.
        package var subresources: [String: [String]]
    }

    package struct Version: Hashable, Sendable {
        package var name: String
        package var resources: [Resource]
        /// The server could not say what is in it (an aggregated API that is down): nothing may be concluded.
        package var isIncomplete: Bool
    }

    package struct Group: Hashable, Sendable {
        /// Empty for the core group.
        package var name: String
        /// The preferred version first.
        package var versions: [Version]
    }

    package var groups: [Group]
    /// What could not be read, and why; group versions named here are incomplete.
    package var failures: [String]
    /// Tells the server's documents apart, by their paths; empty where it does not.
    var etags: [String: String] = [:]

    package init(groups: [Group], failures: [String] = []) {
        self.groups = groups
        self.failures = failures
    }

    package func group(_ name: String) -> Group? { groups.first { $0.name == name } }
}

extension APIResources {
    /// Whether a call can end in anything but 404.
    package enum Service: Hashable, Sendable {
        case served(isNamespaced: Bool)
        case groupNotServed
        case resourceNotServed
        /// Served in these versions instead.
        case versionNotServed(served: [String])
        /// The resource has these subresources instead.
        case subresourceNotServed(served: [String])
        /// Part of the answer is missing.
        case unknown
    }

    /// - Parameters:
    ///   - version: empty where any will do.
    ///   - subresource: empty for the resource itself.
    package func service(group: String, version: String, resource: String, subresource: String) -> Service {
        guard let known = self.group(group) else { return failures.isEmpty ? .groupNotServed : .unknown }
        let isIncomplete = known.versions.contains { $0.isIncomplete && (version.isEmpty || $0.name == version) }
        let having = known.versions.compactMap { version in
            version.resources.first { $0.name == resource }.map { (version: version.name, resource: $0) }
        }
        let wanted = having.filter { version.isEmpty || $0.version == version }
        guard !wanted.isEmpty else {
            if isIncomplete { return .unknown }
            return having.isEmpty ? .resourceNotServed : .versionNotServed(served: having.map(\.version))
        }
        if let match = wanted.first(where: { subresource.isEmpty || $0.resource.subresources[subresource] != nil }) {
            return .served(isNamespaced: match.resource.isNamespaced)
        }
        if isIncomplete { return .unknown }
        return .subresourceNotServed(served: Set(wanted.flatMap { $0.resource.subresources.keys }).sorted())
    }

    /// A resource that a person may have meant by a kind, a singular or a short name, in any case of letters.
    package struct Match: Hashable, Sendable {
        package var group: String
        package var version: String
        package var resource: Resource
    }

    /// All that a word may mean, the plural before other names, in the server's order. Of one group the preferred
    /// version that has the resource.
    ///
    /// - Parameter group: `nil` for any.
    package func matches(_ word: String, group: String? = nil) -> [Match] {
        let wanted = word.lowercased()
        let candidates = groups.filter { group == nil || $0.name == group }
        let tests: [(Resource) -> Bool] = [
            { $0.name == wanted }, { $0.singular == wanted || $0.kind.lowercased() == wanted },
            { $0.shortNames.contains(wanted) },
        ]
        var result: [Match] = []
        for test in tests {
            for group in candidates where !result.contains(where: { $0.group == group.name }) {
                let match = group.versions.lazy.compactMap { version in
                    version.resources.first(where: test).map { (version.name, $0) }
                }.first
                if let match { result.append(Match(group: group.name, version: match.0, resource: match.1)) }
            }
        }
        return result
    }
}
