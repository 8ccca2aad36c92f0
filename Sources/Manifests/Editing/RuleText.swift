import RBAC

/// Writes a rule in a style.
struct RuleText {
    let style: RuleStyle
    let lineBreak: String

    /// The rule as an item of a list, without the dash and without the indentation of the first line.
    ///
    /// - Parameter indentation: of the lines behind the first, where the rule is written with lines.
    func item(_ rule: PolicyRule, indentation: String) -> String {
        let lists = Self.lists(of: rule)
        let parts = style.order(of: lists.map(\.key)).map { key in
            let entries = lists.first { $0.key == key }?.entries ?? []
            return field(key, entries, indentation: indentation)
        }
        guard style.isFlow else { return parts.joined(separator: lineBreak + indentation) }
        guard let lines = style.lineIndentation else {
            return "{\(style.padding)\(parts.joined(separator: style.separator))\(style.padding)}"
        }
        let fields = parts.map { lineBreak + lines.key + $0 }.joined(separator: ",")
        return "{\(fields)\(lineBreak)\(lines.close)}"
    }

    private static func lists(of rule: PolicyRule) -> [(key: String, entries: [String])] {
        [
            ("apiGroups", rule.apiGroups), ("resources", rule.resources), ("resourceNames", rule.resourceNames),
            ("nonResourceURLs", rule.nonResourceURLs), ("verbs", rule.verbs),
        ].filter { !$0.1.isEmpty }
    }

    private func field(_ key: String, _ entries: [String], indentation: String) -> String {
        let list = style.list(key)
        let name = style.keyQuoting == .plain ? key : style.keyQuoting.scalar(key)
        let ordered = style.isSorted ? entries.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : entries
        let texts = ordered.map(scalar)
        if !list.isFlow, !style.isFlow {
            let dash = lineBreak + indentation + String(repeating: " ", count: list.dashOffset) + "-" + list.gap
            return name + ":" + texts.map { dash + $0 }.joined()
        }
        guard let lines = list.lineIndentation else {
            return "\(name)\(style.colon)[\(list.padding)\(texts.joined(separator: list.separator))\(list.padding)]"
        }
        let items = texts.map { lineBreak + lines.item + $0 }.joined(separator: ",")
        return "\(name)\(style.colon)[\(items)\(lineBreak)\(lines.close)]"
    }

    private func scalar(_ text: String) -> String {
        Quoting.isPlain(text) ? style.quoting.scalar(text) : style.neededQuoting.scalar(text)
    }
}
