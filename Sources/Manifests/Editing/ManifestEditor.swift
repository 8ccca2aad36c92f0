package import RBAC
package import Syntax

/// Works out what bytes of a manifest change when a rule is extended or added, and no others.
///
/// Places are given as the ranges of roles and rules that were read from the same text. What an anchor shares with another
/// place is never changed.
package struct ManifestEditor {
    private let lines: TextLines
    private let ownership: NodeOwnership

    /// - Throws: `InputError` where the text is no YAML.
    package init(_ bytes: [UInt8], file: String) throws(InputError) {
        lines = TextLines(bytes: bytes)
        ownership = NodeOwnership(try YAMLParser.documents(bytes, file: file))
    }

    /// Adds entries to the lists of a rule; every list that gets one must have one already.
    ///
    /// - Throws: `NotEditable` where the rule or one of those lists is an alias or shared, or is laid out in a way that is
    ///   not understood.
    package func extend(rule range: SourceRange, adding: PolicyRule) throws(NotEditable) -> [TextEdit] {
        guard let rule = ownership.mapping(at: range) else { throw NotEditable.shared }
        var edits: [TextEdit] = []
        for (key, entries) in Self.lists(of: adding) where !entries.isEmpty {
            guard let list = ownership.ownEntry(key, of: rule)?.value.sequence, !list.items.isEmpty else {
                throw NotEditable.shared
            }
            edits += try extend(list, by: entries, of: rule)
        }
        return edits
    }

    /// Adds rules to a role: behind a rule of it, or behind the last.
    ///
    /// - Throws: `NotEditable` where the role or its rules are an alias or shared, or are laid out in a way that is not
    ///   understood.
    package func add(
        _ rules: [PolicyRule],
        toRole range: SourceRange,
        after neighbour: SourceRange?
    ) throws(NotEditable) -> [TextEdit] {
        guard let role = ownership.mapping(at: range) else { throw NotEditable.shared }
        guard role["rules"] != nil else { return try addRulesKey(rules, to: role) }
        guard let entry = ownership.ownEntry("rules", of: role) else { throw NotEditable.shared }
        guard let sequence = entry.value.sequence, !sequence.items.isEmpty else {
            return try fill(entry, of: role, with: rules)
        }
        return try add(rules, to: sequence, after: neighbour)
    }

    /// Writes entries of a rule's list in place of one, each quoted as that one is.
    ///
    /// - Throws: `NotEditable` where the list is shared, or does not hold the entry.
    package func replace(
        _ old: String,
        by new: [String],
        in list: RuleList,
        ofRule range: SourceRange
    ) throws(NotEditable) -> [TextEdit] {
        guard let rule = ownership.mapping(at: range),
            let sequence = ownership.ownEntry(list.rawValue, of: rule)?.value.sequence
        else { throw NotEditable.shared }
        let items = NodeOwnership.items(of: sequence)
        guard let first = new.first,
            let index = items.firstIndex(where: { $0.isOwn && $0.item.scalar?.text == old }),
            let scalar = items[index].item.scalar, scalar.anchor == nil, scalar.tag.isEmpty
        else { throw NotEditable.shared }
        let style = RuleStyle(rule, lines: lines)
        var edits = [replacement(of: scalar, by: first)]
        if new.count > 1 {
            let insertion = SequenceInsertion(
                lines: lines,
                sequence: sequence,
                usualSeparator: style?.separator ?? ", "
            )
            edits += try insertion.after(index, new.dropFirst().map { quoted($0, in: sequence, style) })
        }
        return edits
    }

    /// The text in place of a scalar, quoted as that one is where that was a choice.
    private func replacement(of scalar: Node.Scalar, by text: String) -> TextEdit {
        let quoting: Quoting =
            switch scalar.style {
            case .doubleQuoted where !Quoting.isPlain(scalar.text) && Quoting.isPlain(text) && !isJSON(scalar): .plain
            case .doubleQuoted: .double
            case .singleQuoted: Quoting.isPlain(scalar.text) || !Quoting.isPlain(text) ? .single : .plain
            default: .plain
            }
        let range = scalar.range.start.offset..<scalar.range.end.offset
        return TextEdit(range, Array(quoting.scalar(text).utf8))
    }

    /// Whether the file is JSON as far as it can be told: what starts with a bracket quotes everything.
    private func isJSON(_ scalar: Node.Scalar) -> Bool {
        lines.bytes.first { $0 > 0x20 && $0 < 0x80 } == UInt8(ascii: "{")
    }

    /// Sets texts of a mapping: those of keys that are there in place, others behind the last.
    ///
    /// - Parameters:
    ///   - fields: in the order in which new ones are written; an empty text stands for a key that is not wanted.
    ///   - key: of the mapping at `range`, where the mapping meant is its value.
    /// - Throws: `NotEditable` where the mapping is shared, or holds a key that is not wanted.
    package func set(
        _ fields: [(key: String, text: String)],
        of range: SourceRange,
        under key: String? = nil
    ) throws(NotEditable) -> [TextEdit] {
        guard var mapping = ownership.mapping(at: range) else { throw NotEditable.shared }
        if let key {
            guard let inner = ownership.ownEntry(key, of: mapping)?.value.mapping else { throw NotEditable.shared }
            mapping = inner
        }
        var edits: [TextEdit] = []
        for (key, text) in fields {
            if let entry = mapping.entries.first(where: { $0.key.text == key }) {
                guard let scalar = ownership.ownEntry(key, of: mapping)?.value.scalar, scalar.anchor == nil,
                    !text.isEmpty
                else { throw NotEditable.shared }
                if entry.value.scalar?.text != text { edits.append(replacement(of: scalar, by: text)) }
            } else if !text.isEmpty {
                edits += try append(key, text, to: mapping)
            }
        }
        return edits
    }

    private func append(_ key: String, _ text: String, to mapping: Node.Mapping) throws(NotEditable) -> [TextEdit] {
        guard mapping.anchor == nil, let last = NodeOwnership.entries(of: mapping).last(where: \.isOwn)?.entry else {
            throw NotEditable.shared
        }
        let keyText = last.key.style == .doubleQuoted ? "\"\(key)\"" : key
        let quoting = last.value.scalar.flatMap { Quoting.habit(of: [$0]) } ?? .plain
        let field = Array("\(keyText): \(quoting.scalar(text))".utf8)
        let end = last.value.range.end.offset
        guard !mapping.isFlow else { return [.insert(Array(", ".utf8) + field, at: end)] }
        guard lines.isRestEmpty(from: end) else { throw NotEditable.unusualLayout }
        let place = lines.end(of: end)
        let indentation = [UInt8](repeating: 0x20, count: lines.prefix(of: last.key.range.start.offset).count)
        return [.insert(lines.lineBreak(at: place) + indentation + field, at: place)]
    }

    /// Adds a subject to a binding, written as the last one is.
    package func addSubject(
        _ fields: [(key: String, text: String)],
        toBinding range: SourceRange
    ) throws(NotEditable) -> [TextEdit] {
        guard let binding = ownership.mapping(at: range),
            let sequence = ownership.ownEntry("subjects", of: binding)?.value.sequence
        else { throw NotEditable.shared }
        let insertion = SequenceInsertion(lines: lines, sequence: sequence)
        guard let index = insertion.lastOwn, let model = sequence.items[index].mapping,
            let key = model.entries.first?.key
        else { throw NotEditable.unusualLayout }
        let isQuoted = key.style == .doubleQuoted
        let quoting: Quoting = isQuoted ? .double : .plain
        let parts = fields.filter { !$0.text.isEmpty }.map { field in
            "\(isQuoted ? "\"\(field.key)\"" : field.key): \(quoting.scalar(field.text))"
        }
        if model.isFlow { return try insertion.after(index, [Array("{\(parts.joined(separator: ", "))}".utf8)]) }
        let prefix = try insertion.dashPrefix(of: sequence.items[index])
        let lineBreak = String(decoding: lines.lineBreak(at: lines.end(of: model.range.start.offset)), as: UTF8.self)
        let indentation = String(repeating: " ", count: prefix.count)
        return try insertion.after(index, [Array(parts.joined(separator: lineBreak + indentation).utf8)])
    }

    private static func lists(of rule: PolicyRule) -> [(key: String, entries: [String])] {
        [
            ("apiGroups", rule.apiGroups), ("resources", rule.resources), ("resourceNames", rule.resourceNames),
            ("nonResourceURLs", rule.nonResourceURLs), ("verbs", rule.verbs),
        ]
    }

    // MARK: - Entries

    /// Sorted lists stay sorted; to others the entries are appended.
    private func extend(
        _ list: Node.Sequence,
        by entries: [String],
        of rule: Node.Mapping
    ) throws(NotEditable) -> [TextEdit] {
        let style = RuleStyle(rule, lines: lines)
        let insertion = SequenceInsertion(lines: lines, sequence: list, usualSeparator: style?.separator ?? ", ")
        guard let last = insertion.lastOwn else { throw NotEditable.shared }
        let texts = list.items.map { $0.scalar?.text ?? "" }
        let isSorted = list.isSorted && NodeOwnership.items(of: list).allSatisfy(\.isOwn)
        var groups: [Int: [String]] = [:]
        for entry in entries {
            let place = isSorted ? (texts.lastIndex { Self.precedes($0, entry) } ?? -1) : last
            groups[place, default: []].append(entry)
        }
        var edits: [TextEdit] = []
        for (place, entries) in groups.sorted(by: { $0.key < $1.key }) {
            let sorted = isSorted ? entries.sorted(by: Self.precedes) : entries
            let texts = sorted.map { quoted($0, in: list, style) }
            if place < 0, let first = try insertion.first(texts) {
                edits += first
            } else {
                edits += try insertion.after(place < 0 ? last : place, texts)
            }
        }
        return edits
    }

    private static func precedes(_ first: String, _ second: String) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }

    /// The entry quoted as its neighbours are, else as the rest of the rule is.
    private func quoted(_ text: String, in list: Node.Sequence, _ style: RuleStyle?) -> [UInt8] {
        let neighbours = list.items.compactMap(\.scalar)
        let quoting =
            Quoting.isPlain(text)
            ? Quoting.habit(of: neighbours) ?? style?.quoting ?? .plain
            : style?.neededQuoting ?? .double
        return Array(quoting.scalar(text).utf8)
    }

    // MARK: - Rules

    private func add(
        _ rules: [PolicyRule],
        to sequence: Node.Sequence,
        after neighbour: SourceRange?
    ) throws(NotEditable) -> [TextEdit] {
        var insertion = SequenceInsertion(lines: lines, sequence: sequence)
        let items = NodeOwnership.items(of: sequence)
        let index = neighbour.flatMap { range in items.firstIndex { $0.isOwn && $0.item.range == range } }
        guard let place = index ?? insertion.lastOwn, let model = items[place].item.mapping else {
            throw NotEditable.shared
        }
        var style = RuleStyle(model, lines: lines) ?? .standard
        let lists = items.flatMap { $0.item.mapping?.entries.compactMap(\.value.sequence) ?? [] }.filter {
            $0.items.count > 1
        }
        style.isSorted = !lists.isEmpty && lists.allSatisfy(\.isSorted)
        if sequence.isFlow {
            insertion.usualSeparator = style.separator
            let text = RuleText(style: style, lineBreak: lineBreak(near: model))
            return try insertion.after(place, rules.map { Array(text.item($0, indentation: "").utf8) })
        }
        return try addLines(rules, behind: place, of: insertion, style: style)
    }

    private func lineBreak(near node: Node.Mapping) -> String {
        String(decoding: lines.lineBreak(at: lines.end(of: node.range.start.offset)), as: UTF8.self)
    }

    /// Rules as items with a dash; blank lines stand between them where they do between the others.
    private func addLines(
        _ rules: [PolicyRule],
        behind place: Int,
        of insertion: SequenceInsertion,
        style: RuleStyle
    ) throws(NotEditable) -> [TextEdit] {
        let items = NodeOwnership.items(of: insertion.sequence)
        let prefix = try insertion.dashPrefix(of: items[place].item)
        let column = prefix.prefix(while: TextLines.isBlank).count
        let end = try insertion.endOfItem(items[place].item, dashColumn: column)
        let lineBreak = lines.lineBreak(at: end)
        let text = RuleText(style: style, lineBreak: String(decoding: lineBreak, as: UTF8.self))
        let indentation =
            String(decoding: prefix.prefix(column), as: UTF8.self)
            + String(repeating: " ", count: prefix.count - column)
        let blank = isBlankLineBetweenRules(around: place, items, insertion) ? lineBreak : []
        let added = rules.flatMap { blank + lineBreak + prefix + Array(text.item($0, indentation: indentation).utf8) }
        return [.insert(added, at: end)]
    }

    private func isBlankLineBetweenRules(
        around place: Int,
        _ items: [(item: Node, isOwn: Bool)],
        _ insertion: SequenceInsertion
    ) -> Bool {
        let first = place + 1 < items.count ? place : place - 1
        guard first >= 0, items[first].isOwn, items[first + 1].isOwn else { return false }
        let gap = items[first].item.range.end.offset..<items[first + 1].item.range.start.offset
        return lines.holdsBlankLine(gap)
    }

    // MARK: - A role without rules

    /// Writes rules where `rules` is empty: `[]`, `null` or nothing.
    private func fill(
        _ entry: Node.Entry,
        of role: Node.Mapping,
        with rules: [PolicyRule]
    ) throws(NotEditable) -> [TextEdit] {
        let value = entry.value.range.start.offset..<entry.value.range.end.offset
        guard !role.isFlow else {
            let text = bracketed(rules, like: entry.key)
            guard value.isEmpty else { return [TextEdit(value, text)] }
            return [.insert([UInt8(ascii: " ")] + text, at: value.upperBound)]
        }
        guard entry.value.anchor == nil, !lines.holdsBreak(value), lines.isRestEmpty(from: value.upperBound) else {
            throw NotEditable.unusualLayout
        }
        // From behind the colon, so that no blank is left at the end of the line.
        let gap = lines.bytes[entry.key.range.end.offset..<value.lowerBound]
        guard let colon = gap.firstIndex(of: UInt8(ascii: ":")),
            !gap.contains(where: TextLines.isBreak) || value.isEmpty
        else { throw NotEditable.unusualLayout }
        let line = lines.end(of: entry.key.range.end.offset)
        let cut = value.isEmpty || value.lowerBound > line ? [] : [TextEdit(colon + 1..<value.upperBound, [])]
        return cut + [
            .insert(block(rules, under: entry.key.range.start.offset, lineBreak: lines.lineBreak(at: line)), at: line)
        ]
    }

    private func addRulesKey(_ rules: [PolicyRule], to role: Node.Mapping) throws(NotEditable) -> [TextEdit] {
        guard role.anchor == nil else { throw NotEditable.shared }
        guard let first = role.entries.first, let last = NodeOwnership.entries(of: role).last(where: \.isOwn)?.entry
        else { throw NotEditable.unusualLayout }
        guard !role.isFlow else {
            let key = first.key.style == .doubleQuoted ? "\"rules\"" : "rules"
            let between = lines.bytes[last.key.range.start.offset - 1]
            let ownLine =
                TextLines.isBlank(between)
                && lines.prefix(of: last.key.range.start.offset).allSatisfy(TextLines.isBlank)
            let lead: [UInt8] =
                ownLine
                ? [UInt8(ascii: ",")] + lines.lineBreak(at: lines.end(of: last.key.range.start.offset))
                    + Array(lines.prefix(of: last.key.range.start.offset))
                : Array(", ".utf8)
            return [
                .insert(
                    lead + Array("\(key): ".utf8) + bracketed(rules, like: first.key),
                    at: last.value.range.end.offset
                )
            ]
        }
        let end = role.range.end.offset
        guard lines.isRestEmpty(from: end) else { throw NotEditable.unusualLayout }
        let place = lines.end(of: end)
        let lineBreak = lines.lineBreak(at: place)
        let column = lines.prefix(of: first.key.range.start.offset).count
        let indentation = [UInt8](repeating: UInt8(ascii: " "), count: column)
        let text = block(rules, under: first.key.range.start.offset, lineBreak: lineBreak)
        return [.insert(lineBreak + indentation + Array("rules:".utf8) + text, at: place)]
    }

    private func bracketed(_ rules: [PolicyRule], like key: Node.Scalar) -> [UInt8] {
        let style = RuleStyle.brackets(keyQuoting: key.style == .doubleQuoted ? .double : .plain)
        let text = RuleText(style: style, lineBreak: "")
        return Array("[\(rules.map { text.item($0, indentation: "") }.joined(separator: ", "))]".utf8)
    }

    /// Rules with dashes under a key that starts at an offset, each on a new line.
    private func block(_ rules: [PolicyRule], under key: Int, lineBreak: [UInt8]) -> [UInt8] {
        let indentation = String(repeating: " ", count: lines.prefix(of: key).count)
        let text = RuleText(style: .standard, lineBreak: String(decoding: lineBreak, as: UTF8.self))
        return rules.flatMap { rule in
            lineBreak + Array("\(indentation)- \(text.item(rule, indentation: indentation + "  "))".utf8)
        }
    }
}

extension TextLines {
    /// Whether a whole line within the range is blank.
    func holdsBlankLine(_ range: Range<Int>) -> Bool {
        var end = self.end(of: range.lowerBound)
        while let next = self.next(afterEnd: end), next < range.upperBound {
            end = self.end(of: next)
            if end < range.upperBound, bytes[next..<end].allSatisfy(Self.isBlank) { return true }
        }
        return false
    }
}
