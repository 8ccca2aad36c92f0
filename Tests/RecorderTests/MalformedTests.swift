import TestSupport
import Testing

@testable import KubeAPI
@testable import Recorder

/// What is no HTTP, or not quite, does no harm to what comes after it.
@Suite struct MalformedTests {
    private static let head = "Host: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\n"

    /// Each is followed by the end of what the client sends.
    private static let requests = [
        "", "\r\n\r\n\r\n", "GET", "GET\r\n\r\n", "\0\u{1}\u{2}\u{3}", "GET / HTTP/9.9\r\n\(head)\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\n\(head)Content-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\n\(head)Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n\(head)Transfer-Encoding: chunked\r\n\r\nZZ\r\nxx",
        "POST / HTTP/1.1\r\n\(head)Content-Length: 1000\r\n\r\nshort", "GET / HTTP/1.1\r\n\(head)A b: c\r\n\r\n",
        "GET / HTTP/1.1\r\n\(head)A: \(String(repeating: "a", count: 200_000))", "DELETE \u{FF} HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]

    @Test func everyConnectionEndsAndTheNextRequestIsServed() async throws {
        let server = try await RawServer()
        let proxy = try await ProxyServer.start(
            to: ClusterConnection(
                address: ServerAddress(isSecure: false, host: "127.0.0.1", port: server.port),
                credentials: .none
            ),
            ProcessSurroundings(environment: [:]),
            observer: CallLog(),
            threads: 1
        )
        for request in Self.requests {
            let client = try await proxy.client()
            // The proxy may have hung up before all of it is out.
            try? await client.send(request.replacing("TOKEN", with: proxy.token.text))
            try? await client.closeOutput()
            try await client.wait(for: "end after \(request.prefix(60).debugDescription)") { $0.isInputClosed }
            #expect(client.text.isEmpty || client.text.hasPrefix("HTTP/1.1 4"), "\(request.prefix(60))")
        }
        let client = try await proxy.client()
        try await client.send(proxy.request("GET /last HTTP/1.1"))
        try await server.connection(whoseTextHas: "GET /last").send("HTTP/1.1 204 No Content\r\n\r\n")
        try await client.wait(for: "HTTP/1.1 204 ")
    }
}
