import NIOHTTP1
import Testing

@testable import Recorder

/// Who may use the proxy.
@Suite struct DoorkeeperTests {
    private let token = BearerToken()

    private func status(_ headers: HTTPHeaders, host: String = "127.0.0.1:4711") -> Int? {
        let request = RequestHead(method: .GET, target: "/api", host: host, headers: headers, body: .none)
        return Doorkeeper(token: token).refusal(request).map { Int($0.status.code) }
    }

    @Test func theChildIsLetIn() {
        #expect(status(["Authorization": "Bearer \(token.text)"]) == nil)
        #expect(status(["authorization": "bearer \(token.text)"]) == nil)
    }

    @Test func othersAreNot() {
        #expect(status([:]) == 401)
        #expect(status(["Authorization": ""]) == 401)
        #expect(status(["Authorization": "Bearer"]) == 401)
        #expect(status(["Authorization": "Basic \(token.text)"]) == 401)
        #expect(status(["Authorization": "Bearer \(token.text)0"]) == 401)
        #expect(status(["Authorization": "Bearer \(BearerToken().text)"]) == 401)
        #expect(status(["Authorization": "Bearer \(String(token.text.dropLast()))é"]) == 401)
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.1:80", "localhost:443", "LOCALHOST", "[::1]:8080", "[::1]"])
    func loopbackIsAHost(_ host: String) {
        #expect(status(["Authorization": "Bearer \(token.text)"], host: host) == nil)
    }

    @Test(arguments: [
        "", "example.com", "127.0.0.1.example.com", "localhost.evil:80", "127.0.0.1:80x", "[::1", "10.0.0.1",
    ])
    func othersAreNone(_ host: String) {
        #expect(status(["Authorization": "Bearer \(token.text)"], host: host) == 403)
    }

    @Test func tokensDiffer() {
        #expect(BearerToken().text != BearerToken().text)
        #expect(BearerToken().text.utf8.count == 64)
        #expect("\(token)" == "(hidden)")
    }
}
