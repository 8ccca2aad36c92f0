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

    package var key: Key
    package var level: Level
    /// Why this stands for more than the call itself, such as `informer`; `nil` for the call itself.
    package var implied: String?
    /// Where it was asked for, in order and each once: `rbac-trace.jsonl:12`, `profile for=myapps.example.com`.
    package var origins: [String]
    /// How often it was called; 0 for what was never called (profiles, `--need`).
    package var count: Int
    /// The HTTP status codes seen, each with a count.
    package var statuses: [Int: Int]
    /// RFC 3339, as written; the earliest and the latest seen.
    package var first: String?
    package var last: String?
    /// A cached client reads it: hand-written, or from a profile (`cached: true`).
    package var isCached: Bool
    /// The call set `dryRun`.
    package var isDryRun: Bool
    /// Requirements of one group are alternatives: any one of them is enough (`events` in either API group).
    package var alternative: String?
    /// Where in the operator's code the call is, `file:line`, as recorded.
    package var codeLocation: String?
    package var userAgents: Set<String>
    /// A message of the API server, kept for a refused call.
    package var message: String?

    package var attributes: RequestAttributes { key.attributes }

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
        self.key = key
        self.level = level
        self.implied = implied
        self.origins = origins
        self.count = count
        self.statuses = statuses
        self.first = first
        self.last = last
        self.isCached = isCached
        self.isDryRun = isDryRun
        self.alternative = alternative
        self.codeLocation = codeLocation
        self.userAgents = userAgents
        self.message = message
    }
}
