import RBAC
import Syntax

/// One request and its answer in an HTTP archive, as browsers and mitmproxy export them. W3C: HAR 1.2.
///
/// Of the headers two are looked at; nothing else of them, and no body, is kept.
struct HTTPExchange {
    private(set) var call = ClientCall(method: "", url: "")

    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        var scanner = JSONScanner(bytes)
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("request") {
                try takeRequest(&scanner)
            } else if key.equals("response") {
                try takeResponse(&scanner)
            } else if key.equals("startedDateTime") {
                call.time = try scanner.optionalString().flatMap { Timestamp($0) }
            } else {
                try scanner.skip()
            }
        }
    }

    private mutating func takeRequest(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("method") {
                call.method = try scanner.optionalString() ?? ""
            } else if key.equals("url") {
                call.url = try scanner.optionalString() ?? ""
            } else if key.equals("headers"), scanner.nextByte() == UInt8(ascii: "[") {
                try scanner.beginArray()
                while try scanner.nextElement() { try takeHeader(&scanner) }
            } else {
                try scanner.skip()
            }
        }
    }

    private mutating func takeHeader(_ scanner: inout JSONScanner) throws(JSONError) {
        guard scanner.nextByte() == UInt8(ascii: "{") else { return try scanner.skip() }
        var name = ""
        var value: JSONText?
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("name") {
                name = try scanner.optionalString()?.lowercased() ?? ""
            } else if key.equals("value"), scanner.nextByte() == UInt8(ascii: "\"") {
                value = try scanner.optionalText()
            } else {
                try scanner.skip()
            }
        }
        if name == "user-agent" { call.userAgent = value?.string }
        if name == "impersonate-user" { call.user = value?.string }
    }

    private mutating func takeResponse(_ scanner: inout JSONScanner) throws(JSONError) {
        guard scanner.nextByte() == UInt8(ascii: "{") else { return try scanner.skip() }
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            guard key.equals("status") else {
                try scanner.skip()
                continue
            }
            // A request that got no answer has 0 here.
            call.status = try scanner.optionalInteger().flatMap { (100...599).contains($0) ? $0 : nil }
        }
    }
}
