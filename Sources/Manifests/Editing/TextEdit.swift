/// A change of a text: the bytes of a range give way to others.
package struct TextEdit: Hashable, Sendable {
    /// Offsets into the bytes before any change.
    package var range: Range<Int>
    package var replacement: [UInt8]

    package init(_ range: Range<Int>, _ replacement: [UInt8]) {
        self.range = range
        self.replacement = replacement
    }

    static func insert(_ text: [UInt8], at offset: Int) -> TextEdit { TextEdit(offset..<offset, text) }
}

extension [TextEdit] {
    /// The bytes with all changes made. Insertions at one place stay in the order given.
    ///
    /// - Precondition: no two ranges overlap.
    package func applied(to bytes: [UInt8]) -> [UInt8] {
        let ordered = enumerated().sorted {
            ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + reduce(0) { $0 + $1.replacement.count })
        var position = 0
        for (_, edit) in ordered {
            result += bytes[position..<Swift.max(position, edit.range.lowerBound)]
            result += edit.replacement
            position = Swift.max(position, edit.range.upperBound)
        }
        return result + bytes[position...]
    }
}

/// The lines of a text as bytes, with their own line breaks.
struct TextLines {
    let bytes: [UInt8]

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    static func isBreak(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }
    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// Where the line of an offset starts; a byte order mark belongs to no line.
    func start(of offset: Int) -> Int {
        var start = offset
        while start > 0, !Self.isBreak(bytes[start - 1]) { start -= 1 }
        return start == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Swift.min(3, offset) : start
    }

    /// Where the line of an offset ends, its break left out.
    func end(of offset: Int) -> Int {
        var end = offset
        while end < bytes.count, !Self.isBreak(bytes[end]) { end += 1 }
        return end
    }

    /// Where the line after one that ends here starts; `nil` at the end of the text.
    func next(afterEnd end: Int) -> Int? {
        guard end < bytes.count else { return nil }
        return end + lineBreak(at: end).count
    }

    /// The line break that a text of this kind has: the one at `end`, else the first of the text, else LF.
    func lineBreak(at end: Int) -> [UInt8] {
        guard end < bytes.count else {
            return bytes.firstIndex(where: Self.isBreak).map { lineBreak(at: $0) } ?? [Self.lineFeed]
        }
        let isPair = bytes[end] == Self.carriageReturn && end + 1 < bytes.count && bytes[end + 1] == Self.lineFeed
        return isPair ? [Self.carriageReturn, Self.lineFeed] : [bytes[end]]
    }

    /// What stands before an offset on its line.
    func prefix(of offset: Int) -> ArraySlice<UInt8> { bytes[start(of: offset)..<offset] }

    /// Whether only blanks and a comment follow on the line.
    func isRestEmpty(from offset: Int) -> Bool {
        let rest = bytes[offset..<end(of: offset)].drop(while: Self.isBlank)
        return rest.isEmpty || rest.first == UInt8(ascii: "#")
    }

    func holdsBreak(_ range: Range<Int>) -> Bool { bytes[range].contains(where: Self.isBreak) }
    func holdsComment(_ range: Range<Int>) -> Bool { bytes[range].contains(UInt8(ascii: "#")) }
}
