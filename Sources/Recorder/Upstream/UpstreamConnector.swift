import KubeAPI
import NIOCore
import NIOPosix

/// Makes connections to the API server for one event loop: directly or through a proxy, with TLS or in the clear.
struct UpstreamConnector {
    /// A connection on which nothing of HTTP was said yet. Its pipeline is to be completed at once.
    struct Link {
        let channel: any Channel
        /// What TLS agreed on.
        let isHTTP2: Bool
    }

    typealias Completion = (Result<Link, UpstreamFailure>) -> Void

    private let eventLoop: any EventLoop
    private let address: ServerAddress
    private let proxy: ProxyAddress?
    private let tls: UpstreamTLS

    /// For all of it: the connection, the proxy's answer, TLS.
    private static let limit = TimeAmount.seconds(15)

    init(_ eventLoop: any EventLoop, to connection: ClusterConnection, tls: UpstreamTLS) {
        self.eventLoop = eventLoop
        address = connection.address
        proxy = connection.proxy
        self.tls = tls
    }

    /// - Parameter http2: offers HTTP/2 beside HTTP/1.1.
    func connect(_ certificate: ClientCertificate?, http2: Bool, then body: @escaping Completion) {
        let attempt = Attempt(
            body,
            deadline: eventLoop,
            Self.limit,
            late: failure(ChannelError.connectTimeout(Self.limit))
        )
        ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.limit)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: proxy?.host ?? address.host, port: proxy?.port ?? address.port)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .failure(let error): attempt.fail(proxy == nil ? failure(error) : proxyFailure(error))
                case .success(let channel):
                    attempt.channel = channel
                    do { try begin(attempt, channel, certificate, http2) } catch { attempt.fail(failure(error)) }
                }
            }
    }

    private func begin(
        _ attempt: Attempt,
        _ channel: any Channel,
        _ certificate: ClientCertificate?,
        _ http2: Bool
    ) throws {
        guard let proxy else { return try secure(attempt, channel, certificate, http2) }
        guard proxy.scheme == .https else { return try talk(attempt, channel, proxy, certificate, http2) }
        let handler = UpstreamHandshake(
            try tls.end(toProxy: proxy),
            agreed: { _ in try talk(attempt, channel, proxy, certificate, http2) },
            failed: { attempt.fail(proxyFailure($0)) }
        )
        try handler.begin(on: channel)
    }

    private func talk(
        _ attempt: Attempt,
        _ channel: any Channel,
        _ proxy: ProxyAddress,
        _ certificate: ClientCertificate?,
        _ http2: Bool
    ) throws {
        guard let dialogue = dialogue(with: proxy) else { return attempt.succeed(isHTTP2: false) }
        try channel.pipeline.syncOperations.addHandler(
            ProxyDialogueHandler(
                dialogue,
                finished: { _ in try secure(attempt, channel, certificate, http2) },
                failed: { attempt.fail(proxyFailure($0)) }
            )
        )
    }

    /// `nil` where requests go to the proxy itself: HTTP in the clear through an HTTP proxy.
    private func dialogue(with proxy: ProxyAddress) -> (any ProxyDialogue)? {
        switch proxy.scheme {
        case .socks5, .socks5h: SOCKSDialogue(proxy, address: address)
        case .http, .https: address.isSecure ? ConnectDialogue(proxy, target: address.hostAndPort) : nil
        }
    }

    private func secure(
        _ attempt: Attempt,
        _ channel: any Channel,
        _ certificate: ClientCertificate?,
        _ http2: Bool
    ) throws {
        guard address.isSecure else { return attempt.succeed(isHTTP2: false) }
        let handler = UpstreamHandshake(
            try tls.end(certificate, http2: http2),
            agreed: { attempt.succeed(isHTTP2: $0 == "h2") },
            failed: { attempt.fail(failure($0)) }
        )
        try handler.begin(on: channel)
    }

    private func failure(_ error: any Error) -> UpstreamFailure { UpstreamFailure(error, reaching: address) }

    private func proxyFailure(_ error: any Error) -> UpstreamFailure {
        proxy.map { UpstreamFailure(error, reaching: $0) } ?? failure(error)
    }
}

extension UpstreamConnector {
    /// One connection on its way; its end is told once.
    private final class Attempt {
        var channel: (any Channel)?
        private var body: Completion?
        private var deadline: Scheduled<Void>?

        init(
            _ body: @escaping Completion,
            deadline eventLoop: any EventLoop,
            _ limit: TimeAmount,
            late: UpstreamFailure
        ) {
            self.body = body
            deadline = eventLoop.assumeIsolated().scheduleTask(in: limit) { self.fail(late) }
        }

        func succeed(isHTTP2: Bool) {
            guard let channel, let body = take() else { return }
            body(.success(Link(channel: channel, isHTTP2: isHTTP2)))
        }

        func fail(_ failure: UpstreamFailure) {
            guard let body = take() else { return }
            channel?.close(promise: nil)
            body(.failure(failure))
        }

        private func take() -> Completion? {
            deadline?.cancel()
            deadline = nil
            defer { body = nil }
            return body
        }
    }
}
