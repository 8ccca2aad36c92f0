import Syntax

/// What a JSON object of a trace is.
enum RecordKind {
    case record, event
    /// The first line of a trace, which only says who recorded it.
    case header
    /// A requirement with lists, as people write it.
    case handWritten
    /// Holds others in the array that starts at this byte.
    case list(start: Int)
    /// The body of an API server's answer.
    case status
    /// Holds another object: as a text, or from this byte on.
    case wrapper(JSONText)
    case envelope(start: Int)
    /// Says what was called in the words of another system.
    case dialect(RawRecord.Dialect)
    /// Nothing that is known.
    case foreign

    /// - Parameter isStrict: whether what is unknown is a broken record.
    /// - Throws: `RecordProblem` at an `apiVersion` or `kind` that is no trace.
    init(_ record: RawRecord, isStrict: Bool) throws(RecordProblem) {
        let kind = record.filled(.kind)?.string ?? ""
        guard let version = record.filled(.apiVersion) else {
            self = try Self.unversioned(kind, record, isStrict: isStrict)
            return
        }
        switch version.string {
        case "swiftop.dev/v1": self = try Self.ours(kind, record)
        case "audit.k8s.io/v1", "audit.k8s.io/v1beta1", "audit.k8s.io/v1alpha1":
            if kind == "EventList" {
                self = record.listStart.map { .list(start: $0) } ?? .header
            } else if kind == "Event" || kind.isEmpty {
                self = .event
            } else {
                throw RecordProblem("a `\(kind)` holds no audit events", hint: Self.forms)
            }
        case "v1" where kind == "Status" && !isStrict: self = .status
        case let version:
            guard isStrict else {
                self = .foreign
                return
            }
            let offset = record[.apiVersion]?.offset ?? 0
            throw RecordProblem("`\(version)` is an unknown `apiVersion`", offset: offset, hint: Self.forms)
        }
    }

    private static func unversioned(
        _ kind: String,
        _ record: RawRecord,
        isStrict: Bool
    ) throws(RecordProblem) -> RecordKind {
        guard kind != "PermissionTrace", kind != "PermissionProfile", kind != "EventList" else {
            throw RecordProblem("a `\(kind)` needs an `apiVersion`")
        }
        if record.isHandWritten { return .handWritten }
        if record.isEvent { return .event }
        if let dialect = record.dialect { return .dialect(dialect) }
        if isStrict || record.isOurs { return .record }
        if kind == "Status" { return .status }
        if let text = record.filled(.embedded) { return .wrapper(text) }
        if let start = record.listStart { return .list(start: start) }
        if let start = record.objectStart { return .envelope(start: start) }
        if let text = record.filled(.message), text.bytes.contains(UInt8(ascii: "{")) { return .wrapper(text) }
        return .foreign
    }

    private static func ours(_ kind: String, _ record: RawRecord) throws(RecordProblem) -> RecordKind {
        switch kind {
        case "PermissionTrace": return record.listStart.map { .list(start: $0) } ?? .header
        case "PermissionProfile":
            throw RecordProblem("this is a profile, not a trace", hint: "name it with -p")
        case "" where record.isHandWritten: return .handWritten
        case "" where record[.verb] != nil || record[.method] != nil: return .record
        default:
            let offset = record[.kind]?.offset ?? 0
            throw RecordProblem("`\(kind)` is no kind of trace", offset: offset, hint: forms)
        }
    }

    static let forms =
        "a trace is JSON Lines or YAML of swiftop.dev/v1, an audit log, a log of client-go's calls, or an HTTP archive"
}
