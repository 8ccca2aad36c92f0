import Syntax

/// How texts are quoted in some place of a file.
enum Quoting: Hashable {
    case plain, single, double

    /// The text as a scalar that YAML 1.1 reads back as that text; quoted in any case where it has to be.
    func scalar(_ text: String) -> String {
        switch self {
        case .plain where Self.isPlain(text): text
        case .single where text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }):
            "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
        default: Self.doubleQuoted(text)
        }
    }

    /// How most of these scalars are quoted that need not be; `nil` where all of them have to be.
    static func habit(of scalars: [Node.Scalar]) -> Quoting? {
        let free = scalars.filter { isPlain($0.text) }
        guard !free.isEmpty else { return nil }
        if free.allSatisfy({ $0.style == .doubleQuoted }) { return .double }
        return free.allSatisfy { $0.style == .singleQuoted } ? .single : .plain
    }

    /// How a text is quoted that has to be, by the example of others (`'*'` or `"*"`).
    static func need(of scalars: [Node.Scalar]) -> Quoting {
        scalars.first { !isPlain($0.text) }?.style == .singleQuoted ? .single : .double
    }

    /// Whether the text may stand without quotes in block and flow style alike.
    static func isPlain(_ text: String) -> Bool {
        let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"]
        return text.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "/" } ?? false
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                        || "./-_".unicodeScalars.contains(scalar))
            }
            && !words.contains(text.lowercased())
    }

    private static func doubleQuoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                // The only escape of a control character that JSON reads, too.
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
