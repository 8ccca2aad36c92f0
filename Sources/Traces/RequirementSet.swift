import RBAC

/// Requirements, each once. Merging sets is commutative and associative, and idempotent but for counts, which add up.
///
/// More than 256 names, or namespaces, of one call (verb, group, resource, subresource, user) become "many", so that
/// memory is bounded. That depends on the union alone, whatever the order of merging.
package struct RequirementSet: Sendable {
    private var requirements: [Requirement.Key: Requirement] = [:]
    private var spread: [Call: Spread] = [:]

    package static let limit = 256

    /// What the limit is counted for.
    private struct Call: Hashable {
        var attributes: RequestAttributes
        var user: String?

        init(_ key: Requirement.Key) {
            attributes = key.attributes
            attributes.name = ""
            attributes.namespace = ""
            attributes.version = ""
            user = key.user
        }
    }

    private struct Spread {
        var names: Set<String> = []
        var namespaces: Set<String> = []
        var hasManyNames = false
        var hasManyNamespaces = false
    }

    package init() {}

    package init(_ requirements: some Sequence<Requirement>) {
        for requirement in requirements { insert(requirement) }
    }

    package var isEmpty: Bool { requirements.isEmpty }
    package var count: Int { requirements.count }

    /// Adds one requirement, or what it says beyond the one that is there.
    package mutating func insert(_ requirement: Requirement) {
        var requirement = requirement
        if requirement.key.attributes.isResourceRequest { limitSpread(&requirement) }
        if requirements[requirement.key]?.merge(requirement) == nil {
            requirements[requirement.key] = requirement
        }
    }

    package mutating func formUnion(_ other: RequirementSet) {
        for requirement in other.sorted() { insert(requirement) }
    }

    private mutating func limitSpread(_ requirement: inout Requirement) {
        let call = Call(requirement.key)
        var spread = spread[call] ?? Spread()
        let before = (spread.hasManyNames, spread.hasManyNamespaces)
        let attributes = requirement.attributes
        if requirement.key.hasManyNames { spread.hasManyNames = true }
        if requirement.key.hasManyNamespaces { spread.hasManyNamespaces = true }
        if !spread.hasManyNames, !attributes.name.isEmpty {
            spread.names.insert(attributes.name)
            if spread.names.count > Self.limit { (spread.hasManyNames, spread.names) = (true, []) }
        }
        if !spread.hasManyNamespaces, !attributes.namespace.isEmpty {
            spread.namespaces.insert(attributes.namespace)
            if spread.namespaces.count > Self.limit { (spread.hasManyNamespaces, spread.namespaces) = (true, []) }
        }
        self.spread[call] = spread
        if before != (spread.hasManyNames, spread.hasManyNamespaces) { collapse(call, spread) }
        requirement.key = Self.collapsed(requirement.key, spread)
    }

    /// Folds what is there already into the collapsed keys; happens at most twice a call.
    private mutating func collapse(_ call: Call, _ spread: Spread) {
        for key in requirements.keys where Call(key) == call {
            let folded = Self.collapsed(key, spread)
            guard folded != key, var requirement = requirements.removeValue(forKey: key) else { continue }
            requirement.key = folded
            if requirements[folded]?.merge(requirement) == nil { requirements[folded] = requirement }
        }
    }

    private static func collapsed(_ key: Requirement.Key, _ spread: Spread) -> Requirement.Key {
        var key = key
        if spread.hasManyNames, !key.attributes.name.isEmpty {
            key.attributes.name = ""
            key.hasManyNames = true
        }
        if spread.hasManyNamespaces, !key.attributes.namespace.isEmpty {
            key.attributes.namespace = ""
            key.hasManyNamespaces = true
        }
        return key
    }

    /// By group, resource, subresource, namespace, name, then verbs as people say them; paths outside the API last.
    package func sorted() -> [Requirement] {
        requirements.values.map { (Self.order($0.key), $0) }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
            .map(\.1)
    }

    private static let verbs = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
    ]

    private static func order(_ key: Requirement.Key) -> [String] {
        let attributes = key.attributes
        let rank = verbs.firstIndex(of: attributes.verb).map { "0\($0)" } ?? "1"
        return [
            attributes.isResourceRequest ? "0" : "1", attributes.group, attributes.resource, attributes.subresource,
            attributes.nonResourceURL ?? "", attributes.namespace, attributes.name, rank, attributes.verb,
            attributes.version, key.user ?? "", key.hasManyNames ? "1" : "0", key.hasManyNamespaces ? "1" : "0",
        ]
    }
}

extension Requirement {
    /// Takes what another record of the same requirement says.
    mutating func merge(_ other: Requirement) {
        level = min(level, other.level)
        // Seen once as a call of its own, it is one.
        implied = implied == nil || other.implied == nil ? nil : min(implied ?? "", other.implied ?? "")
        if origins.count < 8 {
            for origin in other.origins where !origins.contains(origin) { origins.append(origin) }
        }
        count &+= other.count
        statuses.merge(other.statuses) { $0 &+ $1 }
        first = [first, other.first].compactMap { $0 }.min()
        last = [last, other.last].compactMap { $0 }.max()
        isCached = isCached || other.isCached
        isDryRun = isDryRun && other.isDryRun
        alternative = alternative == other.alternative ? alternative : nil
        codeLocation = [codeLocation, other.codeLocation].compactMap { $0 }.min()
        message = [message, other.message].compactMap { $0 }.min()
        if userAgents.count < 8 { userAgents.formUnion(other.userAgents) }
    }
}
