/// Text in quotes as Go's `%q` prints it, which is how names stand in the messages of Kubernetes.
///
/// Kubernetes: `strconv.Quote`. Printable characters stay; quotes and backslashes are escaped, the rest becomes one of
/// `\a \b \f \n \r \t \v`, `\x7f`, `\u00a0`, `\U000e0001`.
package func goQuoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        default:
            if isPrintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += escape(scalar)
            }
        }
    }
    return result + "\""
}

/// A list as Go's `%q` prints it: `["get" "list"]`.
package func goQuoted(_ list: [String]) -> String {
    "[" + list.map { goQuoted($0) }.joined(separator: " ") + "]"
}

/// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols, and of the spaces only the ASCII one.
private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7f }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator, .paragraphSeparator:
        return false
    default:
        return true
    }
}

private func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x07: "\\a"
    case 0x08: "\\b"
    case 0x09: "\\t"
    case 0x0a: "\\n"
    case 0x0b: "\\v"
    case 0x0c: "\\f"
    case 0x0d: "\\r"
    case ..<0x80: "\\x" + hexadecimal(scalar.value, digits: 2)
    case ..<0x10000: "\\u" + hexadecimal(scalar.value, digits: 4)
    default: "\\U" + hexadecimal(scalar.value, digits: 8)
    }
}

private func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
