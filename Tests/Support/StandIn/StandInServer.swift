package import Foundation
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// An HTTP/1.1 server on loopback for tests: answers as a closure says, breaks things on demand.
///
/// Plain sockets and a thread a connection; TLS through the system's OpenSSL. It stops when it is let go.
package final class StandInServer: Sendable {
    package struct Request: Sendable {
        package var method: String
        /// Path and query.
        package var target: String
        /// Names in lower case; a header that came several times has several entries.
        package var headers: [(name: String, value: String)]
        package var body: Data
        /// From 1, over all connections.
        package var number: Int

        package init(method: String, target: String, headers: [(name: String, value: String)], body: Data, number: Int)
        {
            self.method = method
            self.target = target
            self.headers = headers
            self.body = body
            self.number = number
        }

        package var path: String { String(target.prefix { $0 != "?" }) }
        package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        package func headers(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }
        /// The body as a JSON object; a review may be in protobuf, too.
        package var json: [String: Any] {
            ReviewBody.object(body) ?? (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
        }
    }

    package enum Reply: Sendable {
        case response(status: Int, headers: [String], body: Data)
        /// The connection is reset without a word.
        case reset
        /// Nothing is sent, and the connection stays open.
        case hang
        /// A head that promises more bytes than come before the connection ends.
        case truncated(body: Data)
        /// These bytes and nothing else, then the connection ends.
        case raw(Data)

        package static func json(_ object: [String: Any], status: Int = 200, headers: [String] = []) -> Reply {
            let body = (try? JSONSerialization.data(withJSONObject: object)) ?? Data()
            return .response(status: status, headers: ["Content-Type: application/json"] + headers, body: body)
        }

        package static func text(_ text: String, status: Int, headers: [String] = []) -> Reply {
            .response(status: status, headers: ["Content-Type: text/plain"] + headers, body: Data(text.utf8))
        }
    }

    package typealias Handler = @Sendable (Request) -> Reply

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var open: Set<Int32> = []
        var isStopped = false
    }

    package let port: Int
    private let listener: Int32
    private let tls: StandInTLS?
    private let handler: Handler
    private let shared: Shared

    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    /// Listens on a free port of 127.0.0.1.
    package init(tls: StandInTLS? = nil, handler: @escaping Handler) throws {
        let (listener, port) = try Self.listen()
        self.listener = listener
        self.port = port
        self.tls = tls
        self.handler = handler
        shared = Shared()
        let shared = shared
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 {
                    if errno == EINTR { continue }
                    return
                }
                let isStopped = shared.state.withLock { state in
                    state.connections += 1
                    state.open.insert(connection)
                    return state.isStopped
                }
                guard !isStopped else { return }
                Thread.detachNewThread {
                    Self.serve(connection, tls, handler, shared)
                    // Closed under the lock, so that `stop` never shuts down another's descriptor.
                    shared.state.withLock { state in
                        state.open.remove(connection)
                        close(connection)
                    }
                }
            }
        }
    }

    deinit { stop() }

    /// Refuses new connections and ends those that are open.
    package func stop() {
        shared.state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            close(listener)
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    package var address: String { "\(tls == nil ? "http" : "https")://127.0.0.1:\(port)" }
    package var requests: [Request] { shared.state.withLock { $0.requests } }
    package var connectionCount: Int { shared.state.withLock { $0.connections } }

    /// A port of loopback where nobody listens.
    package static func freePort() throws -> Int {
        let (listener, port) = try listen()
        close(listener)
        return port
    }

    private static func listen() throws -> (Int32, Int) {
        #if canImport(Darwin)
            let listener = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Int in
                guard bind(listener, generic, length) == 0, systemListen(listener) == 0,
                    getsockname(listener, generic, &length) == 0
                else { return 0 }
                return 1
            }
        }
        guard port != 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func systemListen(_ listener: Int32) -> Int32 {
        #if canImport(Darwin)
            Darwin.listen(listener, 128)
        #else
            Glibc.listen(listener, 128)
        #endif
    }

    // MARK: One connection

    private static func serve(_ connection: Int32, _ tls: StandInTLS?, _ handler: Handler, _ shared: Shared) {
        guard let stream = StandInStream(connection, tls) else { return }
        var buffer = Data()
        while var request = readRequest(stream, &buffer) {
            request.number = shared.state.withLock { state in
                state.requests.append(request)
                return state.requests.count
            }
            switch handler(request) {
            case .response(let status, let headers, let body):
                var head = "HTTP/1.1 \(status) Status\r\nContent-Length: \(body.count)\r\n"
                for header in headers { head += header + "\r\n" }
                guard stream.write(Data((head + "\r\n").utf8) + body) else { return }
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
                return
            case .hang:
                while stream.read() != nil {}
                return
            case .truncated(let body):
                _ = stream.write(Data("HTTP/1.1 200 OK\r\nContent-Length: \(body.count + 100)\r\n\r\n".utf8) + body)
                return
            case .raw(let bytes):
                _ = stream.write(bytes)
                return
            }
        }
    }

    private static func readRequest(_ stream: StandInStream, _ buffer: inout Data) -> Request? {
        let separator = Data("\r\n\r\n".utf8)
        var end = buffer.range(of: separator)
        while end == nil {
            guard let more = stream.read() else { return nil }
            buffer.append(more)
            // A TLS handshake where none is expected.
            if buffer.first == 0x16 {
                _ = stream.write(Data("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
                return nil
            }
            end = buffer.range(of: separator)
        }
        guard let end else { return nil }
        let head = String(decoding: buffer[buffer.startIndex..<end.lowerBound], as: UTF8.self)
        let lines = head.components(separatedBy: "\r\n")
        let parts = lines[0].split(separator: " ").map(String.init)
        guard parts.count == 3 else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (line[..<colon].lowercased(), value)
        }
        buffer = Data(buffer[end.upperBound...])
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        while buffer.count < length {
            guard let more = stream.read() else { return nil }
            buffer.append(more)
        }
        let body = Data(buffer.prefix(length))
        buffer = Data(buffer.dropFirst(length))
        return Request(method: parts[0], target: parts[1], headers: headers, body: body, number: 0)
    }
}
