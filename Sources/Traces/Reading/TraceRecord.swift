import RBAC
import Syntax

/// One line of a trace, before it is a requirement: all fields of all spellings.
struct TraceRecord {
    var apiVersion: String?
    var kind: String?
    // Resolved attributes, or a raw request.
    var verb: String?
    var group = ""
    var version = ""
    var resource: String?
    var subresource = ""
    var namespace = ""
    var name = ""
    var nonResourceURL: String?
    var method: String?
    var path: String?
    // About the call.
    var status: Int?
    var statuses: [Int: Int] = [:]
    var count: Int?
    var first: String?
    var last: String?
    var userAgent: String?
    var user: String?
    var message: String?
    var source: String?
    var implied: String?
    var level: String?
    var isCached = false
    var isDryRun = false
    var hasManyNames = false
    var hasManyNamespaces = false
    // Of an audit event.
    var audit = AuditFields()
    /// Items of an `EventList` on one line.
    var items: [TraceRecord] = []

    static func read(_ scanner: inout JSONScanner) throws(JSONError) -> TraceRecord {
        var record = TraceRecord()
        try scanner.object { (key, scanner) throws(JSONError) in try record.take(key, &scanner) }
        return record
    }

    private mutating func take(_ key: String, _ scanner: inout JSONScanner) throws(JSONError) {
        switch key {
        case "apiVersion": apiVersion = try scanner.optionalString()
        case "kind": kind = try scanner.optionalString()
        case "verb": verb = try scanner.optionalString()
        case "group": group = try scanner.optionalString() ?? ""
        case "version": version = try scanner.optionalString() ?? ""
        case "resource": resource = try scanner.optionalString()
        case "subresource": subresource = try scanner.optionalString() ?? ""
        case "namespace": namespace = try scanner.optionalString() ?? ""
        case "name": name = try scanner.optionalString() ?? ""
        case "names": hasManyNames = try scanner.optionalString() == "many"
        case "namespaces": hasManyNamespaces = try scanner.optionalString() == "many"
        case "nonResourceURL": nonResourceURL = try scanner.optionalString()
        case "method": method = try scanner.optionalString()
        case "path": path = try scanner.optionalString()
        case "status" where scanner.nextByte() != UInt8(ascii: "{"): status = try scanner.optionalInteger()
        case "count": count = try scanner.optionalInteger()
        case "first": first = try scanner.optionalString()
        case "last": last = try scanner.optionalString()
        case "userAgent": userAgent = try scanner.optionalString()
        case "user":
            if scanner.nextByte() == UInt8(ascii: "{") {
                audit.user = try AuditFields.userName(&scanner)
            } else {
                user = try scanner.optionalString()
            }
        case "message": message = try scanner.optionalString()
        case "source": source = try scanner.optionalString()
        case "implied": implied = try scanner.optionalString()
        case "level" where kind == nil || kind == "PermissionTrace": level = try scanner.optionalString()
        case "cached": isCached = try scanner.optionalBoolean() ?? false
        case "dryRun": isDryRun = try scanner.optionalBoolean() ?? false
        case "statuses":
            try scanner.object { (code, scanner) throws(JSONError) in
                let count = try scanner.optionalInteger() ?? 0
                if let code = Int(code) { statuses[code] = count }
            }
        case "items":
            try scanner.array { (scanner) throws(JSONError) in items.append(try TraceRecord.read(&scanner)) }
        default:
            if try !audit.take(key, &scanner) { try scanner.skip() }
        }
    }
}
