import KubeAPI
import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection to the API server, for one request after the other.
final class UpstreamConnection: ChannelDuplexHandler, UpstreamStream {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    let certificate: ClientCertificate?
    private let target: UpstreamTarget
    /// Where it goes between two requests.
    private weak var pool: UpstreamPool?
    private(set) var idleSince = NIODeadline.now()

    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var lastError: (any Error)?
    private var reads = ReadGate()
    /// It served a request before the present one.
    private var wasKept = false
    private var hasAnswered = false
    private var isReusable = false
    private var isTunnel = false
    /// After a 101 the decoder still tells the end of it.
    private var isEndDue = false

    init(certificate: ClientCertificate?, target: UpstreamTarget, pool: UpstreamPool) {
        self.certificate = certificate
        self.target = target
        self.pool = pool
    }

    /// Puts HTTP/1.1 and this at the end of a connection's pipeline.
    func complete(_ pipeline: ChannelPipeline.SynchronousOperations) throws {
        var framing = HTTPRequestEncoder.Configuration()
        framing.automaticallySetFramingHeaders = false
        let decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .forwardBytes,
            informationalResponseStrategy: .forward
        )
        try pipeline.addHandler(HTTPRequestEncoder(configuration: framing))
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(self)
    }

    // MARK: - For the exchange

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func start(_ exchange: Exchange, as identity: UpstreamIdentity) {
        self.exchange = exchange
        hasAnswered = false
        isReusable = false
        guard let context else { return lost() }
        context.write(wrapOutboundOut(.head(target.head(of: exchange.request, as: identity))), promise: nil)
        if !exchange.isRequestComplete { context.flush() }
    }

    func send(_ body: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }

    func finish(_ trailers: HTTPHeaders?) {
        context?.writeAndFlush(wrapOutboundOut(.end(trailers)), promise: nil)
    }

    /// Gives the connection back after a complete exchange; one that cannot serve another is closed.
    func release() {
        exchange = nil
        guard context != nil, isReusable || !hasAnswered, let pool else { return close() }
        wasKept = true
        idleSince = .now()
        setReading(true)
        pool.keep(self)
    }

    /// Nobody waits for the answer any more.
    func cancel() {
        exchange = nil
        close()
    }

    func close() { context?.close(promise: nil) }

    /// Holds the server back while the client is slow.
    func setReading(_ isReading: Bool) {
        if reads.set(isReading) { context?.read() }
    }

    /// Stops reading HTTP: what follows are bytes of another protocol.
    func becomeTunnel() -> (any Channel)? {
        isTunnel = true
        pool?.forget(self)
        pool = nil
        isEndDue = true
        exchange = nil
        setReading(true)
        return context?.channel
    }

    // MARK: - From the network

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        if reads.wants() { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isTunnel {
            if isEndDue { isEndDue = false } else { context.fireChannelRead(data) }
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head): take(head)
        case .body(let body): exchange?.answerContinued(body)
        case .end(let trailers):
            exchange?.answerEnded(trailers)
        }
    }

    private func take(_ head: HTTPResponseHead) {
        guard let exchange else { return close() }
        let isFinal = head.status.code >= 200
        hasAnswered = true
        if isFinal { isReusable = head.isKeepAlive }
        exchange.answerBegan(
            ResponseHead(
                status: head.status,
                headers: ConnectionHeaders.forwarded(head.headers),
                upgrade: head.status == .switchingProtocols ? head.headers.first(name: "upgrade") : nil
            )
        )
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isTunnel { context.fireChannelReadComplete() } else { exchange?.answerPaused() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isTunnel {
            context.fireChannelWritabilityChanged()
        } else if context.channel.isWritable {
            exchange?.serverIsWritable()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if !isTunnel, case ChannelEvent.inputClosed = event { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lastError = error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isTunnel { context.fireChannelInactive() }
        lost()
    }

    private func lost() {
        pool?.forget(self)
        pool = nil
        guard let exchange else { return }
        self.exchange = nil
        exchange.connectionLost(lastError, wasKept: wasKept && !hasAnswered)
    }
}

/// Remembers, while reading is held back, that the channel wants to read.
struct ReadGate {
    private var isOpen = true
    private var isAsked = false

    /// The channel wants to read; whether it may.
    mutating func wants() -> Bool {
        if !isOpen { isAsked = true }
        return isOpen
    }

    /// Opens or shuts; whether a read that was asked for is due.
    mutating func set(_ open: Bool) -> Bool {
        isOpen = open
        defer { if open { isAsked = false } }
        return open && isAsked
    }
}
