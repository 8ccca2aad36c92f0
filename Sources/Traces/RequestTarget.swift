/// The path and the query of a request line, decoded as Go's `net/url` does it.
struct RequestTarget {
    var path: String
    var query: RequestQuery

    /// - Throws: `RequestInfo.Unresolvable` for a broken escape in the path; Go refuses such a request line.
    init(_ url: String) throws(RequestInfo.Unresolvable) {
        let text = Self.withoutServer(url)
        let pieces = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = percentDecoded(pieces.first ?? "", plusIsSpace: false) else {
            throw RequestInfo.Unresolvable(message: "the path `\(url.prefix(200))` holds a broken escape")
        }
        self.path = path
        query = RequestQuery(pieces.count > 1 ? pieces[1] : "")
    }

    /// A trace may hold whole URLs: `https://host:6443/api` is about `/api`.
    private static func withoutServer(_ url: String) -> Substring {
        for scheme in ["https://", "http://"] where url.hasPrefix(scheme) {
            let rest = url.dropFirst(scheme.count)
            return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        return url[...]
    }
}

/// Query parameters, in order. Kubernetes takes the first of several.
struct RequestQuery {
    private var pairs: [(key: String, value: String)] = []

    /// As Go's `url.ParseQuery`: a pair with a broken escape or a semicolon is dropped.
    init(_ text: Substring) {
        for pair in text.split(separator: "&") where !pair.contains(";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = percentDecoded(parts[0], plusIsSpace: true),
                let value = percentDecoded(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { continue }
            pairs.append((key, value))
        }
    }

    func first(_ key: String) -> String? { pairs.first { $0.key == key }?.value }
}

/// `%XX` decoded, and `+` where it stands for a space; `nil` where an escape is broken.
func percentDecoded(_ text: Substring, plusIsSpace: Bool) -> String? {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        switch byte {
        case UInt8(ascii: "%"):
            guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
        default: bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

private func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
