/// Where an API server is, from a `server:` of a kubeconfig.
package struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    package var isSecure: Bool
    /// A name or an address, without the brackets of IPv6.
    package var host: String
    package var port: Int
    /// Put before the path of every request, such as `/k8s/clusters/c-1`; empty, or with a leading and no trailing `/`.
    package var pathPrefix: String

    /// Reads a URL, or `HOST[:PORT][/PATH]`, which means `http` as it does to kubectl. `nil` for anything else.
    ///
    /// A query and a fragment are dropped; so is a user part, which client-go does not use either.
    /// Kubernetes: `k8s.io/client-go/rest.DefaultServerURL`.
    package init?(_ text: String) {
        var rest = Substring(text)
        isSecure = false
        if let scheme = rest.range(of: "://") {
            switch rest[..<scheme.lowerBound].lowercased() {
            case "https": isSecure = true
            case "http": isSecure = false
            default: return nil
            }
            rest = rest[scheme.upperBound...]
        }
        // A backslash is a slash to some readers of URLs, so that the host would be another one for them.
        let isPlain = rest.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "\\" }
        guard isPlain else { return nil }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest[authority.endIndex...].prefix { $0 != "?" && $0 != "#" }
        guard let place = HostAndPort(authority, defaultPort: isSecure ? 443 : 80) else { return nil }
        host = place.host
        port = place.port
        var prefix = path
        while prefix.last == "/" { prefix.removeLast() }
        pathPrefix = String(prefix)
    }

    /// An address as somebody wrote it, without what may be a password: for texts.
    static func withoutUser(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let scheme = text.range(of: "://").map { text[..<$0.upperBound] } ?? ""
        return "\(scheme)…\(text[at...])"
    }

    package init(isSecure: Bool, host: String, port: Int, pathPrefix: String = "") {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.pathPrefix = pathPrefix
    }

    /// `host:port`, IPv6 in brackets.
    package var hostAndPort: String { "\(HostAndPort.bracketed(host)):\(port)" }

    /// The host as a `Host` header has it: without the port where that is the scheme's own.
    package var hostHeader: String {
        port == (isSecure ? 443 : 80) ? HostAndPort.bracketed(host) : hostAndPort
    }

    package var description: String { "\(isSecure ? "https" : "http")://\(hostHeader)\(pathPrefix)" }

    /// The URL of a request, for another host name where TLS is to see one.
    func url(path: String, host name: String? = nil) -> String {
        "\(isSecure ? "https" : "http")://\(HostAndPort.bracketed(name ?? host)):\(port)\(pathPrefix)\(path)"
    }
}

/// The part of a URL between scheme and path.
struct HostAndPort: Hashable {
    var host: String
    var port: Int

    /// Drops a user part. `nil` where there is no host, or the port is no port.
    init?(_ authority: Substring, defaultPort: Int) {
        var rest = authority
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else {
            let name = rest.prefix { $0 != ":" }
            host = String(name)
            rest = rest[name.endIndex...]
        }
        guard !host.isEmpty else { return nil }
        port = defaultPort
        if rest.isEmpty || rest == ":" { return }
        guard rest.first == ":", let number = Int(rest.dropFirst()), (1...65535).contains(number),
            rest.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
        else { return nil }
        port = number
    }

    static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}

extension StringProtocol where SubSequence == Substring {
    /// The first place of a text; the standard library has this for collections of characters only.
    func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) {
                return start..<index(start, offsetBy: text.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
