import KubeAPI
import NIOCore
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

/// Where requests go, and how they are written for that place.
struct UpstreamTarget: Sendable {
    let address: ServerAddress
    private let hostHeader: String

    init(_ address: ServerAddress) {
        self.address = address
        hostHeader = address.hostHeader
    }

    /// The request as the server gets it: the child's own, with the user's credentials in place of the run's token.
    func head(of request: RequestHead, as identity: UpstreamIdentity) -> HTTPRequestHead {
        var headers: [(String, String)] = []
        headers.reserveCapacity(request.headers.count + 6)
        headers.append(("Host", hostHeader))
        for (name, value) in request.headers where !Self.isAuthorization(name) { headers.append((name, value)) }
        headers += identity.headers.value
        if request.body == .chunked { headers.append(("Transfer-Encoding", "chunked")) }
        if let upgrade = request.upgrade {
            headers.append(("Connection", "Upgrade"))
            headers.append(("Upgrade", upgrade))
        }
        return HTTPRequestHead(
            version: .http1_1,
            method: request.method,
            uri: address.pathPrefix.isEmpty ? request.target : address.pathPrefix + request.target,
            headers: HTTPHeaders(headers)
        )
    }

    private static func isAuthorization(_ name: String) -> Bool {
        name.utf8.count == 13 && name.lowercased() == "authorization"
    }
}
