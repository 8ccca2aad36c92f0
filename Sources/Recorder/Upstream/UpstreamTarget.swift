import KubeAPI
import NIOCore
import NIOHPACK
import NIOHTTP1

/// Credentials as the headers of requests.
struct UpstreamIdentity: Sendable {
    var generation: Int
    /// Shown by nothing: `Authorization` is among them.
    var headers: Secret<[(String, String)]>
    var certificate: ClientCertificate?
    var validUntil: ContinuousClock.Instant?
    /// The connection acts as somebody else already (`--as`, or `as:` of the kubeconfig).
    var impersonates: Bool

    init(_ identity: Authenticator.Identity) {
        generation = identity.generation
        certificate = identity.certificate
        validUntil = identity.validUntil
        let pairs = identity.headers.value.compactMap(Self.pair)
        headers = Secret(pairs)
        impersonates = pairs.contains { $0.0 == "Impersonate-User" }
    }

    private static func pair(_ line: String) -> (String, String)? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        return (String(line[..<colon]), String(value))
    }
}

/// Where requests go, and how they are written for that place: the child's own, with the user's credentials in place of
/// the run's token.
struct UpstreamTarget: Sendable {
    let address: ServerAddress
    private let hostHeader: String
    /// Put before the path in HTTP/1.1.
    private let prefix: String
    /// For a proxy that requests go to themselves.
    private let proxyAuthorization: Secret<String>?

    init(_ connection: ClusterConnection) {
        address = connection.address
        hostHeader = address.hostHeader
        let proxy = address.isSecure ? nil : connection.proxy
        if let proxy, proxy.scheme == .http || proxy.scheme == .https {
            prefix = "http://\(address.hostHeader)\(address.pathPrefix)"
            proxyAuthorization = proxy.basicAuthorization.map { Secret($0) }
        } else {
            prefix = address.pathPrefix
            proxyAuthorization = nil
        }
    }

    /// For HTTP/1.1.
    func head(of request: RequestHead, as identity: UpstreamIdentity) -> HTTPRequestHead {
        var headers: [(String, String)] = []
        headers.reserveCapacity(request.headers.count + 6)
        headers.append(("Host", hostHeader))
        for (name, value) in request.headers where !Self.isAuthorization(name) { headers.append((name, value)) }
        headers += identity.headers.value
        if let proxyAuthorization { headers.append(("Proxy-Authorization", proxyAuthorization.value)) }
        if request.body == .chunked { headers.append(("Transfer-Encoding", "chunked")) }
        if let upgrade = request.upgrade {
            headers.append(("Connection", "Upgrade"))
            headers.append(("Upgrade", upgrade))
        }
        return HTTPRequestHead(
            version: .http1_1,
            method: request.method,
            uri: prefix.isEmpty ? request.target : prefix + request.target,
            headers: HTTPHeaders(headers)
        )
    }

    /// For HTTP/2.
    func block(of request: RequestHead, as identity: UpstreamIdentity) -> HPACKHeaders {
        var block = HPACKHeaders()
        block.reserveCapacity(request.headers.count + 8)
        block.add(name: ":method", value: request.method.rawValue)
        block.add(name: ":scheme", value: "https")
        block.add(name: ":authority", value: hostHeader)
        block.add(name: ":path", value: prefix.isEmpty ? request.target : prefix + request.target)
        for (name, value) in request.headers where !Self.isAuthorization(name) {
            block.add(name: name.inLowerCase, value: value)
        }
        for (name, value) in identity.headers.value { block.add(name: name.inLowerCase, value: value) }
        return block
    }

    private static func isAuthorization(_ name: String) -> Bool {
        name.utf8.count == 13 && name.lowercased() == "authorization"
    }
}

extension String {
    /// As HTTP/2 has names; without an allocation where they are so already.
    var inLowerCase: String {
        utf8.contains { (0x41...0x5A).contains($0) } ? lowercased() : self
    }
}
