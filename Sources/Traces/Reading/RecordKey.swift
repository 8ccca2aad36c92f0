import Syntax

/// The bytes that tell one record from another: equal keys come to the same requirement.
///
/// Texts stand as in the file, escapes and all; two spellings of one text are two keys, and merge as requirements.
enum RecordKey {
    /// No text holds a bare quote, so it parts them; one after the other tells a missing text from an empty one.
    private static let separator = UInt8(ascii: "\"")
    /// Of a parameter's value that makes no difference; a control character stands in no text.
    private static let anyValue: UInt8 = 1

    private static let recordFields: [RawRecord.Field] = [
        .verb, .group, .version, .resource, .subresource, .namespace, .name, .names, .namespaces, .nonResourceURL,
        .user, .userAgent, .source, .implied, .level, .method,
    ]
    private static let eventFields: [RawRecord.Field] = [.verb, .user, .impersonatedUser, .userAgent]
    private static let referenceFields: [RawRecord.Field] = [
        .referenceGroup, .referenceVersion, .referenceResource, .referenceSubresource, .referenceNamespace,
        .referenceName,
    ]

    static func record(_ record: RawRecord, into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        key.append(record.isCached ? record.isDryRun ? 3 : 2 : record.isDryRun ? 1 : 0)
        for field in recordFields { append(record[field], to: &key) }
        appendURL(record[.path], to: &key)
    }

    static func event(_ event: RawRecord, into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        key.append(4)
        for field in eventFields { append(event[field], to: &key) }
        appendURL(event[.requestURI], to: &key)
        // With a URL, nothing else says what was called.
        guard event.filled(.requestURI) == nil else { return }
        for field in referenceFields { append(event[field], to: &key) }
    }

    /// A call that no record says; the whole URL is the key, since logs are short.
    static func call(_ call: ClientCall, into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        key.append(5)
        for text in [call.method, call.url, call.user ?? "", call.userAgent ?? ""] {
            key.append(contentsOf: text.utf8)
            key.append(separator)
        }
    }

    private static func append(_ text: JSONText?, to key: inout [UInt8]) {
        if let text {
            key.append(contentsOf: text.bytes)
        } else {
            key.append(separator)
        }
        key.append(separator)
    }

    /// A URL without the values that differ in every watch and every page of a list.
    private static func appendURL(_ text: JSONText?, to key: inout [UInt8]) {
        guard let text else { return append(text, to: &key) }
        appendURL(text.bytes, to: &key)
        key.append(separator)
    }

    static func appendURL(_ url: UnsafeBufferPointer<UInt8>, to key: inout [UInt8]) {
        guard let query = firstIndex(of: UInt8(ascii: "?"), in: url, from: 0) else {
            return key.append(contentsOf: url)
        }
        key.append(contentsOf: url[...query])
        var index = query + 1
        while index < url.count {
            index = appendParameter(url, from: index, to: &key)
        }
    }

    /// Copies up to the next parameter, but for the value of one that authorization does not depend on.
    private static func appendParameter(
        _ bytes: UnsafeBufferPointer<UInt8>,
        from start: Int,
        to key: inout [UInt8]
    ) -> Int {
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "&"), bytes[end] != UInt8(ascii: "\\") { end += 1 }
        let parameter = UnsafeBufferPointer(rebasing: bytes[start..<end])
        if let value = valueStart(parameter) {
            key.append(contentsOf: parameter[..<value])
            key.append(anyValue)
        } else {
            key.append(contentsOf: parameter)
        }
        guard end < bytes.count else { return end }
        // An ampersand, or an escape: `\u0026` is how Go writes an ampersand, and any other is copied as it stands.
        let step = bytes[end] == UInt8(ascii: "\\") ? min(6, bytes.count - end) : 1
        key.append(contentsOf: bytes[end..<end + step])
        return end + step
    }

    /// Where the value begins of `timeoutSeconds=123` and `resourceVersion=123`: numbers of which one is as good as
    /// another. A version 0 marks an informer, and a number too large for 64 bits spoils all parameters.
    private static func valueStart(_ parameter: UnsafeBufferPointer<UInt8>) -> Int? {
        for name in ["timeoutSeconds=", "resourceVersion="] as [StaticString] {
            let length = name.utf8CodeUnitCount
            guard parameter.count > length, parameter.count <= length + 18,
                name.withUTF8Buffer({ parameter.starts(with: $0) })
            else { continue }
            let value = parameter[length...]
            return value.first != UInt8(ascii: "0") && value.allSatisfy { $0 &- 0x30 < 10 } ? length : nil
        }
        return nil
    }
}
