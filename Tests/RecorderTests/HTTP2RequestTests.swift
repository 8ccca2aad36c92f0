import NIOHPACK
import NIOHTTP1
import Testing

@testable import Recorder

/// What of a request that came by HTTP/2 can go on, in HTTP/1.1 too.
@Suite struct HTTP2RequestTests {
    private func request(_ changes: (String, String)..., isComplete: Bool = true) -> RequestHead? {
        let usual = [(":method", "GET"), (":scheme", "https"), (":path", "/api"), (":authority", "127.0.0.1:1")]
        let others = usual.filter { field in !changes.contains { $0.0 == field.0 } }
        return RequestHead(HPACKHeaders(others + changes.filter { $0.1 != "(none)" }), isComplete: isComplete)
    }

    @Test func aRequestIsRead() throws {
        let read = try #require(request(("accept", "a/b"), ("te", "trailers"), ("x-long", "a\tb é")))
        #expect(read.method == .GET)
        #expect(read.target == "/api")
        #expect(read.host == "127.0.0.1:1")
        #expect(read.headers.map { "\($0.name): \($0.value)" } == ["accept: a/b", "te: trailers", "x-long: a\tb é"])
        #expect(read.body == .none)
        #expect(request(isComplete: false)?.body == .chunked)
        #expect(request(("content-length", "3"), isComplete: false)?.body == .length)
        #expect(request((":authority", "(none)"), ("host", "localhost"))?.host == "localhost")
    }

    @Test(arguments: [
        (":method", "(none)"), (":path", "(none)"), (":method", "CONNECT"), (":method", "GET / HTTP/1.1\r\nx: y"),
        (":method", ""), (":path", "api"), (":path", "/a HTTP/1.1"), (":path", "/a\r\nx: y"), (":other", "1"),
        ("accept", "a\r\nx: y"), ("accept", "a\0"), ("accept\r\nx", "y"), ("accept: b", "y"), ("", "y"),
    ])
    func whatWouldMeanSomethingElseIsNone(_ field: (String, String)) {
        #expect(request(field) == nil)
    }

    @Test func noPseudoHeaderComesTwice() {
        #expect(
            RequestHead(HPACKHeaders([(":method", "GET"), (":path", "/a"), (":path", "/b")]), isComplete: true) == nil
        )
    }
}
