/// A text as JSON writes it, in quotes.
///
/// - Parameter isEscaped: which scalars are written as `\u…` beyond those that JSON asks for.
package func jsonQuoted(
    _ text: String,
    escaping isEscaped: (Unicode.Scalar) -> Bool = isActedUponInJSON
) -> String {
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
