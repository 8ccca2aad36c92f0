import Syntax

/// Reads a trace that has one JSON object a line, or evidence that has one thing a line.
struct JSONLines {
    let window: ByteWindow
    /// The longest line that is read.
    let limit: Int
    private var line = 1

    init(window: ByteWindow, limit: Int) {
        self.window = window
        self.limit = limit
    }

    /// - Throws: `InputError` at the first line that is broken. A last line that was cut short is skipped with a warning,
    ///   unless nothing came before it.
    mutating func read(into collector: inout RecordCollector) throws(InputError) {
        var searched = 0
        while true {
            let bytes = window.bytes
            if let end = firstIndex(of: 0x0A, in: bytes, from: searched) {
                try take(UnsafeBufferPointer(rebasing: bytes[..<end]), isTerminated: true, &collector)
                window.consume(end + 1)
                line += 1
                searched = 0
                continue
            }
            searched = bytes.count
            if window.isAtEnd {
                return try take(bytes, isTerminated: false, &collector)
            }
            if bytes.count > limit {
                guard !collector.isStrict else { throw tooLong() }
                collector.note(.tooLong, line)
                try skipLine()
                searched = 0
                continue
            }
            try window.fill()
        }
    }

    /// Passes over a line without keeping it.
    private mutating func skipLine() throws(InputError) {
        while true {
            if let end = firstIndex(of: 0x0A, in: window.bytes, from: 0) {
                window.consume(end + 1)
                line += 1
                return
            }
            window.consume(window.bytes.count)
            if window.isAtEnd { return }
            try window.fill()
        }
    }

    private func take(
        _ bytes: UnsafeBufferPointer<UInt8>,
        isTerminated: Bool,
        _ collector: inout RecordCollector
    ) throws(InputError) {
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
        let place = TextPlace(start: SourceLocation(line: line, column: 1, offset: window.offset))
        guard collector.isStrict else {
            if !collector.takeEvidence(bytes, at: place) { collector.note(.noEvent, line) }
            return
        }
        do throws(RecordProblem) {
            try collector.take(bytes, at: place)
        } catch {
            if error.isCutShort, !isTerminated, collector.hasContent {
                return collector.warn("\(window.name):\(line): the last line is cut short and was skipped")
            }
            throw InputError(
                file: window.name,
                location: place.location(of: error.offset, in: bytes),
                message: error.message,
                hint: error.hint
            )
        }
    }

    private func tooLong() -> InputError {
        InputError(
            file: window.name,
            location: SourceLocation(line: line, column: 1, offset: window.offset),
            message: "the line is longer than \(limit >> 20) MiB",
            hint: "a trace has one short JSON object a line; is this the right file?"
        )
    }
}
