import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

@testable import Recorder

/// A client that speaks HTTP/2 over TLS and keeps what comes in, frame by frame.
final class RawHTTP2Client: Sendable {
    private final class Frames: ChannelInboundHandler, Sendable {
        typealias InboundIn = HTTP2Frame
        let texts = Mutex<[HTTP2StreamID: String]>([:])

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let frame = unwrapInboundIn(data)
            let text: String? =
                switch frame.payload {
                case .headers(let block): block.headers.first(name: ":status").map { "\($0) " }
                case .data(let body):
                    if case .byteBuffer(let bytes) = body.data {
                        String(buffer: bytes) + (body.endStream ? "$" : "")
                    } else {
                        nil
                    }
                case .rstStream(let code): "reset \(code)"
                default: nil
                }
            if let text { texts.withLock { $0[frame.streamID, default: ""] += text } }
        }
    }

    private let channel: any Channel
    private let frames = Frames()
    private let token: String

    init(_ proxy: ProxyServer) async throws {
        token = proxy.token.text
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(proxy.authority.utf8)))
        configuration.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: configuration)
        let frames = frames
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    try pipeline.addHandler(NIOHTTP2Handler(mode: .client))
                    try pipeline.addHandler(frames)
                }
            }
            .connect(host: "127.0.0.1", port: proxy.port).get()
    }

    deinit { channel.close(promise: nil) }

    /// Sends a GET; `number` counts from 0.
    func get(_ path: String, _ number: Int) async throws {
        let block = HPACKHeaders([
            (":method", "GET"), (":path", path), (":scheme", "https"), (":authority", "127.0.0.1"),
            ("authorization", "Bearer \(token)"),
        ])
        let payload = HTTP2Frame.FramePayload.headers(.init(headers: block, endStream: true))
        let frame = HTTP2Frame(streamID: HTTP2StreamID(1 + 2 * number), payload: payload)
        try await channel.writeAndFlush(frame).get()
    }

    /// Waits until the answer to a request reads so: its status, its body, `$` at its end.
    func wait(for text: String, _ number: Int) async throws {
        let id = HTTP2StreamID(1 + 2 * number)
        for _ in 0..<3000 {
            if frames.texts.withLock({ $0[id] }) == text { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        let came = frames.texts.withLock { $0[id] } ?? "nothing"
        throw RawPeer.TimedOut(description: "no `\(text)`; there is: \(came)")
    }
}
