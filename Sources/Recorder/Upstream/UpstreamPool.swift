import KubeAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The connections to the API server of one event loop: each carries one request at a time, and is kept for the next.
final class UpstreamPool {
    private let eventLoop: any EventLoop
    private let address: ServerAddress
    private let tls: UpstreamTLS
    private var idle: [UpstreamConnection] = []

    /// Less than the 90 s after which an API server closes an idle connection.
    private static let idleLimit = TimeAmount.seconds(60)
    private static let connectTimeout = TimeAmount.seconds(15)

    init(_ eventLoop: any EventLoop, address: ServerAddress, tls: UpstreamTLS) {
        self.eventLoop = eventLoop
        self.address = address
        self.tls = tls
    }

    /// Hands over a connection: at once where one is free, else when it has come about.
    func lease(
        _ identity: UpstreamIdentity,
        then body: @escaping (Result<UpstreamConnection, UpstreamFailure>) -> Void
    ) {
        while let connection = idle.popLast() {
            let age = eventLoop.now - connection.idleSince
            if age < Self.idleLimit, connection.certificate == identity.certificate {
                return body(.success(connection))
            }
            connection.close()
        }
        connect(identity, then: body)
    }

    /// A connection is free again.
    func keep(_ connection: UpstreamConnection) { idle.append(connection) }

    /// A free connection was closed.
    func forget(_ connection: UpstreamConnection) { idle.removeAll { $0 === connection } }

    func closeAll() {
        for connection in idle { connection.close() }
        idle.removeAll()
    }

    private func connect(
        _ identity: UpstreamIdentity,
        then body: @escaping (Result<UpstreamConnection, UpstreamFailure>) -> Void
    ) {
        let tls = tls
        let certificate = identity.certificate
        ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try Self.prepare(channel, tls, certificate) }
            }
            .connect(host: address.host, port: address.port)
            .assumeIsolated()
            .whenComplete { [self] result in
                switch result {
                case .success(let channel):
                    do {
                        let connection = try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self)
                        connection.pool = self
                        body(.success(connection))
                    } catch { body(.failure(UpstreamFailure(error, reaching: address))) }
                case .failure(let error): body(.failure(UpstreamFailure(error, reaching: address)))
                }
            }
    }

    private static func prepare(
        _ channel: any Channel,
        _ tls: UpstreamTLS,
        _ certificate: ClientCertificate?
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let handler = try tls.handler(certificate) { try pipeline.addHandler(handler) }
        var framing = HTTPRequestEncoder.Configuration()
        framing.automaticallySetFramingHeaders = false
        try pipeline.addHandler(HTTPRequestEncoder(configuration: framing))
        try pipeline.addHandler(
            ByteToMessageHandler(
                HTTPResponseDecoder(
                    leftOverBytesStrategy: .forwardBytes,
                    informationalResponseStrategy: .forward
                )
            )
        )
        try pipeline.addHandler(UpstreamConnection(certificate: certificate))
    }
}
