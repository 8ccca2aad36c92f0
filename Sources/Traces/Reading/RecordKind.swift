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

    /// - Throws: `RecordProblem` at an `apiVersion` or `kind` that is no trace.
    init(_ record: RawRecord) throws(RecordProblem) {
        let kind = record.filled(.kind)?.string ?? ""
        guard let version = record.filled(.apiVersion) else {
            guard kind != "PermissionTrace", kind != "PermissionProfile", kind != "EventList" else {
                throw RecordProblem("a `\(kind)` needs an `apiVersion`")
            }
            self = record.isHandWritten ? .handWritten : record.isEvent ? .event : .record
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
        case let version:
            let offset = record[.apiVersion]?.offset ?? 0
            throw RecordProblem("`\(version)` is an unknown `apiVersion`", offset: offset, hint: Self.forms)
        }
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

    static let forms = "a trace is JSON Lines or YAML of swiftop.dev/v1, or audit events of audit.k8s.io/v1"
}

extension RawRecord {
    /// Items of an `EventList` say neither `apiVersion` nor `kind`.
    fileprivate var isEvent: Bool {
        self[.stage] != nil && (hasUserObject || self[.auditID] != nil || self[.requestURI] != nil)
    }
}
