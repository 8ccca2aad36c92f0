import NIOHTTP1
import Syntax
import Testing

@testable import KubeAPI
@testable import Recorder

@Suite struct MessageTests {
    @Test func headersOfTheConnectionStay() {
        let headers: HTTPHeaders = [
            "Connection": "keep-alive, X-Own", "X-Own": "1", "Keep-Alive": "5", "Transfer-Encoding": "chunked",
            "Upgrade": "h2c", "TE": "gzip", "Accept": "a", "X-Other": "2",
        ]
        let forwarded = ConnectionHeaders.forwarded(headers)
        #expect(forwarded.map(\.name) == ["Accept", "X-Other"])
        #expect(ConnectionHeaders.forwarded(["TE": "trailers"]).count == 1)
    }

    @Test(arguments: [
        ("/api/v1/pods?watch=true", true), ("/api/v1/pods?watch=1&limit=5", true), ("/api/v1/pods?limit=5&watch", true),
        ("/api/v1/pods?watch=false", false), ("/api/v1/pods?watch=0", false), ("/api/v1/pods", false),
        ("/api/v1/namespaces/a/pods/b/log?follow=true", true), ("/api/v1/pods?labelSelector=watch", false),
    ])
    func aWatchIsToldByItsTarget(_ target: String, _ isWatch: Bool) {
        let request = RequestHead(method: .GET, target: target, host: "", headers: [:], body: .none)
        #expect(request.isLongRunning == isWatch)
    }

    @Test func theMessageOfAStatusInJSON() {
        let text = #"{"kind":"Status","metadata":{"message":"no"},"message":"pods is \"forbidden\"","code":403}"#
        #expect(StatusMessage.text(Array(text.utf8)) == #"pods is "forbidden""#)
        #expect(StatusMessage.text(Array("404 page not found".utf8)) == nil)
        #expect(StatusMessage.text([]) == nil)
    }

    /// `runtime.Unknown` around `metav1.Status`, as a client that asks for protobuf gets it.
    @Test func theMessageOfAStatusInProtobuf() {
        let message = Array("pods is forbidden".utf8)
        let status: [UInt8] =
            [0x0A, 0, 0x12, 7] + Array("Failure".utf8) + [0x1A, UInt8(message.count)] + message + [0x30, 0x93, 3]
        let type: [UInt8] = [0x0A, 2, 0x76, 0x31, 0x12, 6] + Array("Status".utf8)
        let envelope: [UInt8] = [0x0A, UInt8(type.count)] + type + [0x12, UInt8(status.count)] + status
        let body = ProtobufObject.prefix + envelope
        #expect(StatusMessage.text(body) == "pods is forbidden")
        // However it is cut, it is no crash.
        for length in body.indices { _ = StatusMessage.text(Array(body[..<length])) }
    }

    @Test func requestsGetTheCredentialsAndLoseTheToken() throws {
        let request = RequestHead(
            method: .GET,
            target: "/api?x=1",
            host: "127.0.0.1:9",
            headers: ["Accept": "a", "authorization": "Bearer run"],
            body: .chunked,
            upgrade: "SPDY/3.1"
        )
        let address = try #require(ServerAddress("https://example.com/k8s/c"))
        let connection = ClusterConnection(address: address, credentials: .none)
        var identity = UpstreamIdentity.none
        identity.headers = Secret([("Authorization", "Bearer own")])
        let head = UpstreamTarget(connection).head(of: request, as: identity)
        #expect(head.uri == "/k8s/c/api?x=1")
        #expect(
            head.headers.map { "\($0.name): \($0.value)" } == [
                "Host: example.com", "Accept: a", "Authorization: Bearer own", "Transfer-Encoding: chunked",
                "Connection: Upgrade", "Upgrade: SPDY/3.1",
            ]
        )
    }
}

extension UpstreamIdentity {
    fileprivate static let none = UpstreamIdentity(
        Authenticator.Identity(generation: 0, headers: Secret([]), certificate: nil, validUntil: nil)
    )
}
