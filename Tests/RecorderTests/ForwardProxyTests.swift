import NIOCore
import Testing

@testable import KubeAPI
@testable import Recorder

/// What is said to the proxies on the way to a server.
@Suite struct ForwardProxyTests {
    /// What was said in turn, then `done`, `more`, or why it failed; the bytes come in one by one.
    private func talk(_ dialogue: some ProxyDialogue, _ answers: [UInt8]...) -> [String] {
        var dialogue = dialogue
        var said = [Self.shown(dialogue.begin())]
        var bytes = ByteBuffer()
        for byte in answers.joined() {
            bytes.writeInteger(byte)
            do throws(UpstreamFailure) {
                steps: while true {
                    switch try dialogue.receive(&bytes) {
                    case .wait: break steps
                    case .say(let words): said.append(Self.shown(words))
                    case .done: return said + ["done"]
                    }
                }
            } catch { return said + [error.description] }
        }
        return said + ["more"]
    }

    private static func shown(_ bytes: [UInt8]) -> String {
        bytes.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0D || $0 == 0x0A }
            ? String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "|")
            : bytes.map { String($0) }.joined(separator: " ")
    }

    private func connect(_ proxy: String, _ answer: String) throws -> [String] {
        talk(ConnectDialogue(try #require(ProxyAddress(proxy)), target: "kube.test:6443"), Array(answer.utf8))
    }

    @Test func connectAsksForTheServerByName() throws {
        #expect(
            try connect("http://proxy:8080", "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")
                == ["CONNECT kube.test:6443 HTTP/1.1|Host: kube.test:6443||", "done"]
        )
    }

    @Test func connectGivesTheProxysOwnNameAndPassword() throws {
        #expect(
            try connect("http://al%40ice:s%3Acret@proxy", "HTTP/1.0 200 OK\r\n\r\n")
                == [
                    "CONNECT kube.test:6443 HTTP/1.1|Host: kube.test:6443|Proxy-Authorization: Basic YWxAaWNlOnM6Y3JldA==||",
                    "done",
                ]
        )
    }

    @Test(arguments: [
        (
            "HTTP/1.1 403 Filtered\r\n\r\n",
            "the proxy http://proxy:80 refused the connection to kube.test:6443: 403 Filtered"
        ),
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "the proxy http://proxy:80 asks for other credentials than it was given (407)"
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n", "what answers at http://proxy:80 is no HTTP proxy"),
    ])
    func connectIsRefused(_ answer: String, _ reason: String) throws {
        #expect(try connect("http://proxy", answer).last == reason)
        #expect(try !connect("http://al:hidden@proxy", answer).description.contains("hidden"))
    }

    private func socks(_ proxy: String, _ host: String, _ answers: [UInt8]) throws -> [String] {
        let address = ServerAddress(isSecure: true, host: host, port: 6443)
        return talk(SOCKSDialogue(try #require(ProxyAddress(proxy)), address: address), answers)
    }

    @Test func socksLeavesTheNameToTheProxy() throws {
        let answers: [UInt8] = [5, 0] + [5, 0, 0, 3, 2, 97, 98, 1, 1]
        #expect(
            try socks("socks5://proxy", "kube", answers) == ["5 1 0", "5 1 0 3 4 107 117 98 101 25 43", "done"]
        )
    }

    @Test func socksTakesAddresses() throws {
        let granted: [UInt8] = [5, 0] + [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        #expect(try socks("socks5://proxy", "10.1.2.3", granted) == ["5 1 0", "5 1 0 1 10 1 2 3 25 43", "done"])
        #expect(
            try socks("socks5h://proxy", "fd00::1", granted)
                == ["5 1 0", "5 1 0 4 253 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 25 43", "done"]
        )
    }

    @Test func socksGivesNameAndPasswordWhereAsked() throws {
        let granted: [UInt8] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        #expect(
            try socks("socks5://a:bc@proxy", "1.2.3.4", [5, 2, 1, 0] + granted)
                == ["5 2 0 2", "1 1 97 2 98 99", "5 1 0 1 1 2 3 4 25 43", "done"]
        )
        #expect(
            try socks("socks5://a:bc@proxy", "1.2.3.4", [5, 2, 1, 1]).last
                == "the proxy socks5://proxy:1080 does not accept the name and password of its address"
        )
        #expect(
            try socks("socks5://proxy", "1.2.3.4", [5, 255]).last
                == "the proxy socks5://proxy:1080 asks for a name and a password, and its address has none"
        )
    }

    @Test func socksIsRefused() throws {
        #expect(
            try socks("socks5://proxy", "kube", [5, 0] + [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]).last
                == "the proxy socks5://proxy:1080 refused the connection to kube:6443: connection refused"
        )
        #expect(
            try socks("socks5://proxy", "kube", Array("HTTP/1.1 400".utf8)).last
                == "what answers at socks5://proxy:1080 is no SOCKS 5 proxy"
        )
    }
}
