/// A proxy, from `proxy-url` or the environment.
package struct ProxyAddress: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    package enum Scheme: String, Sendable { case http, https, socks5, socks5h }

    package var scheme: Scheme
    package var host: String
    package var port: Int
    /// `user:password` of the URL, still escaped.
    package private(set) var userInfo: Secret<String>?

    /// Reads a proxy's URL; without a scheme it is `http`, as in the environment variables. `nil` for anything else.
    package init?(_ text: String, defaultScheme: Scheme? = nil) {
        var rest = Substring(text)
        if let end = rest.range(of: "://") {
            guard let known = Scheme(rawValue: rest[..<end.lowerBound].lowercased()) else { return nil }
            scheme = known
            rest = rest[end.upperBound...]
        } else {
            guard let defaultScheme else { return nil }
            scheme = defaultScheme
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let defaultPort =
            switch scheme {
            case .http: 80
            case .https: 443
            case .socks5, .socks5h: 1080
            }
        guard !authority.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }),
            let place = HostAndPort(authority, defaultPort: defaultPort)
        else { return nil }
        host = place.host
        port = place.port
        userInfo = authority.lastIndex(of: "@").map { Secret(String(authority[..<$0])) }
    }

    /// Without user and password.
    package var description: String { "\(scheme.rawValue)://\(HostAndPort.bracketed(host)):\(port)" }

    package var customMirror: Mirror { Mirror(self, children: ["address": description]) }

    /// As curl takes it. Go leaves the resolution of names to a SOCKS proxy, which curl calls `socks5h`.
    var curlURL: String {
        let name = scheme == .socks5 ? "socks5h" : scheme.rawValue
        let user = userInfo.map { "\($0.value)@" } ?? ""
        return "\(name)://\(user)\(HostAndPort.bracketed(host)):\(port)"
    }
}

/// The proxy that the environment asks for, as Go's `net/http` and so kubectl reads it.
///
/// `HTTPS_PROXY` for an `https` server and `HTTP_PROXY` for an `http` one, upper case first; `NO_PROXY` lists hosts,
/// domains, addresses and CIDR ranges, each with an optional port, or `*`. Loopback is never reached through a proxy.
/// Go: `golang.org/x/net/http/httpproxy`; Kubernetes: `apimachinery/pkg/util/net.NewProxierWithNoProxyCIDR`.
struct ProxyEnvironment {
    var environment: [String: String]

    enum Choice: Hashable {
        case direct
        case proxy(ProxyAddress)
        /// The variable's value is no proxy's URL.
        case invalid(variable: String)
    }

    func choice(for address: ServerAddress) -> Choice {
        let names = address.isSecure ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"]
        guard let name = names.first(where: { !(environment[$0] ?? "").isEmpty }), let value = environment[name] else {
            return .direct
        }
        guard !isExempt(address) else { return .direct }
        return ProxyAddress(value, defaultScheme: .http).map { .proxy($0) } ?? .invalid(variable: name)
    }

    private func isExempt(_ address: ServerAddress) -> Bool {
        let host = address.host.lowercased()
        let ip = IPAddress(host)
        if host == "localhost" || ip?.isLoopback == true { return true }
        let list = ["NO_PROXY", "no_proxy"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return list.split(separator: ",").contains { entry in
            let text = entry.trimmed.lowercased()
            return !text.isEmpty && Self.entry(text, covers: host, ip: ip, port: address.port)
        }
    }

    private static func entry(_ entry: String, covers host: String, ip: IPAddress?, port: Int) -> Bool {
        if entry == "*" { return true }
        if let range = IPRange(entry) {
            return ip.map(range.contains) ?? false
        }
        var name = Substring(entry)
        // An IPv6 address has colons of its own; it has a port only in brackets.
        if IPAddress(entry) == nil, let place = HostAndPort(name, defaultPort: 0) {
            guard place.port == 0 || place.port == port else { return false }
            name = Substring(place.host)
        }
        if let wanted = IPAddress(String(name)) { return wanted == ip }
        // Suffixes are of names: `.0.1` is no part of an address.
        guard ip == nil else { return false }
        if name.hasPrefix("*.") { name.removeFirst() }
        if name.hasPrefix(".") { return host.hasSuffix(name) }
        return host == name || host.hasSuffix("." + name)
    }
}

extension Substring {
    /// Without blanks at both ends.
    var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
