import Synchronization

/// The access of the users asked about last.
final class AccessCache: Sendable {
    /// More places than one report has users. A user whose place another needs is resolved again.
    private static let places = 64

    private let hash = NameHash()
    private let entries = Mutex<[Access?]>(Array(repeating: nil, count: places))

    /// The kept access of a user, or what `resolve` makes.
    func access(of user: UserInfo, else resolve: (UserInfo) -> Access) -> Access {
        let place = place(of: user)
        if let known = entries.withLock({ $0[place] }), known.user.isSame(as: user) { return known }
        let access = resolve(user)
        entries.withLock { $0[place] = access }
        return access
    }

    /// By the name and the last group, by which identities of one name mostly differ.
    private func place(of user: UserInfo) -> Int {
        var number = user.name.withBytes { hash($0) } &+ UInt64(truncatingIfNeeded: user.groups.count)
        if let group = user.groups.last { number ^= group.withBytes { hash($0) } }
        return Int(truncatingIfNeeded: number % UInt64(Self.places))
    }
}

extension UserInfo {
    /// Whether name and groups are the same bytes, the groups in the same order.
    func isSame(as other: UserInfo) -> Bool {
        guard name.hasSameBytes(as: other.name), groups.count == other.groups.count else { return false }
        return groups.isSameStorage(as: other.groups)
            || zip(groups, other.groups).allSatisfy { $0.hasSameBytes(as: $1) }
    }
}

extension [String] {
    fileprivate func isSameStorage(as other: [String]) -> Bool {
        withUnsafeBufferPointer { own in other.withUnsafeBufferPointer { own.baseAddress == $0.baseAddress } }
    }
}
