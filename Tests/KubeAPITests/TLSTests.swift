import Foundation
import RBAC
import TestSupport
import Testing

@testable import KubeAPI

@Suite(.enabled(if: StandInTLS.isAvailable, "no OpenSSL to serve TLS with"))
struct TLSTests {
    let folder: ScratchFolder
    let api = StandInAPI { _ in StandInAPI.Decision(true) }
    init() throws { folder = try ScratchFolder() }

    private func tls(_ name: String) -> URL { fixture("tls/\(name)") }

    private func server(_ certificate: String, clientAuthority: String? = nil) throws -> StandInServer {
        let api = api
        let material = try StandInTLS(
            certificate: tls("\(certificate).pem"),
            key: tls("\(certificate).key"),
            clientAuthority: clientAuthority.map { tls($0) }
        )
        return try StandInServer(tls: material) { api.reply(to: $0) }
    }

    private func ask(
        _ server: StandInServer,
        authority: String? = "ca.pem",
        cluster: String = "",
        user: String = "{token: abc}",
        address: String? = nil
    ) async throws -> AccessAnswer {
        let lines = authority.map { "    certificate-authority: \"\(tls($0).path)\"\n" } ?? ""
        let connection = try connection(
            address ?? server.address,
            user: user,
            cluster: lines + cluster,
            folder: folder
        )
        return try #require(await client(connection).selfSubjectAccessReviews(questions(1)).first)
    }

    @Test func knownAuthority() async throws {
        let server = try server("server")
        #expect(try await ask(server).verdict == .allowed)
        #expect(server.requests.first?.header("authorization") == "Bearer abc")
        #expect(server.requests.first?.header("expect") == nil)
    }

    @Test func basicAuthentication() async throws {
        let server = try server("server")
        _ = try await ask(server, user: "{username: me, password: 'a:b'}")
        #expect(server.requests.first?.header("authorization") == "Basic \(Data("me:a:b".utf8).base64EncodedString())")
    }

    @Test func unknownAuthority() async throws {
        let server = try server("server")
        let other = try await ask(server, authority: "other-ca.pem")
        #expect(other.failure == .transport(.unknownAuthority(host: "127.0.0.1", detail: "its issuer is not known")))
        let system = try await ask(server, authority: nil)
        #expect(system.failure == .transport(.unknownAuthority(host: "127.0.0.1", detail: "its issuer is not known")))
        // The token has not left the house.
        #expect(server.requests.isEmpty)
    }

    @Test func expiredCertificate() async throws {
        let answer = try await ask(try server("expired"))
        #expect(answer.failure == .transport(.certificateExpired(host: "127.0.0.1")))
    }

    @Test func certificateOfAnotherHost() async throws {
        let answer = try await ask(try server("other-host"))
        guard case .transport(.wrongHost(let host, _)) = answer.failure else {
            Issue.record("\(answer.reason)")
            return
        }
        #expect(host == "127.0.0.1")
        #expect(answer.failure?.hint?.contains("tls-server-name") == true)
    }

    @Test func serverNameForTLS() async throws {
        let server = try server("other-host")
        let answer = try await ask(server, cluster: "    tls-server-name: other.test")
        #expect(answer.verdict == .allowed, "\(answer.reason)")
        #expect(server.requests.first?.header("host") == "127.0.0.1:\(server.port)")
    }

    @Test func withoutVerification() async throws {
        let answer = try await ask(try server("expired"), authority: nil, cluster: "    insecure-skip-tls-verify: true")
        #expect(answer.verdict == .allowed)
    }

    @Test(arguments: ["ec", "rsa", "ed25519"])
    func clientCertificates(_ kind: String) async throws {
        let server = try server("server", clientAuthority: "ca.pem")
        let user =
            "{client-certificate: \"\(tls("client-\(kind).pem").path)\", client-key: \"\(tls("client-\(kind).key").path)\"}"
        let answer = try await ask(server, user: user)
        #expect(answer.verdict == .allowed, "\(answer.reason)")
    }

    @Test func clientCertificatesThatCannotBeUsed() async throws {
        let server = try server("server")
        let mixed =
            "{client-certificate: \"\(tls("client-ec.pem").path)\", client-key: \"\(tls("client-rsa.key").path)\"}"
        let nonsense = "{client-certificate-data: YWJj, client-key-data: YWJj}"
        for user in [mixed, nonsense] {
            let answer = try await ask(server, user: user)
            guard case .transport(.clientCertificateUnusable) = answer.failure else {
                Issue.record("\(answer.reason)")
                return
            }
        }
    }

    @Test func authorityThatIsNoCertificate() async throws {
        let server = try server("server")
        let answer = try await ask(server, authority: nil, cluster: "    certificate-authority-data: YWJj")
        guard case .transport(let failure) = answer.failure, failure.isConnectFailure else {
            Issue.record("\(answer.reason)")
            return
        }
        #expect(server.requests.isEmpty)
    }

    @Test func plainHTTPWhereTLSIsExpected() async throws {
        let api = api
        let plain = try StandInServer { api.reply(to: $0) }
        let answer = try await ask(plain, address: "https://127.0.0.1:\(plain.port)")
        guard case .transport(.tlsFailed) = answer.failure else {
            Issue.record("\(answer.reason)")
            return
        }
    }
}
