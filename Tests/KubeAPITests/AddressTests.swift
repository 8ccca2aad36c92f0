import TestSupport
import Testing

@testable import KubeAPI

@Suite struct AddressTests {
    @Test(arguments: [
        ("https://h", "https://h", "h:443"), ("HTTPS://h:6443", "https://h:6443", "h:6443"),
        ("h", "http://h", "h:80"), ("h:6443", "http://h:6443", "h:6443"),
        ("https://[::1]:1/p/q/", "https://[::1]:1/p/q", "[::1]:1"),
        ("https://u:p@h/x?y=z#f", "https://h/x", "h:443"),
    ])
    func read(_ text: String, _ shown: String, _ place: String) throws {
        let address = try #require(ServerAddress(text))
        #expect(address.description == shown)
        #expect(address.hostAndPort == place)
    }

    @Test(arguments: [
        "", "https://", "ftp://h", "https://h:0", "https://h:99999", "https://h:x", "https://a b", "https://[::1",
    ])
    func refused(_ text: String) {
        #expect(ServerAddress(text) == nil)
    }

    @Test(arguments: [
        (["HTTPS_PROXY": "p:3128"], "https://h", "http://p:3128"),
        (["https_proxy": "socks5://p"], "https://h", "socks5://p:1080"),
        (["HTTP_PROXY": "http://p"], "https://h", ""),
        (["HTTP_PROXY": "http://u:secret@p"], "http://h", "http://p:80"),
        (["HTTPS_PROXY": "p", "NO_PROXY": "h"], "https://h", ""),
        (["HTTPS_PROXY": "p", "NO_PROXY": "example.com"], "https://a.example.com", ""),
        (["HTTPS_PROXY": "p", "NO_PROXY": "example.com"], "https://badexample.com", "http://p:80"),
        (["HTTPS_PROXY": "p", "NO_PROXY": ".example.com"], "https://example.com", "http://p:80"),
        (["HTTPS_PROXY": "p", "NO_PROXY": "*.example.com"], "https://a.example.com", ""),
        (["HTTPS_PROXY": "p", "NO_PROXY": "x, 10.0.0.0/8"], "https://10.1.2.3:6443", ""),
        (["HTTPS_PROXY": "p", "NO_PROXY": "10.0.0.0/8"], "https://11.1.2.3", "http://p:80"),
        (["HTTPS_PROXY": "p", "NO_PROXY": "10.0.0.1:6443"], "https://10.0.0.1:6443", ""),
        (["HTTPS_PROXY": "p", "NO_PROXY": "10.0.0.1:6443"], "https://10.0.0.1", "http://p:80"),
        (["HTTPS_PROXY": "p", "NO_PROXY": "fd00::/8"], "https://[fd00::7]", ""),
        (["HTTPS_PROXY": "p", "no_proxy": "*"], "https://h", ""),
        (["HTTPS_PROXY": "p"], "https://127.0.0.1:6443", ""),
        (["HTTPS_PROXY": "p"], "https://localhost", ""),
    ])
    func environmentProxies(_ environment: [String: String], _ server: String, _ expected: String) throws {
        let address = try #require(ServerAddress(server))
        switch ProxyEnvironment(environment: environment).choice(for: address) {
        case .direct: #expect(expected.isEmpty)
        case .proxy(let proxy): #expect(proxy.description == expected)
        case .invalid: Issue.record("not understood")
        }
    }

    @Test func proxyPasswordsGoToCurlAlone() throws {
        let proxy = try #require(ProxyAddress("http://me:secret@p:1"))
        #expect(proxy.description == "http://p:1")
        #expect(proxy.curlURL == "http://me:secret@p:1")
        #expect(ProxyAddress("socks5://p")?.curlURL == "socks5h://p:1080")
    }

    @Test func base64() {
        for text in ["", "a", "ab", "abc", "\u{0}\u{FF}ÿ~~~"] {
            let bytes = Array(text.utf8)
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
        #expect(Base64.decode("YW\nJj\r\n") == Array("abc".utf8))
        for wrong in ["YQ", "Y===", "Y", "****", "YQ=a"] { #expect(Base64.decode(wrong) == nil) }
        #expect(Base64.decodeURLSafe("_-8") == [0xFF, 0xEF])
    }
}
