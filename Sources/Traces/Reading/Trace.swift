package import RBAC

/// What was read from a trace.
package struct Trace: Sendable {
    package var requirements = RequirementSet()
    /// What was left out, and why; for standard error. Lower case, no final period.
    package var warnings: [String] = []
    /// Records and events read, those that say nothing of a permission included.
    package var records = 0
    /// A header was there, so that no record at all means that nothing was called.
    package var hasHeader = false

    package init() {}

    /// Adds what another file holds; commutative but for the order of the warnings.
    package mutating func merge(_ other: Trace) {
        requirements.merge(other.requirements)
        warnings += other.warnings
        records += other.records
        hasHeader = hasHeader || other.hasHeader
    }

    /// The users whose calls are in the trace, with how many; empty where no record names one. O(n log n).
    package var users: [String: Int] {
        var users: [String: Int] = [:]
        for requirement in requirements.requirements {
            guard let user = requirement.key.user else { continue }
            users[user] = Requirement.sum(users[user] ?? 0, requirement.count)
        }
        return users
    }

    /// Those of the users that are service accounts, sorted.
    package var serviceAccounts: [ServiceAccountName] {
        users.keys.compactMap { ServiceAccountName(userName: $0) }.sorted()
    }
}
