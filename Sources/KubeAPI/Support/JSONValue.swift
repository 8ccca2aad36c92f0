import Syntax

/// A JSON document as a tree, for the answers of servers and plugins: bounded in depth, no trap on any bytes.
enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// As it is written.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text; of a key that is there twice the last counts, as in Go.
    case object([Member])

    struct Member: Hashable, Sendable {
        var key: String
        var value: JSONValue
    }

    /// - Throws: where the bytes are not exactly one JSON value.
    init(_ bytes: [UInt8]) throws(JSONError) {
        let result: Result<JSONValue, JSONError> = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONError) in
                var scanner = JSONScanner(buffer)
                let value = try JSONValue(&scanner, buffer)
                try scanner.end()
                return value
            }
        }
        self = try result.get()
    }

    /// The next value of a scanner, whose depth is bounded.
    private init(_ scanner: inout JSONScanner, _ buffer: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        switch scanner.nextByte() {
        case UInt8(ascii: "{"):
            var members: [Member] = []
            try scanner.object { key, scanner throws(JSONError) in
                members.append(Member(key: key, value: try JSONValue(&scanner, buffer)))
            }
            self = .object(members)
        case UInt8(ascii: "["):
            var items: [JSONValue] = []
            try scanner.array { scanner throws(JSONError) in items.append(try JSONValue(&scanner, buffer)) }
            self = .array(items)
        case UInt8(ascii: "\""): self = .string(try scanner.string())
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            self = try scanner.optionalBoolean().map { .boolean($0) } ?? .null
        default:
            let start = scanner.position
            try scanner.skip()
            let text = String(decoding: buffer[start..<scanner.position], as: UTF8.self)
            self = text == "null" ? .null : .number(text)
        }
    }

    /// A member of an object; `null` for everything that is not there, so that accesses can be chained.
    subscript(_ key: String) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members.last { $0.key == key }?.value ?? .null
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    var array: [JSONValue] { if case .array(let items) = self { items } else { [] } }
    var members: [Member] { if case .object(let members) = self { members } else { [] } }
    var isArray: Bool { if case .array = self { true } else { false } }
    var isNull: Bool { self == .null }

    /// The texts of a list; what is no text is left out.
    var strings: [String] { array.compactMap(\.string) }
    /// The text, or empty.
    var text: String { string ?? "" }

    /// The document again, without blanks.
    var serialized: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): jsonQuoted(text)
        case .array(let items): "[" + items.map(\.serialized).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(jsonQuoted($0.key)):\($0.value.serialized)" }.joined(separator: ",") + "}"
        }
    }
}
