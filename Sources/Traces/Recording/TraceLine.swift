import Syntax

/// A line of a trace that is being recorded: what never changes, then the time of the last call and the count, which are
/// brought up to date where they stand.
///
/// The end has a fixed length (blanks before the line feed make it up), so that a trace has one line a record however
/// long the recording lasts, and stays whole whenever the recorder is killed.
struct TraceLine: Sendable {
    /// Digits that there is room for; a count beyond stays at the largest, which changes no answer.
    private static let digits = 10
    private static let largest = 9_999_999_999

    /// Up to the time of the last call, which follows.
    let head: [UInt8]
    private(set) var tail: [UInt8]
    /// Of the line in the file; `nil` where it is not there.
    var offset: Int?
    /// Differs from what the file holds.
    var isPending = true

    init(_ record: CallTally.Record) {
        var requirement = record.requirement
        requirement.last = nil
        var members = TraceWriter.shared(requirement)
        if let status = record.call.status { members.append(("status", "\(status)")) }
        if let userAgent = record.call.userAgent { members.append(("userAgent", jsonQuoted(userAgent))) }
        if let message = record.message { members.append(("message", jsonQuoted(message))) }
        head = Array(("{" + members.map { "\"\($0.0)\":\($0.1)," }.joined()).utf8)
        tail = Self.tail(record)
    }

    mutating func update(_ record: CallTally.Record) {
        tail = Self.tail(record)
        isPending = true
    }

    private static func tail(_ record: CallTally.Record) -> [UInt8] {
        let last = Timestamp(secondsSince1970: record.last).description
        let count = String(min(record.count, largest))
        let blanks = String(repeating: " ", count: digits - count.utf8.count)
        return Array("\"last\":\"\(last)\",\"count\":\(count)}\(blanks)\n".utf8)
    }
}
