/// The target of an HTTP request as Go's HTTP server reads it, up to what authorization looks at.
///
/// Go: `net/url.ParseRequestURI`, which knows no fragment: `#` is an ordinary byte.
struct RequestURL {
    /// Percent escapes undone. Bytes, for an escape can hide anything.
    var path: [UInt8]
    /// After the first `?`, as sent.
    var query: ArraySlice<UInt8>

    /// - Throws: `RequestError.invalidURL` where the server would answer 400.
    init(_ target: some StringProtocol) throws(RequestError) {
        let bytes = Array(target.utf8)
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw .invalidURL("it holds a control character")
        }
        var rest = bytes[...]
        let hasScheme = Self.dropScheme(&rest)
        var pathBytes = rest
        var query = rest[rest.endIndex...]
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            pathBytes = rest[..<mark]
            query = rest[(mark + 1)...]
        }
        if hasScheme, pathBytes.starts(with: [UInt8(ascii: "/"), UInt8(ascii: "/")]) {
            let authority = pathBytes.dropFirst(2)
            pathBytes = authority[(authority.firstIndex(of: UInt8(ascii: "/")) ?? authority.endIndex)...]
        } else if let first = pathBytes.first, first != UInt8(ascii: "/"), Array(pathBytes) != [UInt8(ascii: "*")] {
            throw .invalidURL("it does not start with `/`")
        }
        guard let path = percentDecoded(pathBytes, plusIsSpace: false) else {
            throw .invalidURL("it holds a `%` that no two hexadecimal digits follow")
        }
        self.path = path
        self.query = query
    }

    /// Drops `https:` of an absolute URL; a client may have recorded one.
    private static func dropScheme(_ bytes: inout ArraySlice<UInt8>) -> Bool {
        for (offset, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if offset == 0 { return false }
            case UInt8(ascii: ":") where offset > 0:
                bytes = bytes.dropFirst(offset + 1)
                return true
            default:
                return false
            }
        }
        return false
    }
}

/// Undoes percent escapes; `nil` where one is broken. Go: `net/url.unescape`.
package func percentDecoded(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
        switch bytes[index] {
        case UInt8(ascii: "%"):
            guard bytes.endIndex - index > 2, let high = hexValue(bytes[index + 1]),
                let low = hexValue(bytes[index + 2])
            else { return nil }
            result.append(high << 4 | low)
            index += 3
        case UInt8(ascii: "+") where plusIsSpace:
            result.append(UInt8(ascii: " "))
            index += 1
        case let byte:
            result.append(byte)
            index += 1
        }
    }
    return result
}

private func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
