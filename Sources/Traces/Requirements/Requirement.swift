package import RBAC

/// Something that the operator must be allowed to do: one verb on one resource in one scope.
///
/// Two requirements with the same `key` are one; merging them is commutative, associative and idempotent apart from
/// counts, which add up.
package struct Requirement: Hashable, Sendable {
    /// What access is judged by, and what makes two records the same requirement.
    package struct Key: Hashable, Sendable {
        package var attributes: RequestAttributes
        /// More than 256 names were seen; the requirement is met only by a rule without `resourceNames`.
        package var hasManyNames: Bool
        /// More than 256 namespaces were seen.
        package var hasManyNamespaces: Bool
        /// Whose call it was; `nil` for whoever is asked about.
        package var user: String?

        package init(
            attributes: RequestAttributes,
            hasManyNames: Bool = false,
            hasManyNamespaces: Bool = false,
            user: String? = nil
        ) {
            self.attributes = attributes
            self.hasManyNames = hasManyNames
            self.hasManyNamespaces = hasManyNamespaces
            self.user = user
        }

        /// Compares bytes, as the API server does.
        package static func == (lhs: Self, rhs: Self) -> Bool {
            lhs.attributes == rhs.attributes && lhs.hasManyNames == rhs.hasManyNames
                && lhs.hasManyNamespaces == rhs.hasManyNamespaces && lhs.user.hasSameBytes(as: rhs.user)
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(attributes)
            hasher.combine(hasManyNames)
            hasher.combine(hasManyNamespaces)
            user?.hashBytes(into: &hasher)
        }

        /// What else an informer needs: a watch where it listed, a list where it watched.
        package var informerPair: Key {
            var key = self
            key.attributes.verb = attributes.verb == "list" ? "watch" : "list"
            return key
        }
    }

    /// A missing `required` one is an error, a missing `usual` one a warning.
    package enum Level: String, Hashable, Sendable, Comparable {
        case required, usual
        package static func < (lhs: Self, rhs: Self) -> Bool { lhs == .required && rhs == .usual }
    }

    // Requirements are large, are copied from stage to stage, and hardly ever change: copies share what they hold, and a change
    // copies it. Accessors are written out and inlined into other targets, so that a member of a member is read in place: with a
    // subscript by key path a check of 5,000 requirements took 9% more instructions.
    @usableFromInline
    final class Storage: Sendable {
        @usableFromInline let members: Members

        init(_ members: Members) { self.members = members }
    }

    @usableFromInline
    struct Members: Hashable, Sendable {
        @usableFromInline var key: Key
        @usableFromInline var level: Level
        @usableFromInline var implied: String?
        @usableFromInline var origins: [String]
        @usableFromInline var count: Int
        @usableFromInline var statuses: [Int: Int]
        @usableFromInline var first: String?
        @usableFromInline var last: String?
        @usableFromInline var isCached: Bool
        @usableFromInline var isDryRun: Bool
        @usableFromInline var alternative: String?
        @usableFromInline var codeLocation: String?
        @usableFromInline var userAgents: Set<String>
        @usableFromInline var message: String?
    }

    @usableFromInline private(set) var storage: Storage

    /// Changes members, in a copy of their own.
    mutating func change(_ body: (inout Members) -> Void) {
        var members = storage.members
        body(&members)
        storage = Storage(members)
    }

    /// What access is judged by.
    package var key: Key {
        @inlinable get { storage.members.key }
        set { change { $0.key = newValue } }
    }
    /// How much it matters where it is missing.
    package var level: Level {
        @inlinable get { storage.members.level }
        set { change { $0.level = newValue } }
    }
    /// Why this stands for more than the call itself, such as `informer`; `nil` for the call itself.
    package var implied: String? {
        @inlinable get { storage.members.implied }
        set { change { $0.implied = newValue } }
    }
    /// Where it was asked for, in order and each once: `rbac-trace.jsonl:12`, `profile for=myapps.example.com`.
    package var origins: [String] {
        @inlinable get { storage.members.origins }
        set { change { $0.origins = newValue } }
    }
    /// How often it was called; 0 for what was never called (profiles, `--need`).
    package var count: Int {
        @inlinable get { storage.members.count }
        set { change { $0.count = newValue } }
    }
    /// The HTTP status codes seen, each with a count.
    package var statuses: [Int: Int] {
        @inlinable get { storage.members.statuses }
        set { change { $0.statuses = newValue } }
    }
    /// RFC 3339, as written; the earliest seen.
    package var first: String? {
        @inlinable get { storage.members.first }
        set { change { $0.first = newValue } }
    }
    /// RFC 3339, as written; the latest seen.
    package var last: String? {
        @inlinable get { storage.members.last }
        set { change { $0.last = newValue } }
    }
    /// A cached client reads it: hand-written, or from a profile (`cached: true`).
    package var isCached: Bool {
        @inlinable get { storage.members.isCached }
        set { change { $0.isCached = newValue } }
    }
    /// The call set `dryRun`.
    package var isDryRun: Bool {
        @inlinable get { storage.members.isDryRun }
        set { change { $0.isDryRun = newValue } }
    }
    /// The alternatives that this is a part of, whichever verb: of one resource all parts together are one way.
    package var alternativeGroup: String? {
        guard let alternative else { return nil }
        let (verb, namespace) = (key.attributes.verb, key.attributes.namespace)
        let ending = [" \(verb) \(namespace)", " \(verb)"].first { alternative.hasSuffix($0) } ?? ""
        return String(alternative.dropLast(ending.count))
    }

    /// Requirements of one group are alternatives: any one of them is enough (`events` in either API group).
    package var alternative: String? {
        @inlinable get { storage.members.alternative }
        set { change { $0.alternative = newValue } }
    }
    /// Where in the operator's code the call is, `file:line`, as recorded.
    package var codeLocation: String? {
        @inlinable get { storage.members.codeLocation }
        set { change { $0.codeLocation = newValue } }
    }
    package var userAgents: Set<String> {
        @inlinable get { storage.members.userAgents }
        set { change { $0.userAgents = newValue } }
    }
    /// A message of the API server, kept for a refused call.
    package var message: String? {
        @inlinable get { storage.members.message }
        set { change { $0.message = newValue } }
    }

    @inlinable package var attributes: RequestAttributes { storage.members.key.attributes }

    package init(
        key: Key,
        level: Level = .required,
        implied: String? = nil,
        origins: [String] = [],
        count: Int = 0,
        statuses: [Int: Int] = [:],
        first: String? = nil,
        last: String? = nil,
        isCached: Bool = false,
        isDryRun: Bool = false,
        alternative: String? = nil,
        codeLocation: String? = nil,
        userAgents: Set<String> = [],
        message: String? = nil
    ) {
        storage = Storage(
            Members(
                key: key,
                level: level,
                implied: implied,
                origins: origins,
                count: count,
                statuses: statuses,
                first: first,
                last: last,
                isCached: isCached,
                isDryRun: isDryRun,
                alternative: alternative,
                codeLocation: codeLocation,
                userAgents: userAgents,
                message: message
            )
        )
    }

    package static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.storage === rhs.storage || lhs.storage.members == rhs.storage.members
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(storage.members) }
}
