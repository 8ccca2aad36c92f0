import RBAC
import Syntax

/// How the rules around a place are written, so that a new one looks like them.
struct RuleStyle {
    /// How one list of a rule is written.
    struct List {
        /// `[a, b]` rather than a line with a dash for each.
        var isFlow: Bool
        /// In brackets: blanks inside them, and what stands between two entries on one line.
        var padding = ""
        var separator = ", "
        /// In brackets with a line for each entry: what indents the entries, and the closing bracket.
        var lineIndentation: (item: String, close: String)?
        /// With dashes: how much deeper they stand than the key.
        var dashOffset = 0
        var gap = " "
    }

    /// `{verbs: [get]}` rather than lines.
    var isFlow: Bool
    var padding = ""
    var separator = ", "
    /// In braces with a line for each key: what indents the keys, and the closing brace.
    var lineIndentation: (key: String, close: String)?
    var colon = ": "
    var keyOrder: [String]
    var lists: [String: List]
    var quoting: Quoting
    var neededQuoting: Quoting
    var keyQuoting: Quoting
    /// Whether lists are in the order of their bytes, as controller-gen writes them.
    var isSorted = false

    static let keys = ["apiGroups", "resources", "resourceNames", "nonResourceURLs", "verbs"]

    /// As controller-gen and most people write them.
    static let standard = RuleStyle(
        isFlow: false,
        keyOrder: keys,
        lists: ["": List(isFlow: false)],
        quoting: .plain,
        neededQuoting: .double,
        keyQuoting: .plain
    )

    /// `{"apiGroups": [""], …}` on one line.
    static func brackets(keyQuoting: Quoting) -> RuleStyle {
        RuleStyle(
            isFlow: true,
            keyOrder: keys,
            lists: ["": List(isFlow: true)],
            quoting: keyQuoting == .double ? .double : .plain,
            neededQuoting: .double,
            keyQuoting: keyQuoting
        )
    }

    /// The list style for a key: as that list of the example is written, else as another one of it.
    func list(_ key: String) -> List {
        lists[key] ?? ["resources", "verbs", "apiGroups", ""].lazy.compactMap { lists[$0] }.first
            ?? List(isFlow: isFlow)
    }

    /// The example's keys in its order; others where they usually stand among them.
    func order(of keys: [String]) -> [String] {
        var order = keyOrder.filter(keys.contains)
        for key in Self.keys where keys.contains(key) && !order.contains(key) {
            let before = Self.keys.prefix { $0 != key }.reversed().first(where: order.contains)
            if let before, let index = order.firstIndex(of: before) {
                order.insert(key, at: index + 1)
            } else {
                order.insert(key, at: 0)
            }
        }
        return order
    }
}

extension RuleStyle {
    /// The style of a rule that stands there; `nil` where it says too little.
    init?(_ rule: Node.Mapping, lines: TextLines) {
        let own = NodeOwnership.entries(of: rule).filter(\.isOwn).map(\.entry)
        guard let first = own.first else { return nil }
        let lists = own.compactMap { entry in
            entry.value.sequence.map { (key: entry.key.text, list: List($0, key: entry.key, lines: lines)) }
        }
        let scalars = own.flatMap { $0.value.sequence?.items.compactMap(\.scalar) ?? [] }
        keyQuoting = first.key.style == .doubleQuoted ? .double : first.key.style == .singleQuoted ? .single : .plain
        quoting = Quoting.habit(of: scalars) ?? (keyQuoting == .double ? .double : .plain)
        neededQuoting = keyQuoting == .double ? .double : Quoting.need(of: scalars)
        keyOrder = own.map(\.key.text)
        self.lists = Dictionary(lists.map { ($0.key, $0.list) }) { first, _ in first }
        isFlow = rule.isFlow
        colon = lines.colon(after: first.key, before: first.value) ?? ": "
        guard isFlow else { return }
        let opening = rule.range.start.offset + 1..<first.key.range.start.offset
        if lines.holdsBreak(opening) {
            let closing = rule.range.end.offset - 1
            lineIndentation = (lines.indentation(of: first.key.range.start.offset), lines.indentation(of: closing))
        } else {
            padding = lines.text(opening)
        }
        if own.count > 1 {
            separator = lines.separator(own[0].value.range.end.offset..<own[1].key.range.start.offset) ?? ", "
        }
    }
}

extension Node.Sequence {
    /// Whether the texts are in the order of their bytes by more than chance: `[get, list]` is also how a person begins.
    var isSorted: Bool {
        let texts = items.map { $0.scalar?.text ?? "" }
        let isByChance = isFlow && texts.allSatisfy(["get", "list", "watch"].contains)
        return texts.count > 1 && !isByChance
            && zip(texts, texts.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension RuleStyle.List {
    init(_ sequence: Node.Sequence, key: Node.Scalar, lines: TextLines) {
        isFlow = sequence.isFlow
        let own = NodeOwnership.items(of: sequence).filter(\.isOwn).map(\.item)
        guard let first = own.first else { return }
        let start = first.range.start.offset
        guard isFlow else {
            let prefix = lines.prefix(of: start)
            let column = prefix.prefix(while: TextLines.isBlank).count
            // A key may share its line with the dash of its rule.
            dashOffset = max(0, column - lines.prefix(of: key.range.start.offset).count)
            let after = prefix.dropFirst(column + 1)
            if !after.isEmpty, after.allSatisfy(TextLines.isBlank) { gap = String(decoding: after, as: UTF8.self) }
            return
        }
        let opening = sequence.range.start.offset + 1..<start
        if lines.holdsBreak(opening) {
            lineIndentation = (lines.indentation(of: start), lines.indentation(of: sequence.range.end.offset - 1))
        } else {
            padding = lines.text(opening)
        }
        if own.count > 1 {
            separator = lines.separator(own[0].range.end.offset..<own[1].range.start.offset) ?? ", "
        }
    }
}

extension TextLines {
    fileprivate func text(_ range: Range<Int>) -> String {
        range.allSatisfy { Self.isBlank(bytes[$0]) } ? String(decoding: bytes[range], as: UTF8.self) : ""
    }

    /// The blanks that start the line of an offset.
    func indentation(of offset: Int) -> String {
        String(decoding: prefix(of: offset).prefix(while: Self.isBlank), as: UTF8.self)
    }

    /// A comma with blanks behind it, on one line.
    fileprivate func separator(_ range: Range<Int>) -> String? {
        guard !range.isEmpty, bytes[range.lowerBound] == UInt8(ascii: ",") else { return nil }
        return range.dropFirst().allSatisfy { Self.isBlank(bytes[$0]) }
            ? String(decoding: bytes[range], as: UTF8.self) : nil
    }

    /// A colon with blanks behind it, where a list in brackets follows on the line.
    fileprivate func colon(after key: Node.Scalar, before value: Node) -> String? {
        guard value.sequence?.isFlow == true, value.range.start.offset > key.range.end.offset else { return nil }
        let gap = bytes[key.range.end.offset..<value.range.start.offset]
        guard gap.contains(UInt8(ascii: ":")), gap.allSatisfy({ $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: " ") })
        else { return nil }
        return String(decoding: gap, as: UTF8.self)
    }
}
