/// What is no JSON, and where: an offset into the bytes that were scanned.
package struct JSONError: Error, Hashable, Sendable {
    package var offset: Int
    /// Lower case, no final period.
    package var message: String
    /// The text ends before its value does, as where a writer was stopped.
    package var isUnexpectedEnd: Bool

    package init(offset: Int, message: String, isUnexpectedEnd: Bool = false) {
        self.offset = offset
        self.message = message
        self.isUnexpectedEnd = isUnexpectedEnd
    }
}

/// Pulls values out of JSON text, without building a tree: a caller takes the members that it knows and skips the rest.
///
/// RFC 8259, strictly, but for UTF-8, which the caller checks (`firstInvalidUTF8`); at most `maximumDepth` levels. Linear
/// in the bytes, and no memory but for the texts taken. The bytes must outlive the scanner.
package struct JSONScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    package internal(set) var position = 0
    private var depth = 0
    /// Whether an object or array was opened and nothing of it was taken yet.
    private var isFirst = false
    package static let maximumDepth = 200

    package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    // MARK: - Objects and arrays

    /// Opens an object; `nextKey` gives its members.
    package mutating func beginObject() throws(JSONError) {
        try enter(UInt8(ascii: "{"), "an object")
    }

    /// The next key of the innermost object, whose value must then be taken or skipped; `nil` closes the object.
    package mutating func nextKey() throws(JSONError) -> JSONText? {
        guard try advance(to: UInt8(ascii: "}")) else { return nil }
        guard peek == UInt8(ascii: "\"") else { throw error("a key in quotes must stand here") }
        let key = try textToken()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Opens an array; `nextElement` says whether there is one more.
    package mutating func beginArray() throws(JSONError) {
        try enter(UInt8(ascii: "["), "a list")
    }

    /// Whether an element follows, which must then be taken or skipped; `false` closes the array.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try advance(to: UInt8(ascii: "]"))
    }

    /// Calls `body` with each key of an object; `body` must take or skip the value.
    package mutating func object(
        _ body: (String, inout JSONScanner) throws(JSONError) -> Void
    ) throws(JSONError) {
        try beginObject()
        while let key = try nextKey() { try body(key.string, &self) }
    }

    /// Calls `body` for each element of an array; `body` must take or skip it.
    package mutating func array(_ body: (inout JSONScanner) throws(JSONError) -> Void) throws(JSONError) {
        try beginArray()
        while try nextElement() { try body(&self) }
    }

    /// The end of the text: nothing but blanks may follow.
    package mutating func end() throws(JSONError) {
        skipBlanks()
        guard position == bytes.count else { throw error("text follows the JSON value") }
    }

    // MARK: - Values

    /// A text, or `nil` for `null`.
    package mutating func optionalText() throws(JSONError) -> JSONText? {
        skipBlanks()
        if try acceptNull() { return nil }
        guard peek == UInt8(ascii: "\"") else { throw error("a text in quotes must stand here") }
        return try textToken()
    }

    /// A text, or `nil` for `null`.
    package mutating func optionalString() throws(JSONError) -> String? {
        try optionalText()?.string
    }

    /// A whole number that fits; `nil` for `null`.
    package mutating func optionalInteger() throws(JSONError) -> Int? {
        skipBlanks()
        if try acceptNull() { return nil }
        let start = position
        guard peek == UInt8(ascii: "-") || peek.map({ $0 &- 0x30 < 10 }) ?? true else {
            throw error("a number must stand here")
        }
        try number()
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            position = start
            throw error("this is no whole number that fits")
        }
        return value
    }

    /// `true` or `false`; `nil` for `null`.
    package mutating func optionalBoolean() throws(JSONError) -> Bool? {
        skipBlanks()
        if try acceptNull() { return nil }
        guard peek == UInt8(ascii: "t") || peek == UInt8(ascii: "f") else {
            throw error("true or false must stand here")
        }
        let value = peek == UInt8(ascii: "t")
        try word(value ? "true" : "false")
        return value
    }

    package mutating func string() throws(JSONError) -> String {
        skipBlanks()
        guard peek == UInt8(ascii: "\"") else { throw error("a text in quotes must stand here") }
        return try textToken().string
    }

    /// Passes over one value of any kind, checked all the same.
    package mutating func skip() throws(JSONError) {
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"):
            try beginObject()
            while try nextKey() != nil { try skip() }
        case UInt8(ascii: "["):
            try beginArray()
            while try nextElement() { try skip() }
        case UInt8(ascii: "\""): _ = try textToken()
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

    /// What was scanned since a position.
    package func text(from start: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[start..<position])
    }

    // MARK: - Parts

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    @inline(__always)
    private mutating func skipBlanks() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position &+= 1
        }
    }

    /// To the next member or element, past its comma; `false` where the closing bracket came.
    private mutating func advance(to closing: UInt8) throws(JSONError) -> Bool {
        skipBlanks()
        if peek == closing {
            position += 1
            depth -= 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
        } else {
            guard peek == UInt8(ascii: ",") else {
                throw error("`,` or `\(Character(Unicode.Scalar(closing)))` is missing here")
            }
            position += 1
            skipBlanks()
        }
        guard position < bytes.count else { throw error("") }
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        skipBlanks()
        guard peek == byte else { throw error("`\(Character(Unicode.Scalar(byte)))` is missing here") }
        position += 1
    }

    private mutating func enter(_ byte: UInt8, _ what: String) throws(JSONError) {
        skipBlanks()
        guard peek == byte else { throw error("\(what) must stand here") }
        depth += 1
        guard depth <= Self.maximumDepth else { throw error("nested more than \(Self.maximumDepth) levels deep") }
        position += 1
        isFirst = true
    }

    private mutating func acceptNull() throws(JSONError) -> Bool {
        guard peek == UInt8(ascii: "n") else { return false }
        try word("null")
        return true
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        let rest = bytes[position...].prefix(word.utf8CodeUnitCount)
        let isPrefix = word.withUTF8Buffer { $0.starts(with: rest) }
        guard isPrefix, rest.count == word.utf8CodeUnitCount else {
            if isPrefix { position = bytes.count }
            throw error("this is no JSON value")
        }
        position += rest.count
    }

    private mutating func number() throws(JSONError) {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        if peek == UInt8(ascii: "0") {
            position += 1
        } else if !skipDigits() {
            if position < bytes.count { position = start }
            throw error("this is no JSON value")
        }
        if peek == UInt8(ascii: ".") {
            position += 1
            guard skipDigits() else { throw error("a digit is missing here") }
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() else { throw error("a digit is missing here") }
        }
    }

    private mutating func skipDigits() -> Bool {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position &+= 1 }
        return position > start
    }

    /// At the end of the bytes every error is the same one.
    func error(_ message: String) -> JSONError {
        position < bytes.count
            ? JSONError(offset: position, message: message)
            : JSONError(offset: position, message: "the JSON text ends in the middle", isUnexpectedEnd: true)
    }
}
