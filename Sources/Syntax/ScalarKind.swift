extension Node.Scalar {
    /// What a scalar stands for in YAML 1.1 as Kubernetes reads it.
    package enum Kind: String, Sendable {
        case string, boolean, number, null
    }

    /// Quoted and block texts are strings, whatever they say; an explicit tag decides before the spelling does.
    ///
    /// `sigs.k8s.io/yaml`, which follows `resolve` of go-yaml v2: `y`, `on` and their like are booleans, a timestamp is a
    /// string, and base 60 (`12:30`) is one too. In JSON only the quotes decide, and the spellings are YAML's as well.
    package var kind: Kind {
        switch tag {
        case "": return style == .plain ? Self.plainKind(text) : .string
        case "!!int", "!!float", "!!bool", "!!null": return Self.plainKind(text)
        default: return .string
        }
    }

    private static func plainKind(_ text: String) -> Kind {
        var copy = text
        return copy.withUTF8 { bytes in
            guard let first = bytes.first else { return .null }
            switch first {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                return NumberSpelling.isNumber(bytes) ? .number : .string
            default:
                // None of the words is longer, and most texts are.
                return bytes.count > 5 ? .string : words[text] ?? .string
            }
        }
    }

    private static let words: [String: Kind] = [
        "y": .boolean, "Y": .boolean, "yes": .boolean, "Yes": .boolean, "YES": .boolean,
        "true": .boolean, "True": .boolean, "TRUE": .boolean, "on": .boolean, "On": .boolean, "ON": .boolean,
        "n": .boolean, "N": .boolean, "no": .boolean, "No": .boolean, "NO": .boolean,
        "false": .boolean, "False": .boolean, "FALSE": .boolean, "off": .boolean, "Off": .boolean, "OFF": .boolean,
        "null": .null, "Null": .null, "NULL": .null, "~": .null,
    ]
}

/// The spellings of numbers in go-yaml v2: Go's integers with a base prefix, decimal floats, infinities; `_` anywhere
/// but at the start.
private enum NumberSpelling {
    static func isNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if isInfinityOrNaN(bytes) { return true }
        // A number that starts with its point is left as it is written, underscores included.
        if bytes.first == UInt8(ascii: ".") { return isDecimal(Array(bytes)) }
        let plain = bytes.filter { $0 != UInt8(ascii: "_") }
        return isPrefixed(plain) || isDecimal(plain)
    }

    private static func isInfinityOrNaN(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let sign: Set<UInt8> = [UInt8(ascii: "+"), UInt8(ascii: "-")]
        let hasSign = bytes.first.map(sign.contains) ?? false
        switch String(decoding: bytes.dropFirst(hasSign ? 1 : 0), as: UTF8.self) {
        case ".inf", ".Inf", ".INF": return true
        case ".nan", ".NaN", ".NAN": return !hasSign
        default: return false
        }
    }

    /// `0x1F`, `0b11`, `0o17`, with a sign or without. (A leading 0 alone means base 8, but its digits are decimal ones,
    /// and `08` is a float.)
    private static func isPrefixed(_ bytes: [UInt8]) -> Bool {
        var digits = bytes[...]
        if digits.first == UInt8(ascii: "+") || digits.first == UInt8(ascii: "-") { digits.removeFirst() }
        guard digits.count > 2, digits.first == UInt8(ascii: "0") else { return false }
        let letter = digits[digits.startIndex + 1] | 0x20
        let radixes: [UInt8: Int] = [UInt8(ascii: "x"): 16, UInt8(ascii: "b"): 2, UInt8(ascii: "o"): 8]
        guard let radix = radixes[letter] else { return false }
        // `0x+1` is no number, though `UInt64` would take its sign.
        guard digits.dropFirst(2).allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return false }
        return UInt64(String(decoding: digits.dropFirst(2), as: UTF8.self), radix: radix) != nil
    }

    /// go-yaml's `yamlStyleFloat`: digits with at most one point, and an exponent.
    private static func isDecimal(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        func isSign(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") }
        func takeDigits() -> Int {
            let before = rest.count
            rest = rest.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return before - rest.count
        }
        if isSign(rest.first) { rest.removeFirst() }
        var digits = takeDigits()
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            digits += takeDigits()
        }
        guard digits > 0 else { return false }
        guard let exponent = rest.first else { return true }
        guard exponent | 0x20 == UInt8(ascii: "e") else { return false }
        rest.removeFirst()
        if isSign(rest.first) { rest.removeFirst() }
        return takeDigits() > 0 && rest.isEmpty
    }
}
