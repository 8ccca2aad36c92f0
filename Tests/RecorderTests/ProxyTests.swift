import Synchronization
import TestSupport
import Testing

@testable import KubeAPI
@testable import Recorder

/// The proxy between a client and a server that both do what a test says, byte for byte.
@Suite struct ProxyTests {
    private let server: RawServer
    private let proxy: ProxyServer
    private let log = CallLog()

    init() async throws {
        server = try await RawServer()
        let address = ServerAddress(isSecure: false, host: "127.0.0.1", port: server.port)
        proxy = try await ProxyServer.start(
            to: ClusterConnection(address: address, credentials: .none),
            ProcessSurroundings(environment: [:]),
            observer: log
        )
    }

    private func client() async throws -> RawPeer { try await proxy.client() }

    private func request(_ line: String, _ headers: [String] = []) -> String { proxy.request(line, headers) }

    @Test func aWatchComesThroughEventByEvent() async throws {
        let client = try await client()
        try await client.send(request("GET /api/v1/pods?watch=1 HTTP/1.1"))
        let connection = try await server.connection(0)
        try await connection.wait(for: "\r\n\r\n")
        #expect(connection.text.hasPrefix("GET /api/v1/pods?watch=1 HTTP/1.1\r\n"))
        #expect(!connection.text.contains(proxy.token.text))
        try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        try await client.wait(for: "one")
        try await connection.send("3\r\ntwo\r\n")
        try await client.wait(for: "two")
        // It ends as it does without us.
        try await connection.send("0\r\nX-Sum: 6\r\n\r\n")
        try await client.wait(for: "X-Sum: 6")
        #expect(log.statuses == [200])
    }

    @Test func aCutAnswerIsNotMadeWhole() async throws {
        let client = try await client()
        try await client.send(request("GET /api/v1/pods HTTP/1.1"))
        let connection = try await server.connection(0)
        try await connection.wait(for: "\r\n\r\n")
        try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        try await client.wait(for: "one")
        try await connection.close()
        try await client.wait(for: "end of the connection") { $0.isInputClosed }
        #expect(!client.text.contains("0\r\n\r\n"))
    }

    /// As without the proxy, where the client's own connection ends: a watch is begun anew without a word, and what has an
    /// end of its own is not taken for whole.
    @Test func aLostConnectionEndsWatchesAndBreaksOffTheRest() async throws {
        let client = try await RawHTTP2Client(proxy)
        for (number, path) in ["/api/v1/pods?watch=true", "/api/v1/pods", "/log?follow=true"].enumerated() {
            try await client.get(path, number)
            let connection = try await server.connection(whoseTextHas: "GET \(path) HTTP/1.1")
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
            try await client.wait(for: "200 one", number)
            try await connection.close()
        }
        try await client.wait(for: "200 one$", 0)
        try await client.wait(for: "200 onereset HTTP2ErrorCode<0x2 Internal Error>", 1)
        try await client.wait(for: "200 onereset HTTP2ErrorCode<0x2 Internal Error>", 2)
    }

    @Test func aKeptConnectionThatTheServerClosedIsNotMissed() async throws {
        let client = try await client()
        try await client.send(request("GET /a HTTP/1.1"))
        let first = try await server.connection(0)
        try await first.wait(for: "\r\n\r\n")
        try await first.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst")
        try await client.wait(for: "first")
        try await first.close()
        try await client.send(request("GET /b HTTP/1.1"))
        let second = try await server.connection(1)
        try await second.wait(for: "GET /b")
        try await second.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond")
        try await client.wait(for: "second")
    }

    @Test func bodiesGoUpInChunksWithTheirTrailers() async throws {
        let client = try await client()
        try await client.send(request("POST /a HTTP/1.1", ["Transfer-Encoding: chunked", "Expect: 100-continue"]))
        let connection = try await server.connection(0)
        try await connection.wait(for: "Expect: 100-continue")
        try await connection.send("HTTP/1.1 100 Continue\r\n\r\n")
        try await client.wait(for: "100 Continue")
        try await client.send("3\r\nabc\r\n")
        try await connection.wait(for: "3\r\nabc\r\n")
        try await client.send("0\r\nX-Sum: 3\r\n\r\n")
        try await connection.wait(for: "0\r\nX-Sum: 3\r\n\r\n")
        try await connection.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        try await client.wait(for: "201 Created")
        #expect(log.statuses == [201])
    }

