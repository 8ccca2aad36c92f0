/// What was read from one trace.
package struct Trace: Sendable {
    package var requirements = RequirementSet()
    /// What was left out, and why; for standard error.
    package var warnings: [String] = []
    /// Records read.
    package var records = 0

    package init() {}

    /// The users whose calls are in the trace, with how many; empty where no record names one.
    package var users: [String: Int] {
        var users: [String: Int] = [:]
        for requirement in requirements.requirements {
            if let user = requirement.key.user { users[user, default: 0] += max(1, requirement.count) }
        }
        return users
    }
}
