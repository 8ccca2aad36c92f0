import NIOCore

/// Has the first word on a connection to a proxy, then leaves the pipeline to the two ends.
final class ProxyDialogueHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var dialogue: any ProxyDialogue
    private let finished: (ChannelHandlerContext) throws -> Void
    private let failed: (any Error) -> Void
    private var bytes = ByteBuffer()
    private var hasBegun = false

    /// - Parameters:
    ///   - finished: puts in what comes next; after that this handler is gone.
    ///   - failed: told why the connection did not come about, before it is closed.
    init(
        _ dialogue: any ProxyDialogue,
        finished: @escaping (ChannelHandlerContext) throws -> Void,
        failed: @escaping (any Error) -> Void
    ) {
        self.dialogue = dialogue
        self.finished = finished
        self.failed = failed
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !hasBegun else { return }
        hasBegun = true
        say(dialogue.begin(), context)
    }

    private func say(_ words: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: words)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var more = unwrapInboundIn(data)
        bytes.writeBuffer(&more)
        do {
            while true {
                switch try dialogue.receive(&bytes) {
                case .wait: return
                case .say(let words): say(words, context)
                case .done: return try finish(context)
                }
            }
        } catch {
            failed(error)
            context.close(promise: nil)
        }
    }

    private func finish(_ context: ChannelHandlerContext) throws {
        try finished(context)
        if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // What was said is not what the proxy understands: nothing comes of it.
        if case ChannelEvent.inputClosed = event { return errorCaught(context: context, error: ChannelError.eof) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        failed(ChannelError.eof)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failed(error)
        context.close(promise: nil)
    }
}
