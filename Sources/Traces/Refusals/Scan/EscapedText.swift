/// A part of a line that was escaped as a whole, such as the value of a JSON member, and how often.
///
/// Loggers put an error into quotes and escape what stands in it, once or several times over. How often tells the number of
/// backslashes before a quote: none, 1, 3, 7. A message is read with all of that undone, and ends where its quotes end.
struct EscapedText {
    /// Where the part stands in the line.
    var range: Range<Int>
    /// How often it was escaped.
    var depth: Int

    /// The part of `line` around `place`.
    init(in line: UnsafeBufferPointer<UInt8>, around place: Int) {
        depth = Self.depth(in: line, around: place)
        range = 0..<line.count
        guard depth > 0 else { return }
        let wanted = depth
        let isOuter = { (index: Int) in
            line[index] == quote && Self.depth(ofQuoteAt: index, in: line) < wanted
        }
        let start = stride(from: place - 1, through: 0, by: -1).first(where: isOuter).map { $0 + 1 } ?? 0
        let end = (place..<line.count).first(where: isOuter) ?? line.count
        // The backslashes of the closing quote are not part of the text.
        let backslashes = line[start..<end].reversed().prefix { $0 == backslash }.count
        range = start..<(end < line.count ? max(start, end - backslashes) : end)
    }

    /// How often the text around a place was escaped, by the quotes next to it: those of the message itself, or those around it.
    static func depth(in line: UnsafeBufferPointer<UInt8>, around place: Int) -> Int {
        let before = nearestQuote(in: line, reach(before: place)).map { depth(ofQuoteAt: $0, in: line) }
        let after = nearestQuote(in: line, reach(after: place, in: line.count)).map { depth(ofQuoteAt: $0, in: line) }
        return max(before ?? 0, after ?? 0)
    }

    /// The bytes of the part as they were before they were escaped.
    func decoded(from line: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes = Array(line[range])
        for _ in 0..<depth { bytes = goUnquotedBytes(bytes[...]) }
        return bytes
    }

    /// How often the text around a quote was escaped.
    ///
    /// Each time, the backslashes before a quote are doubled and one is added; those of the text itself are an even number.
    private static func depth(ofQuoteAt index: Int, in line: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        var place = index - 1
        while place >= 0, line[place] == backslash || line[place] == FormReader.softBreak {
            if line[place] == backslash { count += 1 }
            place -= 1
        }
        return min(6, (~count).trailingZeroBitCount)
    }

    private static func nearestQuote(in line: UnsafeBufferPointer<UInt8>, _ places: some Sequence<Int>) -> Int? {
        for place in places {
            if line[place] == quote { return place }
            if line[place] == newline { return nil }
        }
        return nil
    }

    private static func reach(before place: Int) -> StrideThrough<Int> {
        stride(from: place - 1, through: max(0, place - 400), by: -1)
    }

    private static func reach(after place: Int, in count: Int) -> Range<Int> { place..<min(count, place + 400) }
}

private let quote = UInt8(ascii: "\"")
private let newline = UInt8(ascii: "\n")
private let backslash = UInt8(ascii: "\\")
