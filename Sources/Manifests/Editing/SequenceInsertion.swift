import Syntax

/// Puts items into a list in the style that it has.
struct SequenceInsertion {
    let lines: TextLines
    let sequence: Node.Sequence
    /// What stands between two items on one line, where the list does not say.
    var usualSeparator = ", "

    private var bytes: [UInt8] { lines.bytes }
    private var items: [(item: Node, isOwn: Bool)] { NodeOwnership.items(of: sequence) }

    /// The last item that stands in the list itself.
    var lastOwn: Int? { items.lastIndex(where: \.isOwn) }

    /// Puts items behind an own one, each a line of its own where the items there are.
    ///
    /// - Parameter texts: one item each, without its dash and without the indentation of its first line.
    func after(_ index: Int, _ texts: [[UInt8]]) throws(NotEditable) -> [TextEdit] {
        sequence.isFlow ? try flow(after: index, texts) : try block(after: index, texts)
    }

    /// Puts items before the first, which must be an own one; `nil` where a comment stands above it.
    func first(_ texts: [[UInt8]]) throws(NotEditable) -> [TextEdit]? {
        guard let item = items.first, item.isOwn else { throw NotEditable.unusualLayout }
        let start = item.item.range.start.offset
        guard sequence.isFlow else {
            let indentation = try dashPrefix(of: item.item)
            let line = lines.start(of: start)
            guard line > 0, hasNoComment(above: line) else { return nil }
            let lineBreak = lines.lineBreak(at: lines.end(of: start))
            return [.insert(texts.flatMap { indentation + $0 + lineBreak }, at: line)]
        }
        let opening = sequence.range.start.offset..<start
        guard !lines.holdsComment(opening) else { return nil }
        guard lines.holdsBreak(opening) else { return [.insert(texts.flatMap { $0 + separator }, at: start)] }
        let indentation = Array(lines.prefix(of: start))
        let lineBreak = lines.lineBreak(at: lines.end(of: start))
        return [.insert(texts.flatMap { $0 + [UInt8(ascii: ",")] + lineBreak + indentation }, at: start)]
    }

    /// Whether the line above a line is no comment.
    private func hasNoComment(above line: Int) -> Bool {
        let above = lines.prefix(of: line - 1).drop(while: TextLines.isBlank)
        return above.first != UInt8(ascii: "#")
    }

    // MARK: - Dashes

    private func block(after index: Int, _ texts: [[UInt8]]) throws(NotEditable) -> [TextEdit] {
        let item = items[index].item
        let prefix = try dashPrefix(of: item)
        let place = try endOfItem(item, dashColumn: prefix.prefix(while: TextLines.isBlank).count)
        let lineBreak = lines.lineBreak(at: place)
        return [.insert(texts.flatMap { lineBreak + prefix + $0 }, at: place)]
    }

    /// Indentation, dash and gap of an item that stands on the line of its dash.
    func dashPrefix(of item: Node) throws(NotEditable) -> [UInt8] {
        let prefix = Array(lines.prefix(of: item.range.start.offset))
        let rest = prefix.drop(while: TextLines.isBlank)
        guard rest.first == UInt8(ascii: "-"), rest.dropFirst().allSatisfy(TextLines.isBlank), rest.count > 1 else {
            throw NotEditable.unusualLayout
        }
        return prefix
    }

    /// The end of the last line that belongs to an item: comments behind it and deeper than its dash are its own.
    func endOfItem(_ item: Node, dashColumn: Int) throws(NotEditable) -> Int {
        var end = item.range.end.offset
        guard lines.isRestEmpty(from: end) else { throw NotEditable.unusualLayout }
        end = lines.end(of: end)
        while let next = lines.next(afterEnd: end) {
            let line = bytes[next..<lines.end(of: next)]
            let indentation = line.prefix(while: TextLines.isBlank).count
            guard indentation > dashColumn, line.dropFirst(indentation).first == UInt8(ascii: "#") else { break }
            end = lines.end(of: next)
        }
        return end
    }

    // MARK: - Brackets

    private func flow(after index: Int, _ texts: [[UInt8]]) throws(NotEditable) -> [TextEdit] {
        let item = items[index].item
        let end = item.range.end.offset
        let before = index == 0 ? sequence.range.start.offset : items[index - 1].item.range.end.offset
        let hasOwnLine =
            before <= item.range.start.offset && lines.holdsBreak(before..<item.range.start.offset)
            && lines.prefix(of: item.range.start.offset).allSatisfy(TextLines.isBlank)
        let comma = UInt8(ascii: ",")
        var rest = bytes[end..<lines.end(of: end)].drop(while: TextLines.isBlank)
        let hasComma = rest.first == comma
        if hasComma { rest = rest.dropFirst().drop(while: TextLines.isBlank) }
        let isLast = index == items.count - 1
        guard hasOwnLine, rest.isEmpty || rest.first == UInt8(ascii: "#"), hasComma || isLast else {
            return [.insert(texts.flatMap { separator + $0 }, at: end)]
        }
        let indentation = Array(lines.prefix(of: item.range.start.offset))
        let place = lines.end(of: end)
        let lineBreak = lines.lineBreak(at: place)
        var added: [UInt8] = []
        for (position, text) in texts.enumerated() {
            added += lineBreak + indentation + text
            if hasComma || position < texts.count - 1 { added.append(comma) }
        }
        let insertion = TextEdit.insert(added, at: place)
        return hasComma ? [insertion] : [.insert([comma], at: end), insertion]
    }

    /// What stands between two items on one line: `, ` or `,`.
    private var separator: [UInt8] {
        for index in items.indices.dropFirst() where items[index].isOwn && items[index - 1].isOwn {
            let gap = bytes[items[index - 1].item.range.end.offset..<items[index].item.range.start.offset]
            if gap.first == UInt8(ascii: ","), gap.dropFirst().allSatisfy({ $0 == UInt8(ascii: " ") }) {
                return Array(gap)
            }
        }
        return Array(usualSeparator.utf8)
    }
}

/// Why a place of a file is not edited.
package struct NotEditable: Error, Hashable, Sendable {
    package init(reason: String) { self.reason = reason }

    /// A clause: lower case, no final period.
    package var reason: String

    static let unusualLayout = NotEditable(reason: "its layout is not one that can be added to safely")
    static let shared = NotEditable(reason: "an anchor shares it with another place, which would change, too")
}
