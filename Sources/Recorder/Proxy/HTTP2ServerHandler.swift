import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// The child's side of HTTP/2: one exchange a stream.
///
/// It works on frames instead of a channel a stream, which halves the work of a request; `NIOHTTP2Handler` before it
/// keeps the protocol's rules and the windows of what is sent.
final class HTTP2ServerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private let service: LoopService
    private(set) var context: ChannelHandlerContext?
    private var streams: [HTTP2StreamID: HTTP2ServerStream] = [:]
    private var isFlushDue = false

    /// What the child may send ahead: on one stream, and on the connection.
    static let streamWindow = 256 << 10
    private static let connectionWindow = 4 << 20

    init(service: LoopService) { self.service = service }

    static func configuration() -> NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: 2048),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 1 << 20),
            HTTP2Setting(parameter: .initialWindowSize, value: streamWindow),
        ]
        // What HTTP/1.1 framed is framed well already; of requests `RequestHead` sees what matters, at a fifth of the cost.
        configuration.contentLengthValidation = .disabled
        configuration.headerBlockValidation = .disabled
        configuration.maximumSequentialEmptyDataFrames = 100
        configuration.controlFrameRateLimit.maximumCount = 100_000
        // What a child still sends on streams that we ended early is no fault of it.
        configuration.maximumRecentlyResetStreams = 4096
        return configuration
    }

    static func streamConfiguration() -> NIOHTTP2Handler.StreamConfiguration {
        var configuration = NIOHTTP2Handler.StreamConfiguration()
        // A client that ends its watches resets a stream for each, and it is the user's own.
        configuration.streamResetFrameRateLimit.maximumCount = 100_000
        configuration.streamErrorRateLimit.maximumCount = 100_000
        return configuration
    }

    // MARK: - From the network

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        grant(Self.connectionWindow)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leaveAll()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.payload {
        case .headers(let headers): take(headers, on: frame.streamID)
        case .data(let data): take(data, on: frame.streamID)
        case .rstStream: streams.removeValue(forKey: frame.streamID)?.exchange?.clientLeft()
        default: break
        }
    }

    private func take(_ headers: HTTP2Frame.FramePayload.Headers, on id: HTTP2StreamID) {
        if let stream = streams[id] {
            if headers.endStream { stream.requestEnded(HTTPHeaders(trailers: headers.headers)) }
            return
        }
        let stream = HTTP2ServerStream(id, handler: self, isRequestComplete: headers.endStream)
        streams[id] = stream
        guard let request = RequestHead(headers.headers, isComplete: headers.endStream) else {
            return stream.refuse()
        }
        let exchange = Exchange(request, client: stream, service: service)
        stream.exchange = exchange
        exchange.begin()
    }

    private func take(_ data: HTTP2Frame.FramePayload.Data, on id: HTTP2StreamID) {
        guard case .byteBuffer(let bytes) = data.data else { return }
        let length = bytes.readableBytes + (data.paddingBytes.map { $0 + 1 } ?? 0)
        streams[id]?.receive(bytes, length: length, isLast: data.endStream)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as StreamClosedEvent: streams.removeValue(forKey: event.streamID)?.closed()
        case let event as NIOHTTP2WindowUpdatedEvent where event.streamID == .rootStream:
            // Counts what belongs to streams that have ended, too.
            guard let window = event.inboundWindowSize, window < Self.connectionWindow / 2 else { return }
            grant(Self.connectionWindow - window)
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: break
        }
    }

    private func grant(_ count: Int) {
        write(.init(streamID: .rootStream, payload: .windowUpdate(windowSizeIncrement: count)))
        scheduleFlush()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) { leaveAll() }

    private func leaveAll() {
        let all = streams.values
        streams.removeAll()
        for stream in all { stream.closed() }
    }

    // MARK: - For the streams

    func write(_ frame: HTTP2Frame, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    func flush() { context?.flush() }

    /// Sends what was written once everything that has come in by now is dealt with: one packet for many answers.
    func scheduleFlush() {
        guard !isFlushDue, let context else { return }
        isFlushDue = true
        context.eventLoop.assumeIsolated().execute { [self] in
            isFlushDue = false
            self.context?.flush()
        }
    }
}
