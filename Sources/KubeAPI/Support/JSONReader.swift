/// Reads JSON from bytes, by recursive descent with a bound on its depth.
struct JSONReader {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0
    private static let deepest = 512

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONValue.SyntaxFailure) -> JSONValue {
        let value = try value()
        skipBlanks()
        guard index == bytes.count else { throw failure("something follows the document") }
        return value
    }

    private func failure(_ message: String) -> JSONValue.SyntaxFailure {
        JSONValue.SyntaxFailure(offset: index, message: index >= bytes.count ? "the text ends too early" : message)
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func value() throws(JSONValue.SyntaxFailure) -> JSONValue {
        skipBlanks()
        switch current {
        case UInt8(ascii: "{"): return try nested { reader throws(JSONValue.SyntaxFailure) in try reader.object() }
        case UInt8(ascii: "["): return try nested { reader throws(JSONValue.SyntaxFailure) in try reader.list() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some(let byte) where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): return try number()
        default: throw failure("no value begins like this")
        }
    }

    private mutating func nested(
        _ read: (inout JSONReader) throws(JSONValue.SyntaxFailure) -> JSONValue
    ) throws(JSONValue.SyntaxFailure) -> JSONValue {
        guard depth < Self.deepest else { throw failure("nested more than \(Self.deepest) levels deep") }
        depth += 1
        defer { depth -= 1 }
        index += 1
        return try read(&self)
    }

    private mutating func object() throws(JSONValue.SyntaxFailure) -> JSONValue {
        var members: [JSONValue.Member] = []
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            skipBlanks()
            guard current == UInt8(ascii: "\"") else { throw failure("a key must be a text") }
            let key = try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw failure("`:` is missing after a key") }
            members.append(JSONValue.Member(key: key, value: try value()))
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("`,` or `}` is missing") }
        return .object(members)
    }

    private mutating func list() throws(JSONValue.SyntaxFailure) -> JSONValue {
        var items: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            items.append(try value())
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("`,` or `]` is missing") }
        return .array(items)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        index += 1
        return true
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONValue.SyntaxFailure) -> JSONValue {
        let count = text.utf8CodeUnitCount
        guard index + count <= bytes.count, text.withUTF8Buffer({ bytes[index..<index + count].elementsEqual($0) })
        else { throw failure("no value begins like this") }
        index += count
        return value
    }

    private mutating func number() throws(JSONValue.SyntaxFailure) -> JSONValue {
        let start = index
        _ = take(UInt8(ascii: "-"))
        let wholeStart = index
        guard digits() else { throw failure("a digit is missing") }
        guard index - wholeStart == 1 || bytes[wholeStart] != UInt8(ascii: "0") else {
            throw failure("a number begins with 0")
        }
        if take(UInt8(ascii: ".")), !digits() { throw failure("a digit is missing") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            guard digits() else { throw failure("a digit is missing") }
        }
        return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func digits() -> Bool {
        let start = index
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        return index > start
    }

    // MARK: Texts

    private mutating func string() throws(JSONValue.SyntaxFailure) -> String {
        index += 1
        let start = index
        // Most texts hold no escape and are taken as they stand.
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
        if current == UInt8(ascii: "\"") {
            defer { index += 1 }
            return String(decoding: bytes[start..<index], as: UTF8.self)
        }
        return try stringWithEscapes(Array(bytes[start..<index]))
    }

    private mutating func stringWithEscapes(_ head: [UInt8]) throws(JSONValue.SyntaxFailure) -> String {
        var text = head
        while let byte = current {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20:
                index -= 1
                throw failure("a control character in a text")
            default: text.append(byte)
            }
        }
        throw failure("")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONValue.SyntaxFailure) {
        guard let byte = current else { throw failure("") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += String(try scalar()).utf8
        default:
            index -= 1
            throw failure("an unknown escape")
        }
    }

    /// Half a surrogate pair becomes the replacement character, as in Go.
    private mutating func scalar() throws(JSONValue.SyntaxFailure) -> Unicode.Scalar {
        let first = try codeUnit()
        guard (0xD800..<0xDC00).contains(first), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        let before = index
        index += 2
        let second = try codeUnit()
        guard (0xDC00..<0xE000).contains(second) else {
            index = before
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func codeUnit() throws(JSONValue.SyntaxFailure) -> UInt32 {
        guard index + 4 <= bytes.count else { throw failure("four hexadecimal digits are missing") }
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("four hexadecimal digits are missing")
            }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }
}
