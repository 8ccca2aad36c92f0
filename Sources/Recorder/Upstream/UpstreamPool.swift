import KubeAPI
import NIOCore
import NIOHTTP1
import NIOHTTP2

/// The connections to the API server of one event loop.
///
/// With HTTP/1.1 each carries one request at a time and is kept for the next: the API server answers a short request so
/// with the least work. With HTTP/2 each carries as many as the server takes at once: watches are there, so that a
/// thousand of them do not need a thousand connections, and whatever is too much for the former.
final class UpstreamPool {
    /// What a place is wanted for.
    enum Purpose {
        /// A request that has its answer soon.
        case short
        /// One whose answer has no end of its own.
        case watch
        /// One that may become a tunnel, and needs a connection of its own.
        case upgrade
    }

    typealias Completion = (Result<any UpstreamStream, UpstreamFailure>) -> Void

    private let eventLoop: any EventLoop
    private let target: UpstreamTarget
    private let connector: UpstreamConnector
    private var idle: [UpstreamConnection] = []
    private var shared: [HTTP2UpstreamConnection] = []
    /// Wait for the connection that is being made, to learn what the server speaks.
    private var waiting: [(identity: UpstreamIdentity, body: Completion)] = []
    private var isConnecting = false
    private var speaksHTTP2: Bool
    /// Connections of HTTP/1.1 that serve requests, or will.
    private var aloneCount = 0

    /// Less than the 90 s after which an API server closes an idle connection.
    private static let idleLimit = TimeAmount.seconds(60)
    /// More connections of HTTP/1.1 are not made where the server speaks HTTP/2.
    private static let aloneLimit = 16

    init(_ eventLoop: any EventLoop, to connection: ClusterConnection, target: UpstreamTarget, tls: UpstreamTLS) {
        self.eventLoop = eventLoop
        self.target = target
        connector = UpstreamConnector(eventLoop, to: connection, tls: tls)
        speaksHTTP2 = connection.address.isSecure
    }

    /// Hands over a place for one request: at once where one is free, else when it has come about.
    func lease(_ identity: UpstreamIdentity, for purpose: Purpose, then body: @escaping Completion) {
        let isAlone =
            switch purpose {
            case .short: !idle.isEmpty || aloneCount < Self.aloneLimit
            case .watch: false
            case .upgrade: true
            }
        if isAlone || !speaksHTTP2 { leaseAlone(identity, then: body) } else { leaseShared(identity, then: body) }
    }

    private func leaseShared(_ identity: UpstreamIdentity, then body: @escaping Completion) {
        shared.removeAll { $0.isUseless(after: Self.idleLimit) }
        if let connection = shared.first(where: { $0.certificate == identity.certificate && $0.hasRoom }) {
            return body(.success(connection.makeStream()))
        }
        waiting.append((identity, body))
        if !isConnecting { connectShared(identity) }
    }

    private func leaseAlone(_ identity: UpstreamIdentity, then body: @escaping Completion) {
        while let connection = idle.popLast() {
            let age = eventLoop.now - connection.idleSince
            if age < Self.idleLimit, connection.certificate == identity.certificate {
                return body(.success(connection))
            }
            connection.close()
        }
        aloneCount += 1
        connector.connect(identity.certificate, http2: false) { [self] result in
            if case .failure = result { aloneCount -= 1 }
            body(Result { () throws(UpstreamFailure) in try http1(try result.get(), identity) })
        }
    }

    private func connectShared(_ identity: UpstreamIdentity) {
        isConnecting = true
        connector.connect(identity.certificate, http2: true) { [self] result in
            isConnecting = false
            let waiting = waiting
            self.waiting.removeAll()
            do throws(UpstreamFailure) {
                try take(try result.get(), identity)
                for one in waiting { lease(one.identity, for: .watch, then: one.body) }
            } catch {
                for one in waiting { one.body(.failure(error)) }
            }
        }
    }

    private func take(_ link: UpstreamConnector.Link, _ identity: UpstreamIdentity) throws(UpstreamFailure) {
        speaksHTTP2 = link.isHTTP2
        if link.isHTTP2 { return shared.append(try http2(link, identity)) }
        aloneCount += 1
        keep(try http1(link, identity))
    }

    private func http1(
        _ link: UpstreamConnector.Link,
        _ identity: UpstreamIdentity
    ) throws(UpstreamFailure) -> UpstreamConnection {
        let connection = UpstreamConnection(certificate: identity.certificate, target: target, pool: self)
        do { try connection.complete(link.channel.pipeline.syncOperations) } catch {
            link.channel.close(promise: nil)
            aloneCount -= 1
            throw UpstreamFailure(error, reaching: target.address)
        }
        return connection
    }

    private func http2(
        _ link: UpstreamConnector.Link,
        _ identity: UpstreamIdentity
    ) throws(UpstreamFailure) -> HTTP2UpstreamConnection {
        let connection = HTTP2UpstreamConnection(certificate: identity.certificate, target: target, pool: self)
        do { try connection.complete(link.channel.pipeline.syncOperations) } catch {
            link.channel.close(promise: nil)
            throw UpstreamFailure(error, reaching: target.address)
        }
        return connection
    }

    // MARK: - For the connections

    /// A connection is free again.
    func keep(_ connection: UpstreamConnection) { idle.append(connection) }

    /// A connection was closed, or is a tunnel now.
    func forget(_ connection: UpstreamConnection) {
        aloneCount -= 1
        idle.removeAll { $0 === connection }
    }

    /// A connection takes no more requests.
    func forget(_ connection: HTTP2UpstreamConnection) { shared.removeAll { $0 === connection } }
}
