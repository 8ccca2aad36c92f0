import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// One stream of the child's HTTP/2 connection.
final class HTTP2ServerStream: ExchangeClient {
    private let id: HTTP2StreamID
    private unowned let handler: HTTP2ServerHandler
    var exchange: Exchange?

    private var isRequestComplete: Bool
    private var isOpen = true
    /// The latest part of the answer, which may turn out to be the last.
    private var held: ByteBuffer?
    /// Bytes of the answer that the connection has not taken yet, and those of them that it was not asked about.
    private var unsent = 0
    private var uncounted = 0
    /// Bytes that the child may send again, held back while the server is slow.
    private var credit = 0

    private static let highMark = 128 << 10
    private static let lowMark = 32 << 10
    /// To ask about every little part would cost more than to send it.
    private static let countStep = 16 << 10
    private static let creditStep = 32 << 10

    init(_ id: HTTP2StreamID, handler: HTTP2ServerHandler, isRequestComplete: Bool) {
        self.id = id
        self.handler = handler
        self.isRequestComplete = isRequestComplete
    }

    // MARK: - Requests

    func receive(_ bytes: ByteBuffer, length: Int, isLast: Bool) {
        credit += length
        if bytes.readableBytes > 0 { exchange?.receive(bytes) }
        if isLast { requestEnded(nil) } else { resume() }
    }

    func requestEnded(_ trailers: HTTPHeaders?) {
        isRequestComplete = true
        exchange?.receiveEnd(trailers)
    }

    func resume() {
        guard isOpen, !isRequestComplete, credit >= Self.creditStep, exchange?.isReadyForBody ?? true else { return }
        handler.write(.init(streamID: id, payload: .windowUpdate(windowSizeIncrement: credit)))
        credit = 0
        handler.scheduleFlush()
    }

    /// The stream is gone.
    func closed() {
        isOpen = false
        let exchange = exchange
        self.exchange = nil
        if let exchange, !exchange.isAnswerComplete { exchange.clientLeft() }
    }

    // MARK: - Answers

    func send(_ head: ResponseHead) {
        guard isOpen else { return }
        var headers = HPACKHeaders()
        headers.reserveCapacity(head.headers.count + 1)
        headers.add(name: ":status", value: "\(head.status.code)")
        for (name, value) in head.headers {
            let name = name.inLowerCase
            headers.add(name: name, value: value, indexing: Self.differs(name) ? .nonIndexable : .indexable)
        }
        handler.write(.init(streamID: id, payload: .headers(.init(headers: headers))))
    }

    /// Whether a header is another one in each answer: in the table of HPACK it would push out those that come again,
    /// and make each look-up longer.
    private static func differs(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name == "date"
        case 8: name == "audit-id"
        case 14: name == "content-length"
        default: false
        }
    }

    func send(_ body: ByteBuffer) {
        let count = body.readableBytes
        guard isOpen, count > 0 else { return }
        sendHeld()
        held = body
        unsent += count
        if unsent > Self.highMark { exchange?.clientIsWritable(false) }
    }

    private func sendHeld() {
        guard let body = held else { return }
        held = nil
        uncounted += body.readableBytes
        let count = uncounted
        var promise: EventLoopPromise<Void>?
        if count >= Self.countStep {
            uncounted = 0
            promise = handler.context?.eventLoop.makePromise(of: Void.self)
            promise?.futureResult.assumeIsolated().whenComplete { [self] _ in sent(count) }
        }
        handler.write(.init(streamID: id, payload: .data(.init(data: .byteBuffer(body)))), promise: promise)
    }

    private func sent(_ count: Int) {
        let wasFull = unsent > Self.lowMark
        unsent -= count
        if wasFull, unsent <= Self.lowMark { exchange?.clientIsWritable(true) }
    }

    func finish(_ trailers: HTTPHeaders?) {
        guard isOpen else { return }
        let promise = isRequestComplete ? nil : handler.context?.eventLoop.makePromise(of: Void.self)
        // The rest of the request is not wanted; said only when the answer is out, for it would be dropped with it.
        promise?.futureResult.assumeIsolated().whenSuccess { [self] in reset(.noError) }
        if let trailers, !trailers.isEmpty {
            sendHeld()
            let block = HTTP2Frame.FramePayload.Headers(headers: HPACKHeaders(trailers: trailers), endStream: true)
            handler.write(.init(streamID: id, payload: .headers(block)), promise: promise)
        } else {
            let last = HTTP2Frame.FramePayload.Data(data: .byteBuffer(held ?? ByteBuffer()), endStream: true)
            held = nil
            handler.write(.init(streamID: id, payload: .data(last)), promise: promise)
        }
        // At once, for somebody waits; what goes on without an end is gathered.
        handler.flush()
    }

    func abort() {
        sendHeld()
        reset(.internalError)
    }

    func loseWatch() { finish(nil) }

    /// The request is not HTTP.
    func refuse() { reset(.protocolError) }

    func flush() {
        sendHeld()
        handler.scheduleFlush()
    }

    /// HTTP/2 has no upgrades; a request that came by it never asks for one.
    func openTunnel(_ head: ResponseHead, to connection: any UpstreamStream) {
        connection.cancel()
        abort()
    }

    private func reset(_ code: HTTP2ErrorCode) {
        guard isOpen else { return }
        handler.write(.init(streamID: id, payload: .rstStream(code)))
        handler.scheduleFlush()
    }
}

extension RequestHead {
    /// `nil` where the pseudo headers make no request, or where something could not be written in HTTP/1.1 without
    /// meaning something else there.
    init?(_ block: HPACKHeaders, isComplete: Bool) {
        var (method, path, authority): (String?, String?, String?) = (nil, nil, nil)
        var headers: [(String, String)] = []
        headers.reserveCapacity(block.count + 2)
        for (name, value, _) in block {
            guard FieldText.isValue(value) else { return nil }
            switch name {
            case ":method" where method == nil: method = value
            case ":path" where path == nil: path = value
            case ":authority" where authority == nil: authority = value
            case ":scheme": break
            case "host": authority = authority ?? value
            default:
                guard FieldText.isToken(name) else { return nil }
                if ConnectionHeaders.isForwarded(name, value, nominated: []) { headers.append((name, value)) }
            }
        }
        guard let method, let path, method != "CONNECT", FieldText.isToken(method), FieldText.isTarget(path) else {
            return nil
        }
        self.method = HTTPMethod(rawValue: method)
        target = path
        host = authority ?? ""
        self.headers = HTTPHeaders(headers)
        body = isComplete ? .none : self.headers.contains(name: "content-length") ? .length : .chunked
        upgrade = nil
    }
}

extension HTTPHeaders {
    /// Those that can stand behind a body in HTTP/1.1.
    init(trailers: HPACKHeaders) {
        self.init(
            trailers.filter { FieldText.isToken($0.name) && FieldText.isValue($0.value) }.map { ($0.name, $0.value) }
        )
    }
}
