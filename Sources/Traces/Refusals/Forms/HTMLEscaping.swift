// How names stand in an authorizer's refusal. Kubernetes: the `sanitizer` of `responsewriters/errors.go`.

/// With `&`, `<` and `>` replaced.
func htmlEscaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") })
    else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// What `htmlEscaped` was given.
func htmlUnescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var result = ""
    var rest = text.unicodeScalars[...]
    while let scalar = rest.first {
        let escape = htmlEscapes.first { rest.starts(with: $0.text.unicodeScalars) }
        result.unicodeScalars.append(escape?.scalar ?? scalar)
        rest = rest.dropFirst(escape?.text.unicodeScalars.count ?? 1)
    }
    return result
}

private let htmlEscapes: [(text: String, scalar: Unicode.Scalar)] = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")]
