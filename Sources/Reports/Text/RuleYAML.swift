import RBAC

/// A rule as a role's `rules:` would hold it.
enum RuleYAML {
    /// Lists stand in brackets where they fit, else an entry a line, as controller-gen writes them.
    ///
    /// - Parameter width: columns that a line may take.
    static func lines(_ rule: PolicyRule, width: Int) -> [String] {
        let lists = [
            ("apiGroups", rule.apiGroups), ("resources", rule.resources), ("resourceNames", rule.resourceNames),
            ("nonResourceURLs", rule.nonResourceURLs), ("verbs", rule.verbs),
        ]
        var lines: [String] = []
        for (key, entries) in lists where !entries.isEmpty || key == "verbs" {
            let indent = lines.isEmpty ? "- " : "  "
            let scalars = entries.map(scalar)
            let inline = "\(indent)\(key): [\(scalars.joined(separator: ", "))]"
            if displayWidth(inline) <= width {
                lines.append(inline)
            } else {
                lines.append("\(indent)\(key):")
                lines += scalars.map { "  - \($0)" }
            }
        }
        return lines
    }

    /// All of it on one line.
    static func flow(_ rule: PolicyRule) -> String {
        let lines = lines(rule, width: .max).map { $0.dropFirst(2) }
        return "{\(lines.joined(separator: ", "))}"
    }

    /// An entry a line, as controller-gen writes rules.
    static func blockLines(_ rule: PolicyRule) -> [String] { lines(rule, width: 0) }

    /// A string as YAML 1.1 reads it back: plain where nothing could be mistaken, else in double quotes.
    static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        // Whatever starts otherwise than with a letter could be a number, a date or a list.
        guard isPlain, text.first?.isLetter == true || text.hasPrefix("/"), !isKeyword(text) else {
            return quoted(text)
        }
        return text
    }

    /// The words that YAML 1.1 takes for truth values and null.
    private static func isKeyword(_ text: String) -> Bool {
        ["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(text.lowercased())
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.isActedUpon: result += escape(scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// `\xNN`, `\uNNNN` or `\UNNNNNNNN`, as YAML spells a scalar that cannot be printed.
    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        let (letter, length) = value <= 0xFF ? ("x", 2) : value <= 0xFFFF ? ("u", 4) : ("U", 8)
        return "\\\(letter)" + String(repeating: "0", count: length - digits.utf8.count) + digits
    }
}