    @Test func anUpgradeBecomesAPipeThatCanBeHalfClosed() async throws {
        let client = try await client()
        let line = "POST /api/v1/namespaces/a/pods/b/exec?command=sh HTTP/1.1"
        try await client.send(request(line, ["Connection: Upgrade", "Upgrade: SPDY/3.1", "Content-Length: 0"]))
        let connection = try await server.connection(0)
        try await connection.wait(for: "Upgrade: SPDY/3.1")
        // What comes right behind the 101 belongs to the pipe.
        try await connection.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\nhello"
        )
        try await client.wait(for: "hello")
        #expect(client.text.contains("Upgrade: SPDY/3.1"))
        try await client.send("input")
        try await connection.wait(for: "input")
        try await client.closeOutput()
        try await connection.wait(for: "end of input") { $0.isInputClosed }
        try await connection.send("the last words")
        try await client.wait(for: "the last words")
        try await connection.close()
        try await client.wait(for: "end of the connection") { $0.isInputClosed }
        #expect(log.statuses == [101])
    }

    @Test func anUpgradeThatIsRefusedIsAnAnswer() async throws {
        let client = try await client()
        try await client.send(request("GET /x/exec HTTP/1.1", ["Connection: Upgrade", "Upgrade: websocket"]))
        let connection = try await server.connection(0)
        try await connection.wait(for: "\r\n\r\n")
        let body = #"{"message":"pods \"b\" is forbidden"}"#
        try await connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        try await client.wait(for: "is forbidden")
        try await client.wait(for: "end of the connection") { $0.isInputClosed }
        #expect(log.calls.withLock { $0.first?.message } == #"pods "b" is forbidden"#)
    }

    @Test func aSlowClientHoldsTheServerBack() async throws {
        let client = try await client()
        try await client.send(request("GET /large HTTP/1.1"))
        let connection = try await server.connection(0)
        try await connection.wait(for: "\r\n\r\n")
        try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
        try await client.wait(for: "104857600")
        try await client.setAutoRead(false)
        let sent = Mutex(0)
        let chunk = String(repeating: "x", count: 1 << 20)
        let sending = Task {
            for _ in 0..<100 {
                try await connection.send(chunk)
                sent.withLock { $0 += 1 }
            }
        }
        // It stops when the buffers of the system and ours are full, which is long before the end.
        var last = -1
        while sent.withLock({ $0 }) != last {
            last = sent.withLock { $0 }
            try await Task.sleep(for: .milliseconds(500))
        }
        #expect(last < 60)
        sending.cancel()
        try await connection.close()
    }

    @Test func aServerThatIsNotThereIsTold() async throws {
        let free = try StandInServer.freePort()
        let address = ServerAddress(isSecure: false, host: "127.0.0.1", port: free)
        let other = try await ProxyServer.start(
            to: ClusterConnection(address: address, credentials: .none),
            ProcessSurroundings(environment: [:]),
            observer: log
        )
        let reason = "swiftop-rbac: the API server at http://127.0.0.1:\(free) cannot be reached: connection refused"
        let client = try await other.client()
        // client-go shows the text of the one, and the message of the other.
        try await client.send(other.request("GET /api HTTP/1.1"))
        try await client.wait(for: "\r\n\r\n\(reason)\n")
        #expect(client.text.hasPrefix("HTTP/1.1 502 "))
        try await client.send(other.request("GET /api/v1/pods HTTP/1.1"))
        try await client.wait(for: #""message":"\#(reason)","reason":"ServiceUnavailable","code":502"#)
        #expect(log.failures.withLock { Set($0).count } == 1)
        #expect(log.statuses == [nil, nil])
    }

    @Test func aServerIsReachedThroughAProxy() async throws {
        var connection = ClusterConnection(
            address: ServerAddress(isSecure: false, host: "kube.test", port: 8001),
            credentials: .none
        )
        connection.proxy = ProxyAddress("socks5://127.0.0.1:\(server.port)")
        let other = try await ProxyServer.start(
            to: connection,
            ProcessSurroundings(environment: [:]),
            observer: log
        )
        let client = try await other.client()
        try await client.send(other.request("GET /a HTTP/1.1"))
        let proxy = try await server.connection(0)
        try await proxy.wait(for: "\u{5}\u{1}\0")
        try await proxy.send("\u{5}\0")
        try await proxy.wait(for: "\u{5}\u{1}\0\u{3}\u{9}kube.test\u{1F}A")
        try await proxy.send("\u{5}\0\0\u{1}\0\0\0\0\0\0")
        try await proxy.wait(for: "GET /a HTTP/1.1\r\nHost: kube.test:8001\r\n")
        try await proxy.send("HTTP/1.1 204 No Content\r\n\r\n")
        try await client.wait(for: "HTTP/1.1 204 ")
    }

    @Test func anHTTPProxyIsAskedForHTTPInTheClear() async throws {
        var connection = ClusterConnection(
            address: ServerAddress(isSecure: false, host: "kube.test", port: 8001, pathPrefix: "/p"),
            credentials: .none
        )
        connection.proxy = ProxyAddress("http://me:own@127.0.0.1:\(server.port)")
        let other = try await ProxyServer.start(
            to: connection,
            ProcessSurroundings(environment: [:]),
            observer: log
        )
        let client = try await other.client()
        try await client.send(other.request("GET /a HTTP/1.1"))
        let proxy = try await server.connection(0)
        try await proxy.wait(for: "GET http://kube.test:8001/p/a HTTP/1.1\r\nHost: kube.test:8001\r\n")
        #expect(proxy.text.contains("Proxy-Authorization: Basic bWU6b3du\r\n"))
        try await proxy.send("HTTP/1.1 204 No Content\r\n\r\n")
        try await client.wait(for: "HTTP/1.1 204 ")
    }

    @Test func aProxyThatSaysNothingIsNotWaitedFor() async throws {
        var connection = ClusterConnection(
            address: ServerAddress(isSecure: true, host: "kube.test", port: 6443),
            credentials: .none
        )
        connection.proxy = ProxyAddress("http://127.0.0.1:\(server.port)")
        let other = try await ProxyServer.start(
            to: connection,
            ProcessSurroundings(environment: [:]),
            observer: log
        )
        let client = try await other.client()
        try await client.send(other.request("GET /a HTTP/1.1"))
        let proxy = try await server.connection(0)
        try await proxy.wait(for: "CONNECT kube.test:6443 HTTP/1.1\r\n")
        try await proxy.closeOutput()
        try await client.wait(
            for: "the proxy http://127.0.0.1:\(server.port) cannot be reached: it closed the connection"
        )
    }

    @Test func refusedCredentialsAreReadAgain() async throws {
        let folder = try ScratchFolder()
        try folder.write("token", "old")
        var credentials = Credentials.none
        credentials.tokenFile = "\(folder.path)/token"
        let other = try await ProxyServer.start(
            to: ClusterConnection(
                address: ServerAddress(isSecure: false, host: "127.0.0.1", port: server.port),
                credentials: credentials
            ),
            ProcessSurroundings(environment: [:]),
            observer: log
        )
        let client = try await other.client()
        try await client.send(other.request("GET /a HTTP/1.1"))
        let first = try await server.connection(0)
        try await first.wait(for: "Authorization: Bearer old\r\n")
        try folder.write("token", "new")
        try await first.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        let second = try await server.connection(whoseTextHas: "Authorization: Bearer new\r\n")
        try await second.send("HTTP/1.1 204 No Content\r\n\r\n")
        try await client.wait(for: "HTTP/1.1 204 ")
        #expect(log.statuses == [204])
    }

    @Test func strangersAreNotRecorded() async throws {
        let client = try await client()
        try await client.send("GET /api HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try await client.wait(for: "Unauthorized")
        #expect(client.text.hasPrefix("HTTP/1.1 401 "))
        #expect(log.statuses.isEmpty)
    }
}
