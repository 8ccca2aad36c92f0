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
    /// Bytes of the answer that the connection has not taken yet.
    private var unsent = 0
    /// Bytes that the child may send again, held back while the server is slow.
    private var credit = 0

    private static let highMark = 128 << 10
    private static let lowMark = 32 << 10
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
        for (name, value) in head.headers { headers.add(name: name.lowercased(), value: value) }
        handler.write(.init(streamID: id, payload: .headers(.init(headers: headers))))
    }

    func send(_ body: ByteBuffer) {
        let count = body.readableBytes
        guard isOpen, count > 0 else { return }
        unsent += count
        let promise = handler.context?.eventLoop.makePromise(of: Void.self)
        promise?.futureResult.assumeIsolated().whenComplete { [self] _ in sent(count) }
        handler.write(.init(streamID: id, payload: .data(.init(data: .byteBuffer(body)))), promise: promise)
        if unsent > Self.highMark { exchange?.clientIsWritable(false) }
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
            var headers = HPACKHeaders()
            for (name, value) in trailers { headers.add(name: name.lowercased(), value: value) }
            handler.write(
                .init(streamID: id, payload: .headers(.init(headers: headers, endStream: true))),
                promise: promise
            )
        } else {
            let empty = HTTP2Frame.FramePayload.Data(data: .byteBuffer(ByteBuffer()), endStream: true)
            handler.write(.init(streamID: id, payload: .data(empty)), promise: promise)
        }
        handler.scheduleFlush()
    }

    func abort() { reset(.internalError) }

    /// The request is not HTTP.
    func refuse() { reset(.protocolError) }

    func flush() { handler.scheduleFlush() }

    /// HTTP/2 has no upgrades; a request that came by it never asks for one.
    func openTunnel(_ head: ResponseHead, to connection: UpstreamConnection) {
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
    /// `nil` where the pseudo headers make no request.
    init?(_ block: HPACKHeaders, isComplete: Bool) {
        var (method, path, authority): (String?, String?, String?) = (nil, nil, nil)
        var headers: [(String, String)] = []
        headers.reserveCapacity(block.count + 2)
        for (name, value, _) in block {
            switch name {
            case ":method": method = value
            case ":path": path = value
            case ":authority": authority = value
            case ":scheme": break
            case "host": authority = authority ?? value
            default:
                guard !name.hasPrefix(":") else { return nil }
                if ConnectionHeaders.isForwarded(name, value, nominated: []) { headers.append((name, value)) }
            }
        }
        guard let method, let path, method != "CONNECT", path.utf8.first == UInt8(ascii: "/") || path == "*" else {
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
    init(trailers: HPACKHeaders) {
        self.init(trailers.map { ($0.name, $0.value) })
    }
}
