import NIOHTTP1

/// Where one HTTP/1.1 connection of the child stands, without any I/O.
struct HTTP1ConnectionState {
    /// Of a request that was answered early, no more than this is read to its end.
    private static let discardLimit = 256 << 10

    private enum Phase { case idle, open }

    private var phase = Phase.idle
    private var isRequestComplete = false
    private var isAnswerComplete = false
    private var discarded = 0
    private var method = HTTPMethod.GET
    private var version = HTTPVersion.http1_1
    /// The connection ends with the present exchange.
    private(set) var isLast = false
    private(set) var answerHasBody = true

    /// Whether a part belongs to a request after the present one.
    func mustWait(_ part: HTTPServerRequestPart) -> Bool {
        if case .head = part { phase == .open } else { false }
    }

    mutating func begin(_ head: HTTPRequestHead) {
        phase = .open
        method = head.method
        version = head.version
        // After a request to change protocols the parser reads no further, whatever the answer is.
        isLast = !head.isKeepAlive || head.headers.contains(name: "upgrade")
    }

    /// Whether a part of the body is forwarded or discarded; `false` where there is too much to discard.
    mutating func takesBody(_ count: Int) -> Bool {
        if isAnswerComplete { discarded += count }
        return discarded <= Self.discardLimit
    }

    /// Whether the exchange is complete.
    mutating func requestEnded() -> Bool {
        isRequestComplete = true
        return isAnswerComplete
    }

    mutating func answerEnded() -> Bool {
        isAnswerComplete = true
        return isRequestComplete
    }

    mutating func mustClose() { isLast = true }

    /// The client sends no more; whether the answer is still to be given.
    mutating func inputClosed() -> Bool {
        isLast = true
        return phase == .open && isRequestComplete && !isAnswerComplete
    }

    mutating func reset() { self = HTTP1ConnectionState() }

    /// The answer's head with the framing of this connection.
    mutating func answerHead(_ head: ResponseHead) -> HTTPResponseHead {
        var headers = head.headers
        let isInterim = head.status.code < 200
        answerHasBody = method != .HEAD && head.status.mayHaveResponseBody
        if !isInterim, answerHasBody, !headers.contains(name: "content-length") {
            if version != .http1_0 { headers.add(name: "Transfer-Encoding", value: "chunked") } else { isLast = true }
        }
        if isLast, !isInterim { headers.add(name: "Connection", value: "close") }
        return HTTPResponseHead(version: version, status: head.status, headers: headers)
    }
}
