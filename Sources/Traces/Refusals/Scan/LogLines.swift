/// The lines of a window over a log, in bytes; what a terminal or a pager added to them can be taken off.
struct LogLines {
    let bytes: UnsafeBufferPointer<UInt8>

    /// No line is looked at further from a place than this, so that one endless line costs no more than many short ones.
    static let reachBefore = 1 << 15
    static let reachAfter = 1 << 16

    /// The line around a place, without its line break.
    ///
    /// - Parameter known: a line that was asked for before; it is as good where the place stands in it.
    func line(around place: Int, _ known: Range<Int>) -> Range<Int> {
        let isKnown = known.contains(place) && known.upperBound <= bytes.count
        let reachesOn = known.upperBound - place > Self.reachAfter / 2 || isEnd(known.upperBound)
        return isKnown && reachesOn ? known : line(around: place)
    }

    private func isEnd(_ place: Int) -> Bool { place >= bytes.count || bytes[place] == newline }

    /// The line around a place, without its line break.
    func line(around place: Int) -> Range<Int> {
        var start = place
        let first = max(0, place - Self.reachBefore)
        while start > first, bytes[start - 1] != newline { start -= 1 }
        return start..<end(from: place)
    }

    private func end(from place: Int) -> Int {
        let last = min(bytes.count, place + Self.reachAfter)
        var end = place
        while end < last, bytes[end] != newline { end += 1 }
        return end
    }

    /// The lines around one: at most so many before and after it, and none that no terminal is wide enough for.
    func neighbours(of line: Range<Int>, before: Int, after: Int) -> [Range<Int>] {
        var lines = [line]
        while lines.count <= before, lines[0].lowerBound > 0, bytes[lines[0].lowerBound - 1] == newline {
            let next = self.line(around: lines[0].lowerBound - 1)
            guard next.count <= Self.widest else { break }
            lines.insert(next, at: 0)
        }
        let count = lines.count + after
        while lines.count < count, let last = lines.last, last.upperBound + 1 < bytes.count,
            bytes[last.upperBound] == newline
        {
            let next = last.upperBound + 1..<end(from: last.upperBound + 1)
            guard next.count <= Self.widest else { break }
            lines.append(next)
        }
        return lines
    }

    /// The longest line that a wrapped message goes on in.
    private static let widest = 1 << 12

    /// The bytes of a line, without what colours it and without what soft breaks are marked by.
    func plain(_ line: Range<Int>) -> [UInt8] { withoutEscapeSequences(bytes[line]) }
}

private let newline = UInt8(ascii: "\n")

/// Without the escape sequences that colour a terminal, and without other control characters that would be mistaken for marks.
func withoutEscapeSequences(_ bytes: some Collection<UInt8>) -> [UInt8] {
    guard bytes.contains(where: { $0 == 0x1B || $0 == FormReader.softBreak }) else { return Array(bytes) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.popFirst() {
        switch byte {
        case 0x1B:
            if rest.first == UInt8(ascii: "[") {
                rest = rest.dropFirst().drop { !(0x40...0x7E).contains($0) }.dropFirst()
            } else {
                rest = rest.dropFirst()
            }
        case FormReader.softBreak: continue
        default: result.append(byte)
        }
    }
    return result
}

/// Lines as one text, a soft break between each two: frames, indentation, time stamps and `kubectl logs` prefixes taken off.
func joined(_ lines: [[UInt8]]) -> [UInt8] {
    var result: [UInt8] = []
    for (index, line) in lines.enumerated() {
        var line = withoutFrame(line[...])
        // Double-quoted YAML escapes the break of a line, and the space that the next line begins with.
        if line.starts(with: "\\ ".utf8), result.last == UInt8(ascii: "\\") {
            result.removeLast()
            line = line.dropFirst()
        }
        // Also behind an empty line: the breaks number the lines.
        if index > 0 { result.append(FormReader.softBreak) }
        result += line
    }
    return result
}

/// Takes off what stands at both ends of a line that was drawn into a box, quoted or commented out.
func withoutFrame(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line
    var length = -1
    while line.count != length {
        length = line.count
        line = line.drop { $0 <= UInt8(ascii: " ") || "|#>".utf8.contains($0) }
        line = withoutClosingBar(line)
        for bar in bars where line.starts(with: bar) { line = line.dropFirst(bar.count) }
        if line.starts(with: "[pod/".utf8), let close = line.firstIndex(of: UInt8(ascii: "]")) {
            line = line[(close + 1)...]
        }
        line = withoutTimestamp(line)
    }
    return line
}

/// Without the spaces and the bar that close a line of a box.
func withoutClosingBar(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line
    while let last = line.last, last <= UInt8(ascii: " ") || last == UInt8(ascii: "|") { line = line.dropLast() }
    // All of the bars end in a byte of this range; most lines do not.
    guard let last = line.last, last >= 0x80, let bar = bars.first(where: { line.suffix($0.count).elementsEqual($0) })
    else {
        return line
    }
    return withoutClosingBar(line.dropLast(bar.count))
}

private let bars = ["│", "┃", "║"].map { Array($0.utf8) }

/// Without `2024-03-13T15:41:16.899136935Z ` at its front.
private func withoutTimestamp(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let word = line.prefix { $0 > UInt8(ascii: " ") }
    guard word.count >= 20, word.count < 40, word.dropFirst(4).first == UInt8(ascii: "-"),
        word.dropFirst(10).first == UInt8(ascii: "T"), word.first.map({ (0x30...0x39).contains($0) }) == true
    else { return line }
    return line[word.endIndex...]
}
