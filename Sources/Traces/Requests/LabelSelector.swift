/// Whether the API server can parse a label selector. What it selects has no bearing here, but one that cannot be parsed
/// makes the server read no list options at all.
///
/// Kubernetes: `k8s.io/apimachinery/pkg/labels.Parse`.
struct LabelSelector {
    private enum Token: Equatable {
        case word(String)
        case comma, open, close, not
        /// `=`, `==`, `!=`
        case equality
        /// `<`, `>`
        case comparison
        case end
    }

    private var tokens: ArraySlice<Token>

    static func isValid(_ text: String) -> Bool {
        var parser = LabelSelector(tokens: lex(text)[...])
        return parser.parse()
    }

    private var next: Token { tokens.first ?? .end }

    private mutating func take() -> Token {
        tokens.popFirst() ?? .end
    }

    private mutating func parse() -> Bool {
        if next == .end { return true }
        while true {
            guard parseRequirement() else { return false }
            switch take() {
            case .end: return true
            case .comma: continue
            default: return false
            }
        }
    }

    /// `!KEY`, `KEY`, `KEY op VALUE` or `KEY in (VALUES)`.
    private mutating func parseRequirement() -> Bool {
        let isNegated = next == .not
        if isNegated { _ = take() }
        guard case .word(let key) = take(), Self.isKey(key) else { return false }
        if isNegated || next == .end || next == .comma { return true }
        switch take() {
        case .equality: return parseValue().map(Self.isValue) ?? false
        case .comparison: return parseValue().map { isGoInteger($0) && Self.isValue($0) } ?? false
        case .word("in"), .word("notin"): return parseSet()
        default: return false
        }
    }

    /// Missing is empty.
    private mutating func parseValue() -> String? {
        if next == .end || next == .comma { return "" }
        guard case .word(let value) = take() else { return nil }
        return value
    }

    /// `(a,b)`; values may be missing around commas, and altogether.
    private mutating func parseSet() -> Bool {
        guard take() == .open else { return false }
        var expectsValue = true
        while true {
            switch take() {
            case .word(let value):
                guard expectsValue, Self.isValue(value) else { return false }
                expectsValue = false
            case .comma:
                expectsValue = true
            case .close:
                return true
            default:
                return false
            }
        }
    }

    private static func lex(_ text: String) -> [Token] {
        let bytes = Array(text.utf8)
        var tokens: [Token] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isBlank(byte) {
                index += 1
                continue
            }
            // The server's lexer takes a NUL for the end, but swallows one that ends a token.
            if byte == 0 { break }
            if let (token, length) = symbol(bytes[index...]) {
                tokens.append(token)
                index += length
            } else {
                let end = bytes[index...].firstIndex { $0 == 0 || isBlank($0) || isSymbol($0) } ?? bytes.count
                tokens.append(.word(String(decoding: bytes[index..<end], as: UTF8.self)))
                index = end
            }
            if index < bytes.count, bytes[index] == 0 { index += 1 }
        }
        return tokens
    }

    private static func symbol(_ bytes: ArraySlice<UInt8>) -> (Token, Int)? {
        let isFollowedByEquals = bytes.dropFirst().first == UInt8(ascii: "=")
        switch bytes.first {
        case UInt8(ascii: "="): return (.equality, isFollowedByEquals ? 2 : 1)
        case UInt8(ascii: "!"): return isFollowedByEquals ? (.equality, 2) : (.not, 1)
        case UInt8(ascii: "<"), UInt8(ascii: ">"): return (.comparison, 1)
        case UInt8(ascii: "("): return (.open, 1)
        case UInt8(ascii: ")"): return (.close, 1)
        case UInt8(ascii: ","): return (.comma, 1)
        default: return nil
        }
    }

    private static func isSymbol(_ byte: UInt8) -> Bool { symbol([byte]) != nil }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }

    /// `[PREFIX/]NAME`, the prefix a DNS subdomain. Kubernetes: `content.IsLabelKey`.
    private static func isKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, parts.count <= 2, !name.isEmpty, isValue(name) else { return false }
        return parts.count == 1 || isSubdomain(parts[0])
    }

    /// At most 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last. Kubernetes: `content.IsLabelValue`.
    private static func isValue(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last else { return true }
        return bytes.count <= 63 && isAlphanumeric(first) && isAlphanumeric(last)
            && bytes.allSatisfy {
                isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// Kubernetes: `content.IsDNS1123Subdomain`.
    private static func isSubdomain(_ text: Substring) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            func isLower(_ byte: UInt8) -> Bool {
                isAlphanumeric(byte) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            }
            return isLower(first) && isLower(last)
                && label.utf8.allSatisfy { isLower($0) || $0 == UInt8(ascii: "-") }
        }
    }
}
