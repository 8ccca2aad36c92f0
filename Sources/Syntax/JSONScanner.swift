/// What is no JSON, and where: an offset into the bytes that were scanned.
package struct JSONError: Error, Hashable, Sendable {
    package var offset: Int
    /// Lower case, no final period.
    package var message: String

    package init(offset: Int, message: String) {
        self.offset = offset
        self.message = message
    }
}

/// Pulls values out of JSON text, without building a tree: a caller takes the members that it knows and skips the rest.
///
/// RFC 8259, strictly; at most `maximumDepth` levels. Linear in the bytes, and no memory but for the texts taken.
package struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    package private(set) var position = 0
    private var depth = 0
    private static let maximumDepth = 200

    package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    // MARK: - Objects and arrays

    /// Calls `body` with each key of an object; `body` must take or skip the value.
    package mutating func object(
        _ body: (String, inout JSONScanner) throws(JSONError) -> Void
    ) throws(JSONError) {
        try enter(UInt8(ascii: "{"), "an object")
        if accept(UInt8(ascii: "}")) { return depth -= 1 }
        repeat {
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try body(key, &self)
        } while accept(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
        depth -= 1
    }

    /// Calls `body` for each element of an array; `body` must take or skip it.
    package mutating func array(_ body: (inout JSONScanner) throws(JSONError) -> Void) throws(JSONError) {
        try enter(UInt8(ascii: "["), "a list")
        if accept(UInt8(ascii: "]")) { return depth -= 1 }
        repeat { try body(&self) } while accept(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        depth -= 1
    }

    /// The end of the text: nothing but blanks may follow.
    package mutating func end() throws(JSONError) {
        skipBlanks()
        guard position == bytes.count else { throw error("text follows the JSON value") }
    }

    // MARK: - Values

    /// A text, or `nil` for `null`.
    package mutating func optionalString() throws(JSONError) -> String? {
        skipBlanks()
        if try acceptNull() { return nil }
        return try string()
    }

    /// A whole number that fits; `nil` for `null`.
    package mutating func optionalInteger() throws(JSONError) -> Int? {
        skipBlanks()
        if try acceptNull() { return nil }
        let start = position
        try number()
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            position = start
            throw error("this is no whole number")
        }
        return value
    }

    /// `true` or `false`; `nil` for `null`.
    package mutating func optionalBoolean() throws(JSONError) -> Bool? {
        skipBlanks()
        if try acceptNull() { return nil }
        if peek == UInt8(ascii: "t") {
            try word("true")
            return true
        }
        try word("false")
        return false
    }

    package mutating func string() throws(JSONError) -> String {
        skipBlanks()
        let (start, end, hasEscapes) = try stringBounds()
        let slice = UnsafeBufferPointer(rebasing: bytes[start..<end])
        return hasEscapes ? try Self.unescaped(slice, at: start) : String(decoding: slice, as: UTF8.self)
    }

    /// Passes over one value of any kind, checked all the same.
    package mutating func skip() throws(JSONError) {
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): try object { (_, scanner) throws(JSONError) in try scanner.skip() }
        case UInt8(ascii: "["): try array { (scanner) throws(JSONError) in try scanner.skip() }
        case UInt8(ascii: "\""): _ = try stringBounds()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    /// The first byte of the next value.
    package mutating func nextByte() -> UInt8? {
        skipBlanks()
        return peek
    }

    // MARK: - Parts

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    @inline(__always)
    private mutating func skipBlanks() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard accept(byte) else { throw error("`\(Character(Unicode.Scalar(byte)))` is missing here") }
    }

    private mutating func enter(_ byte: UInt8, _ what: String) throws(JSONError) {
        skipBlanks()
        guard peek == byte else { throw error("\(what) must stand here") }
        depth += 1
        guard depth <= Self.maximumDepth else { throw error("nested more than \(Self.maximumDepth) levels deep") }
        position += 1
    }

    private mutating func acceptNull() throws(JSONError) -> Bool {
        guard peek == UInt8(ascii: "n") else { return false }
        try word("null")
        return true
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count,
            word.withUTF8Buffer({ $0.elementsEqual(bytes[position..<end]) })
        else { throw error("this is no JSON value") }
        position = end
    }

    private mutating func number() throws(JSONError) {
        let start = position
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        if peek == UInt8(ascii: "-") { position += 1 }
        guard isDigit(peek) else {
            position = start
            throw error(start < bytes.count ? "this is no JSON value" : "the text ends where a value is missing")
        }
        if peek == UInt8(ascii: "0") { position += 1 } else { while isDigit(peek) { position += 1 } }
        if peek == UInt8(ascii: ".") {
            position += 1
            guard isDigit(peek) else { throw error("a digit is missing here") }
            while isDigit(peek) { position += 1 }
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            guard isDigit(peek) else { throw error("a digit is missing here") }
            while isDigit(peek) { position += 1 }
        }
    }

    /// The text between two quotes; escapes are checked when they are undone.
    private mutating func stringBounds() throws(JSONError) -> (start: Int, end: Int, hasEscapes: Bool) {
        guard peek == UInt8(ascii: "\"") else { throw error("a text in quotes must stand here") }
        let start = position + 1
        var index = start
        var hasEscapes = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return (start, index, hasEscapes)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index += 1
            } else if byte < 0x20 {
                position = index
                throw error("a control character stands in a text")
            }
            index += 1
        }
        position = bytes.count
        throw error("a text is not closed")
    }

    private static func unescaped(_ text: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "\\") else {
                result.append(text[index])
                index += 1
                continue
            }
            let escape = index + 1 < text.count ? text[index + 1] : 0
            index += 2
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                guard let unit = hexUnit(text, index) else {
                    throw JSONError(offset: start + index, message: "`\\u` needs four hexadecimal digits")
                }
                index += 4
                var scalar = UInt32(unit)
                if (0xD800..<0xDC00).contains(scalar), index + 1 < text.count, text[index] == UInt8(ascii: "\\"),
                    text[index + 1] == UInt8(ascii: "u"), let low = hexUnit(text, index + 2),
                    (0xDC00..<0xE000).contains(low)
                {
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (UInt32(low) - 0xDC00)
                    index += 6
                }
                result += String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8
            default:
                throw JSONError(offset: start + index - 1, message: "this is no escape of JSON")
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hexUnit(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> UInt16? {
        guard index + 4 <= text.count else { return nil }
        return UInt16(String(decoding: text[index..<index + 4], as: UTF8.self), radix: 16)
    }

    private func error(_ message: String) -> JSONError { JSONError(offset: position, message: message) }
}
