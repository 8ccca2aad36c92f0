/// A notice and where it stands in the text that was searched.
struct LocatedNotice {
    var notice: Notice
    var range: Range<Int>
}

/// A text in which notices are searched: a line, or a part of one that was escaped as a whole, as it was before.
struct NoticeText {
    let bytes: ArraySlice<UInt8>
    let lookup: ResourceLookup

    /// - Parameter bytes: get a soft break at their end, so that a sentence that ends there is known to be cut off.
    init(_ bytes: [UInt8], lookup: ResourceLookup) {
        self.bytes = (bytes + [FormReader.softBreak])[...]
        self.lookup = lookup
    }

    func text(_ range: Range<Int>) -> String {
        let kept = bytes[range.clamped(to: bytes.indices)]
        let spaced = kept.map { $0 == FormReader.softBreak ? UInt8(ascii: " ") : $0 }
        return String(decoding: spaced, as: UTF8.self)
    }

    /// So far around a place a message is looked at. Longer ones are cut: what else stands in a line of any length is none of
    /// its words, and is not read again for each of them.
    static let reach = 1 << 13

    /// What follows a place.
    func following(_ index: Int) -> String { text(index..<min(bytes.endIndex, max(index, index + Self.reach))) }

    /// What stands around a place: in any usual line, all of it.
    func surroundings(of place: Range<Int>) -> Range<Int> {
        max(bytes.startIndex, place.lowerBound - Self.reach)..<min(bytes.endIndex, place.upperBound + Self.reach)
    }

    func starts(_ text: String, at index: Int) -> Int? {
        var reader = FormReader(bytes, at: index)
        return reader.take(text) == .complete ? reader.index : nil
    }

    /// Whether a stretch is the template of a message, in source code or documentation: `%v`, `<name>`.
    func isTemplate(_ range: Range<Int>) -> Bool {
        let text = text(range)
        if ["%v", "%s", "%q", "%#v"].contains(where: text.contains) { return true }
        return text.split(separator: "<").dropFirst().contains { part in
            let word = part.prefix { $0.isLetter || $0 == "-" || $0 == "_" }
            return !word.isEmpty && word != "nil" && part.dropFirst(word.count).first == ">"
        }
    }

    /// Whether nothing but spaces and punctuation of a logger is left from `index` on.
    func isEnd(_ index: Int) -> Bool {
        bytes[max(bytes.startIndex, index)...].allSatisfy { isGap($0) || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
    }
}
