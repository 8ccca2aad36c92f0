import Foundation
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization
import TestSupport

/// A TLS server that speaks HTTP/2, or what a client offers of HTTP/1.1, and answers as a test says, frame by frame.
final class RawHTTP2Server: Sendable {
    /// A request as it came, and the way to answer it.
    struct Request: Sendable {
        var headers: [String]
        var streamID: HTTP2StreamID
        var channel: any Channel
        /// Of the connection, from 0.
        var connection: Int

        func send(_ payload: HTTP2Frame.FramePayload) async throws {
            try await channel.writeAndFlush(HTTP2Frame(streamID: streamID, payload: payload)).get()
        }

        func answer(_ status: Int, _ headers: [(String, String)] = [], isLast: Bool = false) async throws {
            let block = HPACKHeaders([(":status", "\(status)")] + headers)
            try await send(.headers(.init(headers: block, endStream: isLast)))
        }

        func send(_ text: String, isLast: Bool = false) async throws {
            try await send(.data(.init(data: .byteBuffer(ByteBuffer(string: text)), endStream: isLast)))
        }

        /// Ends the answer with trailers.
        func end(_ trailers: [(String, String)]) async throws {
            try await send(.headers(.init(headers: HPACKHeaders(trailers), endStream: true)))
        }

        func goAway(lastStream: HTTP2StreamID) async throws {
            let payload = HTTP2Frame.FramePayload.goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil)
            try await channel.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: payload)).get()
        }
    }

    private struct State {
        var requests: [Request] = []
        var bodies: [String: String] = [:]
        var resets: [HTTP2StreamID] = []
        var connections = 0
        var http1: [RawPeer] = []
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    private final class Frames: ChannelInboundHandler {
        typealias InboundIn = HTTP2Frame

        private let shared: Shared
        private let number: Int

        init(_ shared: Shared) {
            self.shared = shared
            number = shared.state.withLock { state in
                state.connections += 1
                return state.connections - 1
            }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let frame = unwrapInboundIn(data)
            switch frame.payload {
            case .headers(let block):
                let request = Request(
                    headers: block.headers.map { "\($0.name): \($0.value)" },
                    streamID: frame.streamID,
                    channel: context.channel,
                    connection: number
                )
                shared.state.withLock { $0.requests.append(request) }
            case .data(let body):
                guard case .byteBuffer(let bytes) = body.data else { return }
                let text = String(buffer: bytes) + (body.endStream ? "$" : "")
                shared.state.withLock { $0.bodies["\(number)/\(frame.streamID)", default: ""] += text }
            case .rstStream: shared.state.withLock { $0.resets.append(frame.streamID) }
            default: break
            }
        }
    }

    let port: Int
    private let shared = Shared()
    private let listener: any Channel

    /// - Parameter maximumStreams: of one connection.
    init(maximumStreams: Int = 100) async throws {
        let files = Repository.fixtures.appending(path: "tls")
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(files.appending(path: "server.pem").path)
                .map { .certificate($0) },
            privateKey: .privateKey(
                try NIOSSLPrivateKey(file: files.appending(path: "server.key").path, format: .pem)
            )
        )
        configuration.applicationProtocols = ["h2", "http/1.1"]
        let tls = try NIOSSLContext(configuration: configuration)
        let shared = shared
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    let handler = ApplicationProtocolNegotiationHandler { result, channel in
                        channel.eventLoop.makeCompletedFuture {
                            try Self.complete(channel, result, shared, maximumStreams)
                        }
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    deinit { listener.close(promise: nil) }

    private static func complete(
        _ channel: any Channel,
        _ result: ALPNResult,
        _ shared: Shared,
        _ maximumStreams: Int
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        guard case .negotiated("h2") = result else {
            let peer = RawPeer()
            shared.state.withLock { $0.http1.append(peer) }
            return try pipeline.addHandler(peer)
        }
        let settings = [HTTP2Setting(parameter: .maxConcurrentStreams, value: maximumStreams)]
        try pipeline.addHandler(NIOHTTP2Handler(mode: .server, initialSettings: settings))
        try pipeline.addHandler(Frames(shared))
    }

    // MARK: - For tests

    /// The nth request by HTTP/2, from 0.
    func request(_ index: Int) async throws -> Request {
        try await wait("request \(index)") { index < $0.requests.count ? $0.requests[index] : nil }
    }

    /// The nth connection of HTTP/1.1, from 0.
    func http1(_ index: Int) async throws -> RawPeer {
        try await wait("connection \(index)") { index < $0.http1.count ? $0.http1[index] : nil }
    }

    /// Waits for a body; its end is `$`.
    func body(of request: Request, _ text: String) async throws {
        let key = "\(request.connection)/\(request.streamID)"
        _ = try await wait("body \(text)") { $0.bodies[key] == text ? text : nil }
    }

    func reset(of request: Request) async throws {
        _ = try await wait("end of the stream") { $0.resets.contains(request.streamID) ? true : nil }
    }

    private func wait<Value: Sendable>(_ what: String, _ find: (State) -> Value?) async throws -> Value {
        for _ in 0..<3000 {
            if let value = shared.state.withLock({ find($0) }) { return value }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw RawPeer.TimedOut(description: "no \(what)")
    }
}
