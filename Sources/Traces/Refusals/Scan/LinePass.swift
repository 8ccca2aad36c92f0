/// One pass over a window of a log: from trigger to trigger, each line that holds one looked at once for every depth of escaping.
struct LinePass {
    /// What one window hands on to the next.
    struct State {
        /// For each depth of escaping, up to where texts were looked at.
        var examined = [Int](repeating: 0, count: 8)
        var remembered = RememberedTexts()

        mutating func move(by offset: Int) {
            for depth in examined.indices { examined[depth] = max(0, examined[depth] - offset) }
        }

        /// Nothing before this place is looked at again.
        mutating func pass(to end: Int) { examined = examined.map { max($0, end) } }
    }

    let window: LogLines
    let lookup: ResourceLookup
    let name: String
    var state: State
    /// The number of the line at `counted`.
    private var line: Int
    private var counted = 0
    /// The line that was looked at last.
    private var current = 0..<0

    init(window: LogLines, lookup: ResourceLookup, firstLine: Int, name: String, state: State = State()) {
        self.window = window
        self.lookup = lookup
        self.name = name
        self.state = state
        line = firstLine
    }

    /// Looks at every trigger that begins in the range.
    mutating func scan(from start: Int, to end: Int, into log: inout NoticeLog) {
        var from = start
        while let hit = NoticeAnchor.triggers.first(in: window.bytes, from: from), hit < end {
            from = hit + 1
            look(at: hit, &log)
        }
    }

    /// The number of the line at a place that is no earlier than those asked for before.
    mutating func lineNumber(at place: Int) -> Int {
        if place < counted {
            return line - window.bytes[place..<counted].count { $0 == UInt8(ascii: "\n") }
        }
        line += countNewlines(window.bytes, counted..<place)
        counted = place
        return line
    }

    private mutating func look(at hit: Int, _ log: inout NoticeLog) {
        guard hit >= state.examined[EscapedText.depth(in: window.bytes, around: hit)] else { return }
        current = window.line(around: hit, current)
        let range = current
        let raw = UnsafeBufferPointer(rebasing: window.bytes[range])
        let place = hit - range.lowerBound
        let part = EscapedText(in: raw, around: place)
        state.examined[part.depth] = range.lowerBound + max(part.range.upperBound, place + 1)
        let isWholeLine = part.range.lowerBound == 0
        let number = lineNumber(at: range.lowerBound)
        state.remembered.take(raw[part.range], depth: part.depth, isWholeLine: isWholeLine)
        if let places = state.remembered.places {
            for place in places { log.addAgain(place, line: number) }
        } else {
            read(part, of: raw, at: hit, number, &log)
        }
    }

    /// Reads a part of a line that was not seen before.
    private mutating func read(
        _ part: EscapedText,
        of raw: UnsafeBufferPointer<UInt8>,
        at hit: Int,
        _ number: Int,
        _ log: inout NoticeLog
    ) {
        let range = current
        let decoded = withoutEscapeSequences(part.decoded(from: raw))
        let text = NoticeText(Array(withoutClosingBar(decoded[...])), lookup: lookup)
        var found = text.notices()
        var message = found.map { text.text($0.range) }
        var number = number
        let isWholeLine = part.range.lowerBound == 0
        let isBroken = isBroken(found, text, isWholeLine: isWholeLine)
        if isBroken, let whole = acrossLines(hit, range) {
            found.removeAll { $0.notice.isPart || isWholeLine && isNear($0) && whole.firstLine < 0 }
            message = found.map { text.text($0.range) } + whole.messages
            found += whole.notices
            number += whole.firstLine
        }
        let window = window
        let entry = NoticeLog.Line(number: number, name: name) { String(decoding: window.plain(range), as: UTF8.self) }
        let places = zip(found, message).map { log.add($0.notice, $1, on: entry) }
        let known = places.compactMap(\.self)
        if !isBroken, known.count == places.count { state.remembered.remember(known) }
    }

    // MARK: - Wrapped lines

    /// Whether a message may go on in a neighbouring line.
    private func isBroken(_ found: [LocatedNotice], _ text: NoticeText, isWholeLine: Bool) -> Bool {
        if found.contains(where: \.notice.isPart) { return true }
        guard found.isEmpty || isWholeLine && found.contains(where: isNear) else { return false }
        let words = text.text(text.bytes.indices)
        return ["orbidden", "ser \"", "cannot", "API group", "denied", "(groups="].contains { words.contains($0) }
    }

