import RBAC
package import Syntax

/// Which records of a trace are taken. An empty filter takes all.
package struct TraceFilter: Hashable, Sendable {
    /// Users, impersonation considered; a record without a user is everybody's and is taken. Empty takes all.
    package var users: Set<String>
    /// Namespaces of the calls; a call that has none is left out. Empty takes all.
    package var namespaces: Set<String>
    /// A part of the user agent; a record without one is left out.
    package var userAgent: String?
    /// Calls at or after; a record without a time is left out.
    package var since: Timestamp?
    /// Calls at or before; a record without a time is left out.
    package var until: Timestamp?

    package init(
        users: Set<String> = [],
        namespaces: Set<String> = [],
        userAgent: String? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.users = users
        self.namespaces = namespaces
        self.userAgent = userAgent
        self.since = since
        self.until = until
    }

    /// What does not change from call to call.
    func takes(_ record: ResolvedRecord) -> Bool {
        if !users.isEmpty, let user = record.key.user, !users.contains(user) { return false }
        if !namespaces.isEmpty, !namespaces.contains(record.key.attributes.namespace) { return false }
        guard let userAgent else { return true }
        return record.userAgent?.contains(userAgent) ?? false
    }

    var hasTimes: Bool { since != nil || until != nil }

    /// Whether some of the calls between two times are wanted.
    func takes(from first: Timestamp?, to last: Timestamp?) -> Bool {
        guard hasTimes else { return true }
        guard let start = first ?? last, let end = last ?? first else { return false }
        return since.map { end.isAtOrAfter($0) } ?? true && until.map { $0.isAtOrAfter(start) } ?? true
    }
}
