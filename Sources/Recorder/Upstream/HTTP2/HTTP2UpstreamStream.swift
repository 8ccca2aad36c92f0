import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// One request and its answer on an HTTP/2 connection to the API server.
final class HTTP2UpstreamStream: UpstreamStream {
    private let connection: HTTP2UpstreamConnection
    private var id: HTTP2StreamID?
    private var exchange: Exchange?

    /// The connection does not know it any more.
    private var isOver = false
    private var wasKept = false
    private var hasAnswered = false
    private var isRequestComplete = false
    /// Bytes of the request that the connection has not taken yet.
    private var unsent = 0
    private var isReading = true
    /// Bytes that the server may send again, held back while the client is slow.
    private var credit = 0
    /// Among those that are to be told of a pause.
    var isTouched = false

    private static let highMark = 256 << 10
    private static let lowMark = 64 << 10
    private static let creditStep = HTTP2UpstreamConnection.streamWindow / 4

    init(_ connection: HTTP2UpstreamConnection) { self.connection = connection }

    // MARK: - For the exchange

    var isWritable: Bool { !isOver && unsent < Self.highMark }

    func start(_ exchange: Exchange, as identity: UpstreamIdentity) {
        self.exchange = exchange
        wasKept = connection.hasServed
        guard let id = connection.begin(self) else { return lost(nil) }
        self.id = id
        isRequestComplete = exchange.request.body == .none
        let block = connection.target.block(of: exchange.request, as: identity)
        connection.write(id, .headers(.init(headers: block, endStream: isRequestComplete)))
    }

    func send(_ body: ByteBuffer) {
        let count = body.readableBytes
        guard let id, !isOver, count > 0 else { return }
        unsent += count
        let promise = connection.makePromise()
        promise?.futureResult.assumeIsolated().whenComplete { [self] _ in sent(count) }
        connection.write(id, .data(.init(data: .byteBuffer(body))), promise: promise)
    }

    private func sent(_ count: Int) {
        let wasFull = unsent > Self.lowMark
        unsent -= count
        if wasFull, unsent <= Self.lowMark { exchange?.serverIsWritable() }
    }

    func finish(_ trailers: HTTPHeaders?) {
        guard let id, !isOver, !isRequestComplete else { return }
        isRequestComplete = true
        if let trailers, !trailers.isEmpty {
            connection.write(id, .headers(.init(headers: HPACKHeaders(trailers: trailers), endStream: true)))
        } else {
            connection.write(id, .data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)))
        }
    }

    func release() {
        exchange = nil
        // Unused, or one whose end has still to come by.
        if id == nil { end() }
    }

    func cancel() {
        exchange = nil
        guard !isOver else { return }
        if let id { connection.write(id, .rstStream(.cancel)) } else { end() }
    }

    func setReading(_ isReading: Bool) {
        self.isReading = isReading
        giveCredit()
    }

    func becomeTunnel() -> (any Channel)? { nil }

    // MARK: - From the connection

    func received(_ block: HPACKHeaders, isLast: Bool) {
        guard let exchange else { return }
        if hasAnswered {
            if isLast { answerEnded(HTTPHeaders(trailers: block)) }
            return
        }
        guard let head = ResponseHead(block) else { return cancelAndLose() }
        if head.status.code >= 200 { hasAnswered = true }
        exchange.answerBegan(head)
        if isLast { answerEnded(nil) }
    }

    func received(_ bytes: ByteBuffer, length: Int, isLast: Bool) {
        credit += length
        if bytes.readableBytes > 0 { exchange?.answerContinued(bytes) }
        if isLast { answerEnded(nil) } else { giveCredit() }
    }

    private func answerEnded(_ trailers: HTTPHeaders?) {
        connection.served()
        let exchange = exchange
        self.exchange = nil
        exchange?.answerEnded(trailers)
    }

    private func giveCredit() {
        guard isReading, let id, !isOver, credit >= Self.creditStep else { return }
        connection.grant(id, credit)
        credit = 0
    }

    /// No more of the answer is here for now.
    func paused() {
        isTouched = false
        exchange?.answerPaused()
    }

    /// The stream is at its end, one way or the other.
    ///
    /// - Parameter isUnseen: the server says that it did nothing about the request.
    func closed(_ reason: HTTP2ErrorCode?, isUnseen: Bool) {
        if isUnseen { wasKept = true }
        lost(reason.map { StreamReset(code: $0) })
    }

    func lost(_ error: (any Error)?) {
        guard !isOver else { return }
        end()
        guard let exchange else { return }
        self.exchange = nil
        exchange.connectionLost(error, wasKept: wasKept && !hasAnswered)
    }

    private func cancelAndLose() {
        guard let exchange else { return }
        cancel()
        exchange.connectionLost(StreamReset(code: .protocolError), wasKept: false)
    }

    private func end() {
        isOver = true
        connection.ended(id)
    }
}

/// The server broke off one stream.
struct StreamReset: Error {
    var code: HTTP2ErrorCode
}

extension ResponseHead {
    /// `nil` where there is no status, or something that HTTP/1.1 could not say.
    init?(_ block: HPACKHeaders) {
        var code: Int?
        var headers: [(String, String)] = []
        headers.reserveCapacity(block.count + 4)
        for (name, value, _) in block {
            if name == ":status" {
                code = Int(value)
            } else if FieldText.isToken(name), FieldText.isValue(value) {
                headers.append((name, value))
            } else {
                return nil
            }
        }
        guard let code else { return nil }
        status = HTTPResponseStatus(statusCode: code)
        self.headers = HTTPHeaders(headers)
    }
}

extension HPACKHeaders {
    init(trailers: HTTPHeaders) {
        self.init(trailers.map { ($0.name.inLowerCase, $0.value) })
    }
}
