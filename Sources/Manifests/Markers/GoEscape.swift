/// The escapes of a text in double quotes. Go: `strconv.UnquoteChar`.
enum GoEscape {
    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
        UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09, UInt8(ascii: "v"): 0x0B,
        UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "\""): UInt8(ascii: "\""),
    ]

    /// Takes one escape, of which the backslash was taken before, and gives what it stands for; `nil` for none of Go's.
    static func bytes(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let kind = rest.first else { return nil }
        if (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(kind) {
            return number(&rest, digits: 3, radix: 8).flatMap { UInt8(exactly: $0) }.map { [$0] }
        }
        rest = rest.dropFirst()
        if let byte = simple[kind] { return [byte] }
        switch kind {
        case UInt8(ascii: "x"): return number(&rest, digits: 2, radix: 16).flatMap { UInt8(exactly: $0) }.map { [$0] }
        case UInt8(ascii: "u"): return scalar(number(&rest, digits: 4, radix: 16))
        case UInt8(ascii: "U"): return scalar(number(&rest, digits: 8, radix: 16))
        default: return nil
        }
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int, radix: Int) -> UInt32? {
        let text = rest.prefix(digits)
        // A sign would be read as part of a number.
        guard text.count == digits, text.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        rest = rest.dropFirst(digits)
        return UInt32(String(decoding: text, as: UTF8.self), radix: radix)
    }

    private static func scalar(_ number: UInt32?) -> [UInt8]? {
        number.flatMap(Unicode.Scalar.init).map { Array(String(Character($0)).utf8) }
    }
}
