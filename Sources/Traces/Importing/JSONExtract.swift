import Syntax

/// The values at a few known paths of an object, however large it is otherwise.
///
/// For what comes a few times a second; `RawRecord` reads what comes by the million. A path is its keys with dots between
/// them.
struct JSONExtract {
    private let paths: [String]
    /// A text with its escapes undone; anything else as JSON writes it.
    private var values: [String: String] = [:]

    /// - Throws: `JSONError` where the object is no JSON.
    init(_ bytes: UnsafeBufferPointer<UInt8>, _ paths: [String]) throws(JSONError) {
        self.paths = paths
        var scanner = JSONScanner(bytes)
        try visit(&scanner, "")
    }

    subscript(_ path: String) -> String? { values[path] }

    /// The value where it is there and says something.
    func filled(_ path: String) -> String? {
        guard let value = values[path], !value.isEmpty, value != "null" else { return nil }
        return value
    }

    private mutating func visit(_ scanner: inout JSONScanner, _ prefix: String) throws(JSONError) {
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            let path = prefix + key.string
            let byte = scanner.nextByte()
            if paths.contains(path) {
                values[path] = try Self.value(&scanner, byte)
            } else if byte == UInt8(ascii: "{"), paths.contains(where: { $0.hasPrefix(path + ".") }) {
                try visit(&scanner, path + ".")
            } else {
                try scanner.skip()
            }
        }
    }

    private static func value(_ scanner: inout JSONScanner, _ byte: UInt8?) throws(JSONError) -> String? {
        if byte == UInt8(ascii: "\"") { return try scanner.optionalString() }
        let start = scanner.position
        try scanner.skip()
        return String(decoding: scanner.text(from: start), as: UTF8.self)
    }
}

/// A row of CloudWatch's Logs Insights: `[{"field": "@message", "value": "…"}, …]`.
struct InsightsRow {
    /// The value of `@message`; `nil` where the query did not ask for it.
    private(set) var message: JSONText?

    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        var scanner = JSONScanner(bytes)
        try scanner.beginArray()
        while try scanner.nextElement() {
            guard scanner.nextByte() == UInt8(ascii: "{") else {
                try scanner.skip()
                continue
            }
            var field: JSONText?
            var value: JSONText?
            try scanner.beginObject()
            while let key = try scanner.nextKey() {
                if key.equals("field") {
                    field = try scanner.optionalText()
                } else if key.equals("value") {
                    value = try scanner.optionalText()
                } else {
                    try scanner.skip()
                }
            }
            if field?.equals("@message") ?? false { message = value }
        }
    }
}
