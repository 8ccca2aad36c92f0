/// A field selector: terms that must all hold. Kubernetes: `k8s.io/apimachinery/pkg/fields.ParseSelector`.
struct FieldSelector {
    private struct Term {
        var field: String
        var value: String
        var isNegated: Bool
    }

    private var terms: [Term] = []

    /// `nil` where the server cannot parse it.
    init?(_ text: String) {
        // Sorted by bytes before anything else, so of two demands on one field the smaller text is the first.
        let parts = Self.split(text).sorted { $0.lexicographicallyPrecedes($1) }
        for part in parts where !part.isEmpty {
            guard let term = Self.term(part) else { return nil }
            terms.append(term)
        }
    }

    /// The value that the selector demands of a field, if it demands one.
    func exactValue(of field: String) -> String? {
        terms.first { $0.field == field && !$0.isNegated }?.value
    }

    /// At commas that no backslash escapes.
    private static func split(_ text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        var isEscaped = false
        for (index, byte) in bytes.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: ",") {
                parts.append(bytes[start..<index])
                start = index + 1
            }
        }
        parts.append(bytes[start...])
        return parts
    }

    /// The first operator splits a term, whatever stands before it.
    private static func term(_ part: ArraySlice<UInt8>) -> Term? {
        for index in part.indices {
            let rest = part[index...]
            let (length, isNegated): (Int, Bool)
            if rest.starts(with: Array("!=".utf8)) {
                (length, isNegated) = (2, true)
            } else if rest.starts(with: Array("==".utf8)) {
                (length, isNegated) = (2, false)
            } else if rest.first == UInt8(ascii: "=") {
                (length, isNegated) = (1, false)
            } else {
                continue
            }
            guard let value = unescaped(rest.dropFirst(length)) else { return nil }
            let field = String(decoding: part[..<index], as: UTF8.self)
            return Term(field: field, value: value, isNegated: isNegated)
        }
        return nil
    }

    /// `\\`, `\,` and `\=` stand for their second byte; bare commas and equals signs are no value.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        var isEscaped = false
        for byte in bytes {
            let isSpecial = byte == UInt8(ascii: "\\") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "=")
            if isEscaped {
                guard isSpecial else { return nil }
                result.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if isSpecial {
                return nil
            } else {
                result.append(byte)
            }
        }
        return isEscaped ? nil : String(decoding: result, as: UTF8.self)
    }
}
