import Syntax

/// An entry of Google's Cloud Logging about a request to a GKE cluster, whose `protoPayload` tells an audit event in the
/// words of Google's own audit logs.
///
/// Google: `google.cloud.audit.AuditLog`. The verb is the last word of `methodName` (`io.k8s.core.v1.pods.exec.create`);
/// `resourceName` is the path without `/api` or `/apis`, the core group called `core`
/// (`core/v1/namespaces/shop/pods/web/exec`).
struct CloudLoggingEntry {
    /// The same as an event of `audit.k8s.io`; `nil` where the entry is about something else.
    let event: [UInt8]?

    private static let paths = [
        "timestamp", "insertId", "operation.id", "operation.first", "operation.last", "protoPayload.serviceName",
        "protoPayload.methodName", "protoPayload.resourceName", "protoPayload.status.code",
        "protoPayload.status.message", "protoPayload.response.code", "protoPayload.response.message",
        "protoPayload.authenticationInfo.principalEmail", "protoPayload.authenticationInfo.authoritySelector",
        "protoPayload.requestMetadata.callerSuppliedUserAgent", "labels.authorization.k8s.io/decision",
    ]

    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        let entry = try JSONExtract(bytes, Self.paths)
        guard let method = entry.filled("protoPayload.methodName"),
            method.hasPrefix("io.k8s.") || Self.isKubernetes(entry),
            let name = entry.filled("protoPayload.resourceName")
        else {
            event = nil
            return
        }
        let verb = method.split(separator: ".").last.map(String.init) ?? ""
        var writer = EventWriter()
        writer.add("auditID", entry.filled("operation.id") ?? entry.filled("insertId"))
        let isStart = entry["operation.first"] == "true" && entry["operation.last"] == "false"
        writer.add("stage", isStart ? "ResponseStarted" : "ResponseComplete")
        writer.add("verb", verb)
        writer.add("requestURI", Self.path(name))
        writer.add("userAgent", entry.filled("protoPayload.requestMetadata.callerSuppliedUserAgent"))
        writer.add("requestReceivedTimestamp", entry.filled("timestamp"))
        writer.addUser("user", entry.filled("protoPayload.authenticationInfo.principalEmail"))
        writer.addUser("impersonatedUser", entry.filled("protoPayload.authenticationInfo.authoritySelector"))
        writer.addStatus(
            entry.filled("protoPayload.response.code").flatMap { Int($0) }
                ?? Self.status(entry["protoPayload.status.code"]),
            message: entry.filled("protoPayload.status.message") ?? entry.filled("protoPayload.response.message")
        )
        writer.addDecision(entry.filled("labels.authorization.k8s.io/decision"))
        event = writer.bytes
    }

    private static func isKubernetes(_ entry: JSONExtract) -> Bool { entry["protoPayload.serviceName"] == "k8s.io" }

    private static func path(_ name: String) -> String {
        let parts = name.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count > 2, parts[1].first == "v" else { return "/" + name }
        return parts[0] == "core" ? "/api/" + name.dropFirst("core/".count) : "/apis/" + name
    }

    /// The HTTP status for a code of gRPC; no code is success. Google: `google/rpc/code.proto`.
    private static func status(_ code: String?) -> Int {
        switch code.flatMap({ Int($0) }) ?? 0 {
        case 0: 200
        case 1: 499
        case 3, 9, 11: 400
        case 4: 504
        case 5: 404
        case 6, 10: 409
        case 7: 403
        case 8: 429
        case 12: 501
        case 14: 503
        case 16: 401
        default: 500
        }
    }
}

/// A row of Azure Monitor's tables `AKSAudit` and `AKSAuditAdmin`: an audit event with its members as columns, the objects
/// among them as objects or as texts.
struct AzureAuditRow {
    /// The same as an event of `audit.k8s.io`; `nil` where the row is none.
    let event: [UInt8]?

    private static let texts = [
        ("AuditId", "auditID"), ("Stage", "stage"), ("Verb", "verb"), ("RequestUri", "requestURI"),
        ("UserAgent", "userAgent"), ("RequestReceivedTime", "requestReceivedTimestamp"),
    ]
    private static let objects = [
        ("User", "user"), ("ImpersonatedUser", "impersonatedUser"), ("ObjectRef", "objectRef"),
        ("ResponseStatus", "responseStatus"), ("Annotations", "annotations"),
    ]

    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        let row = try JSONExtract(bytes, (Self.texts + Self.objects).map(\.0))
        guard row.filled("Verb") != nil || row.filled("RequestUri") != nil else {
            event = nil
            return
        }
        var writer = EventWriter()
        for (column, member) in Self.texts { writer.add(member, row.filled(column)) }
        for (column, member) in Self.objects { writer.addObject(member, row.filled(column)) }
        if row.filled("Stage") == nil { writer.add("stage", "ResponseComplete") }
        event = writer.bytes
    }
}

/// Writes an audit event of the members that permissions depend on.
private struct EventWriter {
    private var text = "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\""

    var bytes: [UInt8] { Array((text + "}").utf8) }

    mutating func add(_ name: String, _ value: String?) {
        if let value { text += ",\"\(name)\":\(jsonQuoted(value))" }
    }

    mutating func addUser(_ name: String, _ user: String?) {
        if let user { text += ",\"\(name)\":{\"username\":\(jsonQuoted(user))}" }
    }

    mutating func addStatus(_ code: Int, message: String?) {
        let message = message.map { ",\"message\":\(jsonQuoted($0))" } ?? ""
        text += ",\"responseStatus\":{\"code\":\(code)\(message)}"
    }

    mutating func addDecision(_ decision: String?) {
        guard let decision else { return }
        text += ",\"annotations\":{\"authorization.k8s.io/decision\":\(jsonQuoted(decision))}"
    }

    /// JSON as it stands; what is none makes the event broken, and so it is told.
    mutating func addObject(_ name: String, _ json: String?) {
        if let json { text += ",\"\(name)\":\(json)" }
    }
}
