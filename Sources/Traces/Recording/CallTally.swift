import RBAC
import Syntax

/// Calls counted by what they need: a value, without a clock and without a file.
///
/// A call that is known costs a look-up of its bytes and no allocation. Memory is bounded as that of a `RequirementSet`:
/// past 256 names of one kind of call the rest are one record, and past 64 user agents none is kept.
struct CallTally: Sendable {
    /// Calls that are one line of a trace.
    struct Record: Sendable {
        let call: RecordedCall
        /// What the server said to the first of them that it refused.
        let message: String?
        var count = 0
        /// Seconds since 1970-01-01T00:00:00Z.
        let first: Int64
        var last: Int64
        /// Counted since the last `takeChanges`.
        fileprivate(set) var isChanged = true
    }

    private static let keptUserAgents = 64

    private(set) var records: [Record] = []
    private var places: [RecordedCall: Int] = [:]
    private var keys = ByteKeys()
    private var key: [UInt8] = []
    private var changed: [Int] = []
    /// Holds nothing but which names are too many.
    private var spread = RequirementSet()
    private var userAgents: Set<String> = []

    /// Counts a request by its line as sent. One that the API server could not read needs no permission and is left out.
    mutating func count(
        method: some StringProtocol,
        target: String,
        status: Int?,
        userAgent: String?,
        at time: Int64
    ) {
        setKey(method, target, status, userAgent)
        if let place = keys.find(key) { return count(place, 1, time) }
        guard let request = try? RequestInfo.resolve(method: method, url: target) else { return }
        let place = count(RecordedCall(request, status: status, userAgent: userAgent), message: nil, at: time)
        keys.remember(key, place)
    }

    /// Counts a call that was resolved elsewhere. What is implied was not called: it is noted and not counted.
    ///
    /// - Returns: the place of its record.
    @discardableResult
    mutating func count(_ call: RecordedCall, message: String?, at time: Int64) -> Int {
        var call = call
        if let key = spread.noting(call.key) { call.key = key }
        if let userAgent = call.userAgent { call.userAgent = kept(userAgent) }
        if let pair = call.informerPair { count(pair, message: nil, at: time) }
        if let place = places[call] {
            count(place, call.implied == nil ? 1 : 0, time)
            return place
        }
        let place = records.count
        places[call] = place
        records.append(
            Record(call: call, message: message, count: call.implied == nil ? 1 : 0, first: time, last: time)
        )
        changed.append(place)
        return place
    }

    private mutating func count(_ place: Int, _ number: Int, _ time: Int64) {
        guard number > 0 else { return }
        records[place].count &+= number
        if records[place].last < time { records[place].last = time }
        if !records[place].isChanged {
            records[place].isChanged = true
            changed.append(place)
        }
    }

    private mutating func kept(_ userAgent: String) -> String? {
        if userAgents.contains(userAgent) { return userAgent }
        guard userAgents.count < Self.keptUserAgents else { return nil }
        userAgents.insert(userAgent)
        return userAgent
    }

    /// No line of HTTP holds a line feed, so it parts the fields.
    private mutating func setKey(_ method: some StringProtocol, _ target: String, _ status: Int?, _ userAgent: String?)
    {
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: method.utf8)
        key.append(0x0A)
        var target = target
        target.withUTF8 { RecordKey.appendURL($0, to: &key) }
        key.append(0x0A)
        let number = UInt16(truncatingIfNeeded: status ?? 0)
        key.append(UInt8(truncatingIfNeeded: number >> 8))
        key.append(UInt8(truncatingIfNeeded: number))
        if let userAgent { key.append(contentsOf: userAgent.utf8) }
    }

    /// The records that were counted since this was last asked, with their places; none of them twice.
    mutating func takeChanges() -> [(place: Int, record: Record)] {
        defer { changed.removeAll(keepingCapacity: true) }
        return changed.map { place in
            records[place].isChanged = false
            return (place, records[place])
        }
    }
}

extension CallTally.Record {
    /// The record as a requirement, as a reader of the trace would see it.
    var requirement: Requirement {
        Requirement(
            key: call.key,
            implied: call.implied,
            count: count,
            statuses: call.status.map { count > 0 ? [$0: count] : [:] } ?? [:],
            first: Timestamp(secondsSince1970: first).description,
            last: Timestamp(secondsSince1970: last).description,
            isDryRun: call.isDryRun,
            userAgents: call.userAgent.map { [$0] } ?? [],
            message: message
        )
    }
}
