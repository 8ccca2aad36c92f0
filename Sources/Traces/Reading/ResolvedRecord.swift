import RBAC
import Syntax

/// Why a record cannot be taken, and where in its bytes.
struct RecordProblem: Error {
    var offset: Int
    /// Lower case, no final period.
    var message: String
    var hint: String
    /// The text ends before the record does, as where a recorder was stopped.
    var isCutShort = false

    static let lineHint = "mend this record, or take it out; each is one JSON object"

    init(_ message: String, offset: Int = 0, hint: String = lineHint) {
        self.offset = offset
        self.message = message
        self.hint = hint
    }

    /// - Parameter start: where the bytes begin that the error counts from.
    init(_ error: JSONError, after start: Int = 0) {
        self.init(error.message, offset: start + error.offset)
        isCutShort = error.isUnexpectedEnd
    }
}

/// What a record comes to, apart from how often and when it was called.
struct ResolvedRecord: Hashable {
    var key: Requirement.Key
    var level = Requirement.Level.required
    var implied: String?
    var userAgent: String?
    var codeLocation: String?
    var isCached = false
    var isDryRun = false
    /// The other verb of the pair is required too.
    var isInformer = false
}

extension ResolvedRecord {
    /// A record of either spelling.
    init(record: RawRecord) throws(RecordProblem) {
        let info = try Self.request(record)
        key = Requirement.Key(
            attributes: info.attributes,
            hasManyNames: try Self.isMany(record, .names),
            hasManyNamespaces: try Self.isMany(record, .namespaces),
            user: record.filled(.user)?.string
        )
        if let text = record[.level] {
            guard let level = Requirement.Level(rawValue: text.string) else {
                throw RecordProblem("`level` is `required` or `usual`", offset: text.offset)
            }
            self.level = level
        }
        implied = record.filled(.implied)?.string
        userAgent = record.filled(.userAgent)?.string
        codeLocation = record.filled(.source)?.string
        isCached = record.isCached
        isDryRun = record.isDryRun || info.isDryRun
        isInformer = info.isInformer
    }

    /// "many" stands for more names than are kept; nothing else may stand there.
    private static func isMany(_ record: RawRecord, _ field: RawRecord.Field) throws(RecordProblem) -> Bool {
        guard let text = record[field] else { return false }
        guard text.equals("many") else {
            throw RecordProblem("`\(field)` is `many`, or missing", offset: text.offset)
        }
        return true
    }

    private static func request(_ record: RawRecord) throws(RecordProblem) -> ResolvedRequest {
        let (resource, url) = (record.filled(.resource), record.filled(.nonResourceURL))
        if let resource, url != nil {
            throw RecordProblem("the record has both `resource` and `nonResourceURL`", offset: resource.offset)
        }
        if resource == nil, url == nil, let path = record.filled(.path) {
            guard let method = record.filled(.method) else { throw RecordProblem("`path` has no `method` beside it") }
            do throws(RequestError) {
                return try RequestInfo.resolve(method: method.string, url: path.string)
            } catch { throw RecordProblem(error.message, offset: path.offset) }
        }
        guard resource != nil || url != nil else {
            throw RecordProblem("the record has neither `resource` nor `nonResourceURL`, nor `method` and `path`")
        }
        guard let verb = record[.verb] else { throw RecordProblem("the record has no `verb`") }
        if let url {
            return ResolvedRequest(attributes: RequestAttributes(verb: verb.string, nonResourceURL: url.string))
        }
        var attributes = RequestAttributes(
            verb: verb.string,
            group: record.string(.group),
            version: record.string(.version),
            resource: record.string(.resource),
            subresource: record.string(.subresource),
            namespace: record.string(.namespace),
            name: record.string(.name)
        )
        attributes.splitResource()
        return ResolvedRequest(attributes: attributes)
    }
}

extension RequestAttributes {
    /// Takes `pods/log` apart, as rules write it; no resource has a slash in its name.
    mutating func splitResource() {
        guard subresource.isEmpty, let slash = resource.utf8.firstIndex(of: UInt8(ascii: "/")) else { return }
        subresource = String(resource[resource.utf8.index(after: slash)...])
        resource = String(resource[..<slash])
    }
}
