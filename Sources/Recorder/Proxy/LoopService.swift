import KubeAPI
import NIOCore

/// What the exchanges of one event loop share.
final class LoopService {
    let doorkeeper: Doorkeeper
    let target: UpstreamTarget
    let pool: UpstreamPool
    let authority: (any RequestAuthority)?
    private let eventLoop: any EventLoop
    private let credentials: UpstreamCredentials
    private let observer: any CallObserver

    init(
        _ eventLoop: any EventLoop,
        doorkeeper: Doorkeeper,
        upstream: Upstream,
        authority: (any RequestAuthority)?,
        observer: any CallObserver
    ) {
        self.eventLoop = eventLoop
        self.doorkeeper = doorkeeper
        self.observer = observer
        self.authority = authority
        target = UpstreamTarget(upstream.connection)
        credentials = upstream.credentials
        pool = UpstreamPool(eventLoop, to: upstream.connection, target: target, tls: upstream.tls)
    }

    var canRenew: Bool { credentials.canRenew }

    func log(_ call: ObservedCall) { observer.observed(call) }

    /// Tells the user, once in as many words.
    func warn(_ text: String) { observer.failed(text) }

    func report(_ failure: UpstreamFailure) { observer.failed(failure.description) }

    /// The user's credentials; at once where they are at hand.
    func identity(_ body: @escaping (Result<UpstreamIdentity, UpstreamFailure>) -> Void) {
        if let current = credentials.current { return body(.success(current)) }
        fetch(after: nil, body)
    }

    /// Asks for newer credentials than those that were refused.
    func renew(after generation: Int, _ body: @escaping () -> Void) {
        fetch(after: generation) { _ in body() }
    }

    /// Asks the server about an object.
    func lookUp(_ path: String, _ body: @escaping (Lookup) -> Void) {
        guard let authority else { return body(.unknown) }
        eventLoop.makeFutureWithTask { await authority.lookUp(path) }.assumeIsolated().whenSuccess(body)
    }

    private func fetch(
        after generation: Int?,
        _ body: @escaping (Result<UpstreamIdentity, UpstreamFailure>) -> Void
    ) {
        let credentials = credentials
        eventLoop.makeFutureWithTask { await credentials.fetch(after: generation) }
            .assumeIsolated()
            .whenSuccess(body)
    }
}

/// The server that calls go to, and with what credentials.
struct Upstream: Sendable {
    var connection: ClusterConnection
    var tls: UpstreamTLS
    var credentials: UpstreamCredentials

    init(_ connection: ClusterConnection, _ surroundings: ProcessSurroundings) {
        self.connection = connection
        tls = UpstreamTLS(connection)
        credentials = UpstreamCredentials(Authenticator(connection, surroundings))
    }
}
