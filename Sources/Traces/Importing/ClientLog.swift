/// Reads the requests that clients log.
///
/// client-go from `-v=6` on (`k8s.io/client-go/transport/round_trippers.go`), in klog's text, in JSON or in whatever a logger
/// makes of it:
///
///     "Response" verb="GET" url="https://…" status="403 Forbidden" milliseconds=9
///     GET https://… 403 Forbidden in 9 milliseconds
///
/// From `-v=7` on the URL is in the request's line and the status in the answer's; they belong together where but one request
/// is open. urllib3 (Python's client) says `https://HOST:443 "GET /api/… HTTP/1.1" 403 288`.
struct ClientLog {
    /// Requests that were logged and not answered yet.
    private var open: [(call: ClientCall, line: Int)] = []
    /// Calls whose answer is told, or will never be.
    private(set) var finished: [(call: ClientCall, line: Int)] = []
    /// An answer came that could be any open request's.
    private var answersAreUnclear = 0

    /// - Returns: whether the line says something of a request.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) -> Bool {
        guard let mark = firstRange(of: "://", in: bytes) else { return readAnswer(bytes) }
        var text = LogLine(bytes)
        guard text.moveToURL(around: mark.lowerBound) else { return false }
        let time = text.leadingTime
        if let call = text.structuredCall(time: time) ?? text.plainCall(time: time) {
            finished.append((call, line))
            return true
        }
        if let call = text.openRequest(time: time) {
            open.append((call, line))
            if open.count > Self.maximumOpen { finished.append(open.removeFirst()) }
            return true
        }
        return false
    }

    private static let maximumOpen = 1024

    /// An answer's line, which has no URL.
    private mutating func readAnswer(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !open.isEmpty, let answer = firstRange(of: "Response", in: bytes) else { return false }
        let text = LogLine(bytes)
        guard let status = text.status(after: answer.upperBound) else { return false }
        if open.count == 1, answersAreUnclear == 0 {
            open[0].call.status = status
            finished.append(open.removeFirst())
        } else {
            // Which of several it answers is not told.
            answersAreUnclear += 1
            if answersAreUnclear == open.count { flush() }
        }
        return true
    }

    /// Hands out what is finished.
    mutating func takeFinished() -> [(call: ClientCall, line: Int)] {
        defer { finished.removeAll(keepingCapacity: true) }
        return finished
    }

    /// Finishes what is open, at the end of the log: the requests were made, whatever became of them.
    mutating func flush() {
        finished += open
        open.removeAll()
        answersAreUnclear = 0
    }
}
