import Synchronization

@testable import Recorder

/// Keeps what a proxy tells its observer.
final class CallLog: CallObserver {
    let calls = Mutex<[ObservedCall]>([])
    let failures = Mutex<[String]>([])

    func observed(_ call: ObservedCall) { calls.withLock { $0.append(call) } }
    func failed(_ reason: String) { failures.withLock { $0.append(reason) } }

    var statuses: [Int?] { calls.withLock { $0.map(\.status) } }
}

extension ProxyServer {
    /// A request of HTTP/1.1 with this proxy's token.
    func request(_ line: String, _ headers: [String] = []) -> String {
        ([line, "Host: 127.0.0.1", "Authorization: Bearer \(token.text)"] + headers).joined(separator: "\r\n")
            + "\r\n\r\n"
    }

    func client() async throws -> RawPeer { try await RawPeer.connect(port: port, authority: authority) }
}