    /// Whether a message starts so near to the beginning of its line that it may have begun on the line before.
    private func isNear(_ located: LocatedNotice) -> Bool { located.range.lowerBound < Self.margin }

    static let margin = 16

    private struct Spanning {
        var notices: [LocatedNotice] = []
        var messages: [String] = []
        /// Where the first of them begins, counted from the line that was looked at.
        var firstLine = 0
    }

    /// What can be read around a place only where its line is taken together with its neighbours.
    private mutating func acrossLines(_ hit: Int, _ range: Range<Int>) -> Spanning? {
        let lines = window.neighbours(of: range, before: 3, after: 12)
        guard let own = lines.firstIndex(of: range), lines.count > 1 else { return nil }
        let bytes = joined(lines.map(window.plain))
        let breaks = bytes.indices.filter { bytes[$0] == FormReader.softBreak }
        let start = own == 0 ? 0 : breaks[own - 1] + 1
        return bytes.withUnsafeBufferPointer { buffer in
            let place = NoticeAnchor.triggers.first(in: buffer, from: start) ?? start
            let part = EscapedText(in: buffer, around: place)
            let text = NoticeText(part.decoded(from: buffer), lookup: lookup)
            let before = buffer[..<part.range.lowerBound].count { $0 == FormReader.softBreak }
            return spanning(text, firstLine: before, own: own, lines)
        }
    }

    /// The notices of a text of several lines that no line holds alone: those that begin or end on the own one, and what
    /// follows them on the line where they end.
    private mutating func spanning(_ text: NoticeText, firstLine: Int, own: Int, _ lines: [Range<Int>]) -> Spanning? {
        var result = Spanning()
        var reach = own
        for located in text.notices() where located.notice.source != .fragment {
            let first = firstLine + text.breaks(in: 0..<located.range.lowerBound)
            let last = min(
                first + text.breaks(in: located.range.lowerBound..<located.range.upperBound),
                lines.count - 1
            )
            let isSpanning = last > first && last >= own || first > own
            guard isSpanning, first <= reach, lines[first].lowerBound >= passed,
                !lines[first...last].contains(where: { stands(located.notice, on: $0) })
            else { continue }
            if result.notices.isEmpty { result.firstLine = first - own }
            result.notices.append(located)
            result.messages.append(text.text(located.range))
            reach = max(reach, last)
        }
        guard !result.notices.isEmpty else { return nil }
        state.pass(to: lines[reach].upperBound)
        return result
    }

    /// Whether a line alone says as much: then what stands around it is no part of the message.
    private func stands(_ notice: Notice, on line: Range<Int>) -> Bool {
        let raw = window.plain(line)
        return raw.withUnsafeBufferPointer { buffer in
            guard let place = NoticeAnchor.triggers.first(in: buffer, from: 0) else { return false }
            let text = NoticeText(EscapedText(in: buffer, around: place).decoded(from: buffer), lookup: lookup)
            return text.notices().contains { located in
                !located.notice.isPart && located.notice.kind == notice.kind && located.notice.request == notice.request
            }
        }
    }

    /// Up to where every depth was looked at.
    private var passed: Int { state.examined.min() ?? 0 }
}

extension NoticeText {
    /// The ends of lines in a part of the text; the one that marks its end is none.
    fileprivate func breaks(in range: Range<Int>) -> Int {
        bytes.dropLast()[range.clamped(to: bytes.startIndex..<bytes.endIndex - 1)].count { $0 == FormReader.softBreak }
    }
}

extension Notice {
    /// More of it may stand in a neighbouring line: it was cut off, or its rules are to follow.
    fileprivate var isPart: Bool { source == .fragment || kind == .escalation(missing: []) }
}

/// Complexity: O(n), many bytes at a time.
private func countNewlines(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
    var count = 0
    var index = range.lowerBound
    while index < range.upperBound {
        let end = min(index + 255 * 16, range.upperBound)
        var block: UInt = 0
        for place in index..<end where bytes[place] == UInt8(ascii: "\n") { block &+= 1 }
        count += Int(block)
        index = end
    }
    return count
}
