/// Why a request brought no HTTP answer, as data; `description` is the text for people.
///
/// None of these ever holds a credential: addresses are host and port, details are the TLS or C library's own words.
package enum TransportFailure: Error, Hashable, Sendable {
    /// libcurl is not installed, or too old to be used.
    case libraryMissing(detail: String)
    case nameNotResolved(host: String)
    case proxyNameNotResolved(proxy: String)
    case refused(address: String)
    /// No route, network down, and the like.
    case unreachable(address: String, detail: String)
    case connectTimedOut(address: String, seconds: Double)
    case answerTimedOut(address: String, seconds: Double)
    case unknownAuthority(host: String, detail: String)
    case wrongHost(host: String, detail: String)
    case certificateExpired(host: String)
    case certificateNotYetValid(host: String)
    /// The CA of the kubeconfig cannot be read as certificates.
    case authorityUnusable(detail: String)
    /// The client certificate or its key cannot be used: not PEM, encrypted, or they do not belong together.
    case clientCertificateUnusable(detail: String)
    case tlsFailed(host: String, detail: String)
    case proxyFailed(proxy: String, detail: String)
    /// The connection ended before the answer did: a reset, a GOAWAY, a cut answer.
    case connectionLost(address: String, detail: String)
    case answerTooLarge(limit: Int)
    /// Something that speaks no HTTP, or a failure that has no better name.
    case failed(address: String, detail: String)
    /// Not sent, because the server had stopped answering; the text is that of the failure that showed it.
    case givenUp(after: String)
    case cancelled
}

extension TransportFailure: CustomStringConvertible {
    /// Lower case, no final period, as all errors here.
    package var description: String {
        switch self {
        case .libraryMissing(let detail):
            "libcurl cannot be used: \(detail)"
        case .nameNotResolved(let host): "the server's name `\(host)` cannot be resolved"
        case .proxyNameNotResolved(let proxy): "the name of the proxy `\(proxy)` cannot be resolved"
        case .refused(let address): "connection to `\(address)` refused: nothing listens there"
        case .unreachable(let address, let detail): "`\(address)` cannot be reached: \(detail)"
        case .connectTimedOut(let address, let seconds):
            "no connection to `\(address)` within \(Self.text(seconds: seconds))"
        case .answerTimedOut(let address, let seconds):
            "no answer from `\(address)` within \(Self.text(seconds: seconds))"
        case .unknownAuthority(let host, let detail):
            "the certificate of `\(host)` is signed by an authority that is not trusted here (\(detail))"
        case .wrongHost(let host, let detail):
            "the certificate of the server is not for `\(host)` (\(detail))"
        case .certificateExpired(let host): "the certificate of `\(host)`, or of its authority, has expired"
        case .certificateNotYetValid(let host):
            "the certificate of `\(host)`, or of its authority, is not valid yet"
        case .authorityUnusable(let detail): "the kubeconfig's certificate authority cannot be used: \(detail)"
        case .clientCertificateUnusable(let detail): "the client certificate or its key cannot be used: \(detail)"
        case .tlsFailed(let host, let detail): "no TLS connection to `\(host)`: \(detail)"
        case .proxyFailed(let proxy, let detail): "the proxy `\(proxy)` did not let the connection through: \(detail)"
        case .connectionLost(let address, let detail): "the connection to `\(address)` was lost: \(detail)"
        case .answerTooLarge(let limit): "the answer is larger than \(limit / 1_048_576) MiB"
        case .failed(let address, let detail): "the request to `\(address)` failed: \(detail)"
        case .givenUp(let reason): "not asked, since the server had stopped answering: \(reason)"
        case .cancelled: "cancelled"
        }
    }

    /// What to do about it, a line; `nil` where nothing can be said that the failure does not say.
    package var hint: String? {
        switch self {
        case .libraryMissing: "on Debian and Ubuntu: apt-get install libcurl4"
        case .nameNotResolved: "check the cluster's `server` in the kubeconfig, and that its network can be reached"
        case .refused: "is the cluster running? its address is the cluster's `server` in the kubeconfig"
        case .unreachable, .connectTimedOut: "check the cluster's `server` in the kubeconfig, the network and the proxy"
        case .answerTimedOut: "give it longer with --request-timeout, or ask again later"
        case .unknownAuthority:
            "name the server's authority in `certificate-authority` or `certificate-authority-data` of the kubeconfig"
        case .wrongHost: "where that is intended, name the certificate's host in `tls-server-name` of the kubeconfig"
        case .certificateExpired: "it has to be renewed where the server runs; check this machine's clock too"
        case .certificateNotYetValid: "check the clocks of this machine and of the server"
        case .proxyNameNotResolved, .proxyFailed:
            "`proxy-url` of the kubeconfig names the proxy, else HTTPS_PROXY; NO_PROXY lists hosts to reach without it"
        case .authorityUnusable, .clientCertificateUnusable: "PEM is expected: `-----BEGIN …-----`, without a password"
        case .tlsFailed(_, let detail) where detail.contains("wrong version number"):
            "what listens there may speak plain HTTP: then its address begins with http://"
        case .connectionLost(_, let detail) where detail.contains("certificate required"):
            "the server wants a client certificate: name one in `client-certificate` and `client-key` of the user's entry"
        case .tlsFailed, .connectionLost, .answerTooLarge, .failed, .givenUp, .cancelled: nil
        }
    }

    /// `30 s`, `1.5 s`, `20 ms`.
    static func text(seconds: Double) -> String {
        if seconds < 0.1 { return "\(Int((seconds * 1000).rounded())) ms" }
        let tenths = (seconds * 10).rounded()
        guard tenths.magnitude < 1e15 else { return "a very long time" }
        let value = Int(tenths)
        return value % 10 == 0 ? "\(value / 10) s" : "\(value / 10).\(value % 10) s"
    }
}

extension TransportFailure {
    /// Whether another try may bring an answer: the connection broke, as opposed to never having come about.
    var isTransient: Bool {
        switch self {
        case .connectionLost: true
        default: false
        }
    }

    /// Whether this says that the server as a whole cannot be asked, rather than this one request.
    package var isConnectivity: Bool {
        switch self {
        case .answerTooLarge, .cancelled: false
        default: true
        }
    }
}
