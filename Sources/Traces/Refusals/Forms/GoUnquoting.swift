/// The text that Go's `%q` wrote between its quotes.
func goUnquoted(_ bytes: ArraySlice<UInt8>) -> String {
    guard bytes.contains(where: { $0 == UInt8(ascii: "\\") || $0 == FormReader.softBreak }) else {
        return String(decoding: bytes, as: UTF8.self)
    }
    return String(decoding: goUnquotedBytes(bytes.filter { $0 != FormReader.softBreak }[...]), as: UTF8.self)
}

/// The bytes that Go's `%q` or JSON wrote between quotes. What is no escape stays as it is.
///
/// Go: `strconv.Unquote`, `encoding/json`.
func goUnquotedBytes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var rest = bytes
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "\\"), var kind = rest.popFirst() else {
            result.append(byte)
            continue
        }
        // A line may have been wrapped within an escape.
        if kind == FormReader.softBreak, let next = rest.popFirst() {
            result.append(kind)
            kind = next
        }
        switch kind {
        case UInt8(ascii: "a"): result.append(0x07)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "v"): result.append(0x0B)
        case UInt8(ascii: "x"): result += takeNumber(&rest, digits: 2).map { [UInt8($0)] } ?? [byte, kind]
        case UInt8(ascii: "u"): result += takeScalar(&rest, digits: 4) ?? [byte, kind]
        case UInt8(ascii: "U"): result += takeScalar(&rest, digits: 8) ?? [byte, kind]
        default: result.append(kind)
        }
    }
    return result
}

/// The bytes of a scalar in hexadecimal digits, or of two that JSON needs for one; takes nothing where these are not there.
private func takeScalar(_ rest: inout ArraySlice<UInt8>, digits: Int) -> [UInt8]? {
    var after = rest
    guard var value = takeNumber(&after, digits: digits) else { return nil }
    if digits == 4, value & 0xFC00 == 0xD800, after.starts(with: "\\u".utf8) {
        after = after.dropFirst(2)
        guard let low = takeNumber(&after, digits: 4), low & 0xFC00 == 0xDC00 else { return nil }
        value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
    }
    guard let scalar = Unicode.Scalar(value) else { return nil }
    rest = after
    return Array(String(Character(scalar)).utf8)
}

private func takeNumber(_ rest: inout ArraySlice<UInt8>, digits: Int) -> UInt32? {
    let text = String(decoding: rest.prefix(digits), as: UTF8.self)
    guard text.utf8.count == digits, text.utf8.first != UInt8(ascii: "+"), let value = UInt32(text, radix: 16) else {
        return nil
    }
    rest = rest.dropFirst(digits)
    return value
}
