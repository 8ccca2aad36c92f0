import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Collects what comes in on a connection, and lets a test wait for it and answer.
final class RawPeer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct State {
        var text = ""
        var isInputClosed = false
        var isClosed = false
        var channel: (any Channel)?
    }

    private let state = Mutex(State())

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        state.withLock { $0.channel = channel }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        state.withLock { $0.text += text }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { state.withLock { $0.isInputClosed = true } }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.isClosed = true } }

    var text: String { state.withLock { $0.text } }
    var isInputClosed: Bool { state.withLock { $0.isInputClosed || $0.isClosed } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func send(_ text: String) async throws {
        try await state.withLock { $0.channel }?.writeAndFlush(ByteBuffer(string: text)).get()
    }

    /// Says that nothing more is sent, and goes on reading.
    func closeOutput() async throws {
        try await state.withLock { $0.channel }?.close(mode: .output).get()
    }

    func close() async throws {
        try await state.withLock { $0.channel }?.close().get()
    }

    /// Lets the other side's reading be all that goes on.
    func setAutoRead(_ isReading: Bool) async throws {
        try await state.withLock { $0.channel }?.setOption(.autoRead, value: isReading).get()
    }

    struct TimedOut: Error, CustomStringConvertible {
        var description: String
    }

    /// Waits until something holds; for the time of a slow machine.
    func wait(for what: String, until isDone: @Sendable (RawPeer) -> Bool) async throws {
        for _ in 0..<3000 {
            if isDone(self) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TimedOut(description: "no \(what); there is: \(text.suffix(400))")
    }

    func wait(for part: String) async throws { try await wait(for: part) { $0.text.contains(part) } }
}

/// A server that accepts connections and leaves the rest to the test.
final class RawServer: Sendable {
    let port: Int
    private let listener: any Channel
    private let shared: Shared

    private final class Shared: Sendable {
        let peers = Mutex<[RawPeer]>([])
    }

    init() async throws {
        let shared = Shared()
        self.shared = shared
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                let peer = RawPeer()
                shared.peers.withLock { $0.append(peer) }
                return channel.pipeline.addHandler(peer)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    deinit { listener.close(promise: nil) }

    /// The connection on which something came.
    func connection(whoseTextHas part: String) async throws -> RawPeer {
        for _ in 0..<3000 {
            if let peer = shared.peers.withLock({ $0.first { $0.text.contains(part) } }) { return peer }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw RawPeer.TimedOut(description: "no \(part)")
    }

    /// The nth connection, from 0.
    func connection(_ index: Int) async throws -> RawPeer {
        for _ in 0..<3000 {
            if let peer = shared.peers.withLock({ index < $0.count ? $0[index] : nil }) { return peer }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw RawPeer.TimedOut(description: "no connection \(index)")
    }
}

extension RawPeer {
    /// Connects to a TLS port of loopback; HTTP/1.1 is all that it offers.
    static func connect(port: Int, authority: String) async throws -> RawPeer {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
        configuration.applicationProtocols = ["http/1.1"]
        let context = try NIOSSLContext(configuration: configuration)
        let peer = RawPeer()
        _ = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(context: context, serverHostname: nil)
                    try channel.pipeline.syncOperations.addHandler(tls)
                    try channel.pipeline.syncOperations.addHandler(peer)
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return peer
    }
}
