import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import KubeAPI
@testable import Recorder

/// Whom a certificate names.
@Suite struct ServerIdentityTests {
    @Test(arguments: [
        ("api.test", "api.test", true), ("API.test.", "api.TEST", true), ("api.test", "test", false),
        ("a.api.test", "*.api.test", true), ("a.b.api.test", "*.api.test", false), ("api.test", "*.api.test", false),
        ("api.test", "*.test", true), ("api.test", "*", false), ("a.api.test", "a*.api.test", false),
        ("a..test", "a..test", false), ("", "", false),
    ])
    func namesMatch(_ name: String, _ pattern: String, _ isMatch: Bool) {
        #expect(ServerIdentity(name: name).matches(pattern) == isMatch)
    }

    /// `server.pem` is for `localhost`, `api.test` and 127.0.0.1; `other-host.pem` for `other.test`.
    @Test(arguments: [
        ("server.pem", "127.0.0.1", true), ("server.pem", "::ffff:127.0.0.1", true), ("server.pem", "127.0.0.2", false),
        ("server.pem", "api.test", true), ("server.pem", "other.test", false), ("other-host.pem", "other.test", true),
        ("other-host.pem", "127.0.0.1", false), ("ca.pem", "test authority", false),
    ])
    func certificatesName(_ file: String, _ name: String, _ isNamed: Bool) throws {
        let path = Repository.fixtures.appending(path: "tls/\(file)").path
        let certificate = try #require(try NIOSSLCertificate.fromPEMFile(path).first)
        #expect(ServerIdentity(name: name).isNamed(by: certificate) == isNamed)
    }

    /// The address that one is connected to is no reason to take the certificate for another's.
    @Test func aServerThatIsAnotherIsNotSpokenTo() async throws {
        let server = try await RawHTTP2Server()
        let address = ServerAddress(isSecure: true, host: "127.0.0.1", port: server.port)
        var connection = ClusterConnection(address: address, credentials: .none)
        connection.certificateAuthority = Array(try Data(contentsOf: EnvTest.authority))
        connection.tlsServerName = "other.test"
        let proxy = try await ProxyServer.start(
            to: connection,
            ProcessSurroundings(environment: [:]),
            observer: CallLog()
        )
        let client = try await proxy.client()
        try await client.send(proxy.request("GET /version HTTP/1.1"))
        try await client.wait(for: "cannot be reached: its certificate is for another host")
    }
}
