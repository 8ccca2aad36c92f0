import KubeAPI
import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// One HTTP/2 connection to the API server, for as many requests at once as the server takes.
///
/// It works on frames, as the child's side does. Where nothing comes for a while it asks whether the server is still
/// there, as client-go does: a watch would wait for ever on a connection that a network has forgotten.
final class HTTP2UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    let certificate: ClientCertificate?
    let target: UpstreamTarget
    private weak var pool: UpstreamPool?

    private(set) var context: ChannelHandlerContext?
    private var streams: [HTTP2StreamID: HTTP2UpstreamStream] = [:]
    /// Places handed out, started or not.
    private var leased = 0
    private var nextID = HTTP2StreamID(1)
    private var maximumStreams = assumedStreams
    /// No new request may begin.
    private var isClosing = false
    /// Of a server that says farewell: what came after this it did nothing about.
    private var lastSeen: HTTP2StreamID?
    private var lastError: (any Error)?
    private(set) var hasServed = false
    private var idleSince = NIODeadline.now()
    /// Those whose answers went on since the last pause.
    private var touched: [HTTP2UpstreamStream] = []
    private var isFlushDue = false
    private var health: ConnectionHealth?

    /// Before the server has said how many it takes. RFC 9113, 6.5.2.
    private static let assumedStreams = 100
    /// What the server may send ahead: on one stream, and on the connection.
    static let streamWindow = 512 << 10
    private static let connectionWindow = 32 << 20

    init(certificate: ClientCertificate?, target: UpstreamTarget, pool: UpstreamPool) {
        self.certificate = certificate
        self.target = target
        self.pool = pool
    }

    /// Puts HTTP/2 and this at the end of a connection's pipeline.
    func complete(_ pipeline: ChannelPipeline.SynchronousOperations) throws {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .enablePush, value: 0),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 1 << 20),
            HTTP2Setting(parameter: .initialWindowSize, value: Self.streamWindow),
        ]
        configuration.contentLengthValidation = .disabled
        // The child's side has looked at the request's, and looks at the answer's.
        configuration.headerBlockValidation = .disabled
        configuration.maximumSequentialEmptyDataFrames = 100
        configuration.controlFrameRateLimit.maximumCount = 100_000
        // What the server still sends of watches that have ended is no fault of it.
        configuration.maximumRecentlyResetStreams = 4096
        var streamConfiguration = NIOHTTP2Handler.StreamConfiguration()
        streamConfiguration.streamResetFrameRateLimit.maximumCount = 100_000
        streamConfiguration.streamErrorRateLimit.maximumCount = 100_000
        try pipeline.addHandler(
            NIOHTTP2Handler(
                mode: .client,
                connectionConfiguration: configuration,
                streamConfiguration: streamConfiguration
            )
        )
        try pipeline.addHandler(self)
    }

    // MARK: - For the pool

    var hasRoom: Bool { !isClosing && context != nil && leased < maximumStreams }

    /// Whether it has been without a request for too long to be trusted; then it is closed.
    func isUseless(after limit: TimeAmount) -> Bool {
        guard leased == 0, .now() - idleSince >= limit else { return false }
        context?.close(promise: nil)
        return true
    }

    /// A place for one request, which is given back with `ended`.
    func makeStream() -> HTTP2UpstreamStream {
        leased += 1
        return HTTP2UpstreamStream(self)
    }

    // MARK: - For the streams

    /// The number of a request that begins; `nil` where none may any more.
    func begin(_ stream: HTTP2UpstreamStream) -> HTTP2StreamID? {
        guard !isClosing, context != nil else { return nil }
        let id = nextID
        nextID = nextID.advanced(by: 2)
        streams[id] = stream
        return id
    }

    /// A place is free again.
    func ended(_ id: HTTP2StreamID?) {
        leased -= 1
        if let id { streams[id] = nil }
        if leased == 0 {
            idleSince = .now()
            if isClosing { context?.close(promise: nil) }
        }
    }

    func served() { hasServed = true }

    func write(_ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload)), promise: promise)
        scheduleFlush()
    }

    func flush() { context?.flush() }

    func makePromise() -> EventLoopPromise<Void>? { context?.eventLoop.makePromise() }

    /// Sends what was written once everything that has come in by now is dealt with: one packet for many requests.
    private func scheduleFlush() {
        guard !isFlushDue, let context else { return }
        isFlushDue = true
        context.eventLoop.assumeIsolated().execute { [self] in
            isFlushDue = false
            self.context?.flush()
        }
    }

    // MARK: - From the network

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        grant(.rootStream, Self.connectionWindow)
        let health = ConnectionHealth(context.eventLoop) { [weak self] in self?.check($0) }
        health.start()
        self.health = health
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        loseAll()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        health?.heard()
        switch frame.payload {
        case .headers(let headers): stream(frame.streamID)?.received(headers.headers, isLast: headers.endStream)
        case .data(let data):
            guard case .byteBuffer(let bytes) = data.data else { return }
            let length = bytes.readableBytes + (data.paddingBytes.map { $0 + 1 } ?? 0)
            stream(frame.streamID)?.received(bytes, length: length, isLast: data.endStream)
        case .settings(.settings(let settings)):
            for setting in settings where setting.parameter == .maxConcurrentStreams { maximumStreams = setting.value }
        case .goAway(let last, _, _):
            lastSeen = last
            stopLeasing()
        default: break
        }
    }

    private func stream(_ id: HTTP2StreamID) -> HTTP2UpstreamStream? {
        guard let stream = streams[id] else { return nil }
        if !stream.isTouched {
            stream.isTouched = true
            touched.append(stream)
        }
        return stream
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        for stream in touched { stream.paused() }
        touched.removeAll(keepingCapacity: true)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as StreamClosedEvent:
            let isUnseen = event.reason == .refusedStream || lastSeen.map { event.streamID > $0 } ?? false
            streams[event.streamID]?.closed(event.reason, isUnseen: isUnseen)
        case let event as NIOHTTP2WindowUpdatedEvent where event.streamID == .rootStream:
            // Counts what belongs to streams that have ended, too.
            guard let window = event.inboundWindowSize, window < Self.connectionWindow / 2 else { return }
            grant(.rootStream, Self.connectionWindow - window)
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: break
        }
    }

    func grant(_ id: HTTP2StreamID, _ count: Int) { write(id, .windowUpdate(windowSizeIncrement: count)) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lastError = error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { loseAll() }

    private func stopLeasing() {
        isClosing = true
        pool?.forget(self)
        if leased == 0 { context?.close(promise: nil) }
    }

    private func loseAll() {
        health?.stop()
        isClosing = true
        pool?.forget(self)
        let all = streams.values
        for stream in all { stream.lost(lastError) }
    }

    private func check(_ question: ConnectionHealth.Question) {
        switch question {
        case .isThere: write(.rootStream, .ping(HTTP2PingData(withInteger: 1), ack: false))
        case .isGone:
            lastError = ChannelError.connectTimeout(ConnectionHealth.limit)
            context?.close(promise: nil)
        }
    }
}
