/// A log that comes in parts: what it takes to look through each of them once, wherever they were parted.
struct LogStream {
    private let lookup: ResourceLookup
    private let name: String
    /// What begins before this place was looked at.
    private var scanned = 0
    /// The number of the line that the part begins in.
    private var firstLine: Int
    private var state = LinePass.State()

    init(lookup: ResourceLookup, name: String, firstLine: Int = 1) {
        self.lookup = lookup
        self.name = name
        self.firstLine = firstLine
    }

    /// Looks through a part.
    ///
    /// - Parameter isEnd: whether nothing follows.
    /// - Returns: bytes at the front of the part that are done with; the next part begins behind them.
    mutating func scan(_ part: UnsafeBufferPointer<UInt8>, isEnd: Bool, into log: inout NoticeLog) -> Int {
        let safe = isEnd ? part.count : max(scanned, part.count - LogLines.reachAfter)
        let drop = max(0, safe - LogLines.reachBefore)
        var pass = LinePass(
            window: LogLines(bytes: part),
            lookup: lookup,
            firstLine: firstLine,
            name: name,
            state: state
        )
        // The pass holds it alone, so that nothing is copied.
        state = LinePass.State()
        pass.scan(from: scanned, to: safe, into: &log)
        firstLine = pass.lineNumber(at: drop)
        state = pass.state
        state.move(by: drop)
        scanned = safe - drop
        return drop
    }
}
