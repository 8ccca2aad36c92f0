/// A text as it stands between its quotes, escapes and all. Valid as long as the bytes that were scanned.
package struct JSONText {
    package let bytes: UnsafeBufferPointer<UInt8>
    /// Whether a backslash is in it; without one the bytes are the text.
    package let hasEscapes: Bool
    /// Of the first byte after the quote.
    package let offset: Int

    /// The text with its escapes undone. An escaped half of a surrogate pair alone becomes U+FFFD.
    package var string: String {
        hasEscapes ? String(decoding: unescaped, as: UTF8.self) : String(decoding: bytes, as: UTF8.self)
    }

    /// Compares with a name, without allocation where no escape is in the way.
    package func equals(_ name: StaticString) -> Bool {
        guard !hasEscapes else { return string == name.description }
        guard bytes.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { name in
            for index in 0..<name.count where name[index] != bytes[index] { return false }
            return true
        }
    }

    /// The bytes with their escapes undone; the scanner has checked that each is one.
    package var unescaped: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let escape = bytes[index + 1]
            index += 2
            switch escape {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"): result += String(scalar(at: &index)).utf8
            default: result.append(escape)
            }
        }
        return result
    }

    /// The scalar of four hexadecimal digits, and of the four of the second half of a pair.
    private func scalar(at index: inout Int) -> Unicode.Scalar {
        let first = hexUnit(bytes, index) ?? 0xFFFD
        index += 4
        if (0xD800..<0xDC00).contains(first), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u"), let second = hexUnit(bytes, index + 2),
            (0xDC00..<0xE000).contains(second)
        {
            index += 6
            return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10 | (second - 0xDC00))) ?? "\u{FFFD}"
        }
        return Unicode.Scalar(first) ?? "\u{FFFD}"
    }
}

extension JSONScanner {
    /// The text whose opening quote stands here.
    mutating func textToken() throws(JSONError) -> JSONText {
        let start = position + 1
        var index = start
        var hasEscapes = false
        while true {
            index = firstSpecial(from: index)
            guard index < bytes.count else {
                position = bytes.count
                throw error("")
            }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { break }
            guard byte == UInt8(ascii: "\\") else {
                position = index
                throw error("a control character stands in a text")
            }
            hasEscapes = true
            index = try escapeEnd(from: index)
        }
        position = index + 1
        let text = UnsafeBufferPointer(rebasing: bytes[start..<index])
        return JSONText(bytes: text, hasEscapes: hasEscapes, offset: start)
    }

    /// The next quote, backslash or control character, or the end. Eight bytes at a time.
    private func firstSpecial(from start: Int) -> Int {
        var index = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        if let base = UnsafeRawPointer(bytes.baseAddress) {
            while index + 8 <= bytes.count {
                let chunk = UInt64(littleEndian: (base + index).loadUnaligned(as: UInt64.self))
                let quotes = chunk ^ (ones &* 0x22)
                let slashes = chunk ^ (ones &* 0x5C)
                // A byte is zero where subtracting one borrows into its high bit; false hits come only above a true one.
                let hits =
                    ((quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes | (chunk &- ones &* 0x20) & ~chunk)
                    & highs
                if hits != 0 { return index + hits.trailingZeroBitCount / 8 }
                index += 8
            }
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return index }
            index += 1
        }
        return index
    }

    /// Where the escape that begins here ends.
    private mutating func escapeEnd(from start: Int) throws(JSONError) -> Int {
        guard start + 1 < bytes.count else {
            position = bytes.count
            throw error("")
        }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            if hexUnit(bytes, start + 2) != nil { return start + 6 }
            let digits = bytes[(start + 2)...].prefix(4)
            position = digits.count < 4 && !digits.contains(UInt8(ascii: "\"")) ? bytes.count : start
            throw error("`\\u` needs four hexadecimal digits")
        default:
            position = start
            throw error("this is no escape of JSON")
        }
    }
}

/// Four hexadecimal digits as a number.
private func hexUnit(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[start..<start + 4] {
        let digit: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
        default: return nil
        }
        value = value << 4 | UInt32(digit)
    }
    return value
}
