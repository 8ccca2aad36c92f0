package import KubeAPI
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import NIOTLS

/// The proxy of one run: TLS on a loopback port of the system's choice.
package final class ProxyServer: Sendable {
    /// For the child's kubeconfig.
    package let port: Int
    package let token: BearerToken
    /// PEM.
    package let authority: String

    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let services: ServiceTable

    /// Starts listening.
    ///
    /// - Parameter threads: each has connections of its own to the server.
    /// - Throws: where the system gives no port.
    package static func start(
        to connection: ClusterConnection,
        _ surroundings: ProcessSurroundings,
        authority: DeclaredAuthority? = nil,
        observer: any CallObserver,
        threads: Int = min(4, System.coreCount)
    ) async throws -> ProxyServer {
        let certificate = try RunCertificate()
        let token = BearerToken()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [certificate.certificate],
            privateKey: certificate.key
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        let tls = try NIOSSLContext(configuration: configuration)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let upstream = Upstream(connection, surroundings)
        let services = await ServiceTable(group) { eventLoop in
            LoopService(
                eventLoop,
                doorkeeper: Doorkeeper(token: token),
                upstream: upstream,
                authority: authority,
                observer: observer
            )
        }
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                    try pipeline.addHandler(NegotiationHandler(service: services.service(of: channel.eventLoop)))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ProxyServer(
            port: listener.localAddress?.port ?? 0,
            token: token,
            authority: certificate.authority,
            group: group,
            listener: listener,
            services: services
        )
    }

    private init(
        port: Int,
        token: BearerToken,
        authority: String,
        group: MultiThreadedEventLoopGroup,
        listener: any Channel,
        services: ServiceTable
    ) {
        self.port = port
        self.token = token
        self.authority = authority
        self.group = group
        self.listener = listener
        self.services = services
    }

    /// Stops listening, and sees what has come in by now through. The connections that are left end with the process.
    package func stop() async {
        try? await listener.close()
        for eventLoop in group.makeIterator() { try? await eventLoop.submit {}.get() }
    }
}

/// The service of each event loop; made once, read from everywhere.
final class ServiceTable: Sendable {
    private let services: [ObjectIdentifier: NIOLoopBound<LoopService>]

    init(_ group: any EventLoopGroup, _ make: @escaping @Sendable (any EventLoop) -> LoopService) async {
        var services: [ObjectIdentifier: NIOLoopBound<LoopService>] = [:]
        for eventLoop in group.makeIterator() {
            let made = eventLoop.submit { NIOLoopBound(make(eventLoop), eventLoop: eventLoop) }
            services[ObjectIdentifier(eventLoop)] = try? await made.get()
        }
        self.services = services
    }

    /// - Throws: for a loop of another group.
    func service(of eventLoop: any EventLoop) throws -> LoopService {
        guard let bound = services[ObjectIdentifier(eventLoop)] else {
            throw ChannelError.inappropriateOperationForState
        }
        return bound.value
    }
}

/// Waits for the end of the TLS handshake, and puts the protocol in place that was agreed on.
final class NegotiationHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Never

    private let service: LoopService
    private var deadline: Scheduled<Void>?

    private static let limit = TimeAmount.seconds(15)

    init(service: LoopService) { self.service = service }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: Self.limit) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let name) = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        do {
            let pipeline = context.pipeline.syncOperations
            if name == "h2" { try addHTTP2(pipeline) } else { try addHTTP1(pipeline) }
            pipeline.removeHandler(context: context, promise: nil)
        } catch { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func addHTTP2(_ pipeline: ChannelPipeline.SynchronousOperations) throws {
        try pipeline.addHandler(
            NIOHTTP2Handler(
                mode: .server,
                connectionConfiguration: HTTP2ServerHandler.configuration(),
                streamConfiguration: HTTP2ServerHandler.streamConfiguration()
            )
        )
        try pipeline.addHandler(HTTP2ServerHandler(service: service))
    }

    private func addHTTP1(_ pipeline: ChannelPipeline.SynchronousOperations) throws {
        var framing = HTTPResponseEncoder.Configuration()
        framing.automaticallySetFramingHeaders = false
        try pipeline.addHandler(HTTPResponseEncoder(configuration: framing))
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)))
        try pipeline.addHandler(HTTP1ServerHandler(service: service))
    }
}
