import NIOCore
import NIOHTTP1

/// The child's side of HTTP/1.1: one exchange at a time; requests that were pipelined wait.
final class HTTP1ServerHandler: ChannelDuplexHandler, ExchangeClient {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let service: LoopService
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var queue = CircularBuffer<HTTPServerRequestPart>()
    private var reads = ReadGate()
    private var state = HTTP1ConnectionState()
    private var isTunnel = false

    init(service: LoopService) { self.service = service }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        leave()
    }

    // MARK: - From the network

    func read(context: ChannelHandlerContext) {
        if reads.wants() { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isTunnel else { return context.fireChannelRead(data) }
        let part = unwrapInboundIn(data)
        if !queue.isEmpty || state.mustWait(part) {
            queue.append(part)
        } else {
            take(part)
        }
        updateReading()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isTunnel { context.fireChannelReadComplete() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isTunnel { return context.fireChannelWritabilityChanged() }
        exchange?.clientIsWritable(context.channel.isWritable)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard !isTunnel, case ChannelEvent.inputClosed = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        // The client has said all. It may still read, unless the answer has no end of its own.
        if let exchange, !exchange.isLongRunning, state.inputClosed() { return }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, exchange == nil, !isTunnel {
            let answer = LocalAnswer(.badRequest, reason: "BadRequest", message: "this is no HTTP request")
            state.mustClose()
            send(answer.head)
            send(ByteBuffer(string: answer.body))
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        exchange?.clientLeft()
        exchange = nil
    }

    // MARK: - Requests

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            state.begin(head)
            let exchange = Exchange(RequestHead(head), client: self, service: service)
            self.exchange = exchange
            exchange.begin()
        case .body(let body):
            if state.takesBody(body.readableBytes) { exchange?.receive(body) } else { context?.close(promise: nil) }
        case .end(let trailers):
            exchange?.receiveEnd(trailers)
            if state.requestEnded() { next() }
        }
    }

    /// After a complete exchange: the next one that waits, or the end.
    private func next() {
        exchange = nil
        if state.isLast { return context?.close(promise: nil) ?? () }
        state.reset()
        while let part = queue.first, !state.mustWait(part) {
            queue.removeFirst()
            take(part)
        }
        updateReading()
    }

    private func updateReading() {
        let isReady = queue.isEmpty && (exchange.map { $0.isRequestComplete || $0.isReadyForBody } ?? true)
        if reads.set(isReady) { context?.read() }
    }

    // MARK: - Answers

    func send(_ head: ResponseHead) {
        context?.write(wrapOutboundOut(.head(state.answerHead(head))), promise: nil)
    }

    func send(_ body: ByteBuffer) {
        guard state.answerHasBody else { return }
        context?.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        if let context, !context.channel.isWritable { exchange?.clientIsWritable(false) }
    }

    func finish(_ trailers: HTTPHeaders?) {
        context?.writeAndFlush(wrapOutboundOut(.end(trailers)), promise: nil)
        if state.answerEnded() { next() }
    }

    func abort() { context?.close(promise: nil) }

    func loseWatch() { abort() }

    func flush() { context?.flush() }

    func resume() { updateReading() }

    func openTunnel(_ head: ResponseHead, to connection: any UpstreamStream) {
        let isComplete = exchange?.isRequestComplete ?? false
        exchange = nil
        guard isComplete, let context, let server = connection.becomeTunnel() else {
            connection.cancel()
            return abort()
        }
        isTunnel = true
        var answer = HTTPResponseHead(version: .http1_1, status: head.status, headers: head.headers)
        answer.headers.add(name: "Connection", value: "Upgrade")
        if let upgrade = head.upgrade { answer.headers.add(name: "Upgrade", value: upgrade) }
        context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
        if reads.set(true) { context.read() }
        Tunnel.join(context.channel, server)
    }
}

extension RequestHead {
    init(_ head: HTTPRequestHead) {
        method = head.method
        target = head.uri
        host = head.headers.first(name: "host") ?? ""
        headers = ConnectionHeaders.forwarded(head.headers, dropping: ["host"])
        if head.headers.contains(name: "transfer-encoding") {
            body = .chunked
        } else {
            body = head.headers.first(name: "content-length").map { $0 != "0" } ?? false ? .length : .none
        }
        let connection = head.headers[canonicalForm: "connection"]
        let isUpgrade = connection.contains { $0.lowercased() == "upgrade" }
        upgrade = isUpgrade ? head.headers.first(name: "upgrade") : nil
    }
}
