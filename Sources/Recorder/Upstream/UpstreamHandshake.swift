import NIOCore
import NIOSSL
import NIOTLS

/// Waits for the end of a TLS handshake, looks whom the certificate names, and then makes room.
final class UpstreamHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Never

    private let end: UpstreamTLS.End
    private let agreed: (String?) throws -> Void
    private let failed: (any Error) -> Void

    /// - Parameters:
    ///   - agreed: is given the protocol, and completes the pipeline.
    ///   - failed: told why nothing came of it, before the connection is closed.
    init(
        _ end: UpstreamTLS.End,
        agreed: @escaping (String?) throws -> Void,
        failed: @escaping (any Error) -> Void
    ) {
        self.end = end
        self.agreed = agreed
        self.failed = failed
    }

    /// Puts TLS and this at the end of the pipeline.
    func begin(on channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(end.handler)
        try channel.pipeline.syncOperations.addHandler(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let name) = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        do {
            if let identity = end.identity {
                guard let certificate = end.handler.peerCertificate, identity.isNamed(by: certificate) else {
                    throw WrongServer()
                }
            }
            try agreed(name)
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        } catch { errorCaught(context: context, error: error) }
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
