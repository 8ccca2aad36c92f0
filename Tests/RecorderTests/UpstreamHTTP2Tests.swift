import Foundation
import NIOHTTP2
import Synchronization
import TestSupport
import Testing

@testable import KubeAPI
@testable import Recorder

/// The proxy before a server that speaks HTTP/2, and does what a test says, frame by frame.
@Suite struct UpstreamHTTP2Tests {
    private let server: RawHTTP2Server
    private let proxy: ProxyServer
    private let log = CallLog()

    init() async throws {
        server = try await RawHTTP2Server(maximumStreams: 2)
        let address = ServerAddress(isSecure: true, host: "127.0.0.1", port: server.port)
        var connection = ClusterConnection(address: address, credentials: .none)
        connection.certificateAuthority = Array(try Data(contentsOf: EnvTest.authority))
        proxy = try await ProxyServer.start(
            to: connection,
            ProcessSurroundings(environment: [:]),
            observer: log,
            threads: 1
        )
    }

    /// A client with a request under way, and the request as the server got it.
    private func start(
        _ index: Int,
        _ line: String = "GET /a?watch=1 HTTP/1.1",
        _ headers: [String] = []
    ) async throws -> (RawPeer, RawHTTP2Server.Request) {
        let client = try await proxy.client()
        try await client.send(proxy.request(line, headers))
        return (client, try await server.request(index))
    }

    @Test func aWatchComesThroughEventByEvent() async throws {
        let (client, request) = try await start(0, "GET /api/v1/pods?watch=1 HTTP/1.1", ["Accept: a/b"])
        #expect(
            request.headers == [
                ":method: GET", ":scheme: https", ":authority: 127.0.0.1:\(server.port)",
                ":path: /api/v1/pods?watch=1", "accept: a/b",
            ]
        )
        try await request.answer(200, [("x-kind", "watch")])
        try await request.send("one\n")
        try await client.wait(for: "one\n")
        try await request.send("two\n")
        try await client.wait(for: "two\n")
        try await request.end([("x-sum", "6")])
        try await client.wait(for: "x-sum: 6")
        #expect(client.text.contains("x-kind: watch"))
        #expect(log.statuses == [200])
    }

    @Test func requestsShareConnectionsAsFarAsTheServerAllows() async throws {
        var open: [(RawPeer, RawHTTP2Server.Request)] = []
        // The first answer comes after the server has said how many requests it takes.
        let (first, request) = try await start(0)
        try await request.answer(204, isLast: true)
        try await first.wait(for: "204")
        for index in 1...3 { open.append(try await start(index)) }
        #expect(open.map { $0.1.connection } == [0, 0, 1])
        for (client, request) in open {
            try await request.answer(200)
            try await request.send("here", isLast: true)
            try await client.wait(for: "here")
        }
    }

    @Test func aClientThatLeavesEndsItsStreamAlone() async throws {
        let (first, watch) = try await start(0)
        let (second, other) = try await start(1)
        try await first.close()
        try await server.reset(of: watch)
        try await other.answer(200)
        try await other.send("still here", isLast: true)
        try await second.wait(for: "still here")
    }

    @Test func bodiesGoUpWithTheirTrailers() async throws {
        let (client, request) = try await start(0, "POST /a?watch=1 HTTP/1.1", ["Transfer-Encoding: chunked"])
        try await client.send("3\r\nabc\r\n")
        try await server.body(of: request, "abc")
        try await client.send("2\r\nde\r\n0\r\n\r\n")
        try await server.body(of: request, "abcde$")
        try await request.answer(100)
        try await client.wait(for: "100 Continue")
        try await request.answer(201, [("content-length", "0")], isLast: true)
        try await client.wait(for: "201 Created")
    }

    @Test func aServerThatSaysFarewellSeesItsRequestsThrough() async throws {
        let (watching, watch) = try await start(0)
        try await watch.answer(200)
        let (unseen, second) = try await start(1)
        #expect(second.connection == 0)
        // It has seen the first request only; the second one is asked again, and whatever comes later goes there, too.
        try await watch.goAway(lastStream: watch.streamID)
        let again = try await server.request(2)
        #expect(again.connection == 1)
        try await again.answer(200)
        try await again.send("again", isLast: true)
        try await unseen.wait(for: "again")
        try await watch.send("still here", isLast: true)
        try await watching.wait(for: "still here")
    }

    @Test func aRequestThatTheServerDidNotTakeIsSentAgain() async throws {
        let (client, request) = try await start(0)
        try await request.send(.rstStream(.refusedStream))
        let again = try await server.request(1)
        try await again.answer(204, isLast: true)
        try await client.wait(for: "204")
        #expect(log.statuses == [204])
    }

    @Test func aCutAnswerIsNotMadeWhole() async throws {
        let (client, request) = try await start(0)
        try await request.answer(200)
        try await request.send("half")
        try await client.wait(for: "half")
        try await request.send(.rstStream(.internalError))
        try await client.wait(for: "end of the connection") { $0.isInputClosed }
        #expect(!client.text.contains("0\r\n\r\n"))
    }

    @Test func shortRequestsHaveConnectionsOfTheirOwnAsFarAsThatGoes() async throws {
        var clients: [RawPeer] = []
        for index in 0..<16 {
            let client = try await proxy.client()
            try await client.send(proxy.request("GET /short-\(index) HTTP/1.1"))
            try await server.http1(index).wait(for: "GET /short-\(index) HTTP/1.1")
            clients.append(client)
        }
        let (last, request) = try await start(0, "GET /one-more HTTP/1.1")
        try await request.answer(204, isLast: true)
        try await last.wait(for: "204")
        // One that is free again is used again.
        try await server.http1(7).send("HTTP/1.1 204 No Content\r\n\r\n")
        try await clients[7].wait(for: "204")
        try await clients[7].send(proxy.request("GET /again HTTP/1.1"))
        try await server.http1(7).wait(for: "GET /again HTTP/1.1")
    }

    @Test func anUpgradeHasAConnectionOfItsOwn() async throws {
        let client = try await proxy.client()
        let line = "POST /api/v1/namespaces/a/pods/b/exec?command=sh HTTP/1.1"
        try await client.send(proxy.request(line, ["Connection: Upgrade", "Upgrade: SPDY/3.1", "Content-Length: 0"]))
        let connection = try await server.http1(0)
        try await connection.wait(for: "Upgrade: SPDY/3.1")
        try await connection.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\nhello"
        )
        try await client.wait(for: "hello")
        try await client.send("input")
        try await connection.wait(for: "input")
    }

    @Test func aSlowClientHoldsTheServerBack() async throws {
        let (client, request) = try await start(0)
        try await request.answer(200)
        try await request.send("first")
        try await client.wait(for: "first")
        try await client.setAutoRead(false)
        let sent = Mutex(0)
        let chunk = String(repeating: "x", count: 1 << 20)
        let sending = Task {
            for _ in 0..<100 {
                try await request.send(chunk)
                sent.withLock { $0 += 1 }
            }
        }
        var last = -1
        while sent.withLock({ $0 }) != last {
            last = sent.withLock { $0 }
            try await Task.sleep(for: .milliseconds(500))
        }
        #expect(last < 60)
        // Another request of the same connection is none the slower for it.
        let (other, second) = try await start(1)
        #expect(second.connection == 0)
        try await second.answer(204, isLast: true)
        try await other.wait(for: "204")
        // And all of it arrives once it is wanted.
        try await client.setAutoRead(true)
        try await sending.value
        try await request.send("last", isLast: true)
        try await client.wait(for: "last")
    }
}
