import NIOCore
import NIOHTTP1

/// One request's place on a connection to the API server: the connection itself with HTTP/1.1, one stream of it with
/// HTTP/2. All on one event loop.
protocol UpstreamStream: AnyObject {
    /// Whether more of the request's body can be taken without holding it in memory.
    var isWritable: Bool { get }
    func start(_ exchange: Exchange, as identity: UpstreamIdentity)
    func send(_ body: ByteBuffer)
    func finish(_ trailers: HTTPHeaders?)
    /// Gives the place back after a complete exchange, or unused.
    func release()
    /// Nobody waits for the answer any more.
    func cancel()
    /// Holds the server back while the client is slow.
    func setReading(_ isReading: Bool)
    /// Stops reading HTTP: what follows are bytes of another protocol. `nil` where the connection is not ours alone.
    func becomeTunnel() -> (any Channel)?
}
