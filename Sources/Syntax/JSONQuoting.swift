/// A text as JSON writes it, in quotes.
package func jsonQuoted(_ text: String) -> String {
    text.utf8.allSatisfy(isPlainInJSON) ? "\"\(text)\"" : jsonQuoted(text, escaping: isActedUponInJSON)
}

/// Appends a text as `jsonQuoted` writes it.
package func appendJSONQuoted(_ text: String, to bytes: inout [UInt8]) {
    let isWritten = text.utf8.withContiguousStorageIfAvailable { content in
        guard content.allSatisfy(isPlainInJSON) else { return false }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: content)
        bytes.append(UInt8(ascii: "\""))
        return true
    }
    if isWritten != true { bytes.append(contentsOf: jsonQuoted(text).utf8) }
}

/// A text as JSON writes it, in quotes.
///
/// - Parameter isEscaped: which scalars are written as `\u…` beyond those that JSON asks for.
package func jsonQuoted(_ text: String, escaping isEscaped: (Unicode.Scalar) -> Bool) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\u{08}": result += "\\b"
        case "\u{0C}": result += "\\f"
        case _ where scalar.value < 0x20 || isEscaped(scalar):
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// Delete, the C1 controls and the line separators: escaped, a document stays in its lines wherever it is read, and a
/// terminal that shows it stays in order.
package func isActedUponInJSON(_ scalar: Unicode.Scalar) -> Bool {
    (0x7F...0x9F).contains(scalar.value) || scalar == "\u{2028}" || scalar == "\u{2029}"
}

/// Whether a byte is an ASCII character that JSON writes as it is.
package func isPlainInJSON(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
}
