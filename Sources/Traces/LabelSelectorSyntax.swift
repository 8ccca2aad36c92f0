/// Whether a text is a label selector. What it selects does not matter to RBAC; whether it parses does, since one that
/// does not makes the API server drop the whole query.
///
/// Kubernetes: `k8s.io/apimachinery/pkg/labels.Parse`.
struct LabelSelectorSyntax {
    private enum Token: Equatable {
        case word(String)
        case symbol(String)
    }

    private var tokens: ArraySlice<Token>

    static func isValid(_ text: String) -> Bool {
        var parser = LabelSelectorSyntax(tokens: tokens(of: text)[...])
        return parser.parse()
    }

    private mutating func parse() -> Bool {
        if tokens.isEmpty { return true }
        while true {
            guard requirement() else { return false }
            guard let token = tokens.popFirst() else { return true }
            // A selector must not end in a comma.
            guard token == .symbol(","), !tokens.isEmpty else { return false }
        }
    }

    private mutating func requirement() -> Bool {
        if tokens.first == .symbol("!") {
            tokens.removeFirst()
            guard case .word(let key)? = tokens.popFirst() else { return false }
            return Self.isKey(key) && (tokens.isEmpty || tokens.first == .symbol(","))
        }
        guard case .word(let key)? = tokens.popFirst(), Self.isKey(key) else { return false }
        guard let next = tokens.first, next != .symbol(",") else { return true }
        tokens.removeFirst()
        switch next {
        case .symbol("="), .symbol("=="), .symbol("!="):
            return Self.isValue(value())
        case .symbol(">"), .symbol("<"):
            return Int64(value()) != nil
        case .word("in"), .word("notin"):
            return set()
        default:
            return false
        }
    }

    /// An absent value is the empty one.
    private mutating func value() -> String {
        guard case .word(let text)? = tokens.first else { return "" }
        tokens.removeFirst()
        return text
    }

    private mutating func set() -> Bool {
        guard tokens.popFirst() == .symbol("(") else { return false }
        while let token = tokens.popFirst() {
            switch token {
            case .symbol(")"): return true
            case .symbol(","): continue
            case .word(let text):
                guard Self.isValue(text) else { return false }
            default: return false
            }
        }
        return false
    }

    private static func tokens(of text: String) -> [Token] {
        var tokens: [Token] = []
        var word = ""
        func flush() {
            if !word.isEmpty { tokens.append(.word(word)) }
            word = ""
        }
        for character in text {
            switch character {
            case " ", "\t", "\n", "\r", "\r\n": flush()
            case "(", ")", ",", "!", "<", ">":
                flush()
                tokens.append(.symbol(String(character)))
            case "=":
                flush()
                if let last = tokens.last, last == .symbol("=") || last == .symbol("!") {
                    tokens[tokens.count - 1] = .symbol(last == .symbol("=") ? "==" : "!=")
                } else {
                    tokens.append(.symbol("="))
                }
            default: word.append(character)
            }
        }
        flush()
        return tokens
    }

    /// A qualified name: an optional DNS subdomain and `/`, then a label.
    private static func isKey(_ key: String) -> Bool {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, parts.count <= 2, !name.isEmpty, isValue(String(name)) else { return false }
        guard parts.count == 2 else { return true }
        return !parts[0].isEmpty && parts[0].utf8.count <= 253
            && parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.utf8.allSatisfy { isLower($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
            }
    }

    /// At most 63 of letters, digits, `-_.`, with a letter or digit at both ends; or empty.
    private static func isValue(_ value: String) -> Bool {
        guard let first = value.utf8.first, let last = value.utf8.last else { return true }
        func isAlphanumeric(_ byte: UInt8) -> Bool { isLower(byte | 0x20) || isDigit(byte) }
        return value.utf8.count <= 63 && isAlphanumeric(first) && isAlphanumeric(last)
            && value.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
