import NIOCore
import NIOHTTP1

/// Makes one pipe of two connections, after a 101 (exec, attach, port-forward: SPDY or WebSocket).
enum Tunnel {
    /// Both channels are of one event loop; their HTTP handlers pass bytes through from now on.
    static func join(_ client: any Channel, _ server: any Channel) {
        let ends = (TunnelEnd(), TunnelEnd())
        ends.0.peer = ends.1
        ends.1.peer = ends.0
        do {
            try client.pipeline.syncOperations.addHandler(ends.0)
            try server.pipeline.syncOperations.addHandler(ends.1)
            try strip(client, ByteToMessageHandler<HTTPRequestDecoder>.self, HTTPResponseEncoder.self)
            try strip(server, ByteToMessageHandler<HTTPResponseDecoder>.self, HTTPRequestEncoder.self)
        } catch {
            client.close(promise: nil)
            server.close(promise: nil)
        }
    }

    /// Takes out the codecs; what the decoder had read beyond the 101 comes through as bytes.
    private static func strip<Decoder: RemovableChannelHandler, Encoder: RemovableChannelHandler>(
        _ channel: any Channel,
        _ decoder: Decoder.Type,
        _ encoder: Encoder.Type
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        pipeline.removeHandler(context: try pipeline.context(handlerType: encoder), promise: nil)
        pipeline.removeHandler(context: try pipeline.context(handlerType: decoder), promise: nil)
    }
}

/// One end of the pipe: what comes in here goes out at the other, no faster than it can.
final class TunnelEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var peer: TunnelEnd?
    private var context: ChannelHandlerContext?
    private var reads = ReadGate()

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        peer = nil
    }

    func read(context: ChannelHandlerContext) {
        if reads.wants() { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        peer?.send(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        peer?.hold()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { peer?.setReading(true) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The other direction goes on: a client may close its input and still read.
        if case ChannelEvent.inputClosed = event { peer?.context?.close(mode: .output, promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        peer?.context?.close(promise: nil)
        peer = nil
    }

    private func send(_ bytes: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }

    /// Lets the peer read on only while this end takes more.
    private func hold() {
        if let context, !context.channel.isWritable { peer?.setReading(false) }
    }

    private func setReading(_ isReading: Bool) {
        if reads.set(isReading) { context?.read() }
    }
}
