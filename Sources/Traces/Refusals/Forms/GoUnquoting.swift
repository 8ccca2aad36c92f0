/// The text that Go's `%q` wrote between its quotes. What is no escape stays as it is; soft breaks fall away.
///
/// Go: `strconv.Unquote`.
func goUnquoted(_ bytes: ArraySlice<UInt8>) -> String {
    guard bytes.contains(where: { $0 == UInt8(ascii: "\\") || $0 == FormReader.softBreak }) else {
        return String(decoding: bytes, as: UTF8.self)
    }
    var result: [UInt8] = []
    var rest = bytes.filter { $0 != FormReader.softBreak }[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
            result.append(byte)
            continue
        }
        switch kind {
        case UInt8(ascii: "a"): result.append(0x07)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "v"): result.append(0x0B)
        case UInt8(ascii: "x"): result += takeScalar(&rest, digits: 2, isByte: true) ?? [byte, kind]
        case UInt8(ascii: "u"): result += takeScalar(&rest, digits: 4) ?? [byte, kind]
        case UInt8(ascii: "U"): result += takeScalar(&rest, digits: 8) ?? [byte, kind]
        default: result.append(kind)
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// The bytes of a scalar in hexadecimal digits; takes nothing where these are not there.
private func takeScalar(_ rest: inout ArraySlice<UInt8>, digits: Int, isByte: Bool = false) -> [UInt8]? {
    let text = String(decoding: rest.prefix(digits), as: UTF8.self)
    guard text.utf8.count == digits, let value = UInt32(text, radix: 16) else { return nil }
    if isByte {
        rest = rest.dropFirst(digits)
        return [UInt8(value)]
    }
    guard let scalar = Unicode.Scalar(value) else { return nil }
    rest = rest.dropFirst(digits)
    return Array(String(Character(scalar)).utf8)
}
