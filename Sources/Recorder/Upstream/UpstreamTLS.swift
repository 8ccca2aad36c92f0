import KubeAPI
import NIOCore
import NIOSSL
import Synchronization

/// The TLS settings of connections to the API server; made once for each client certificate.
final class UpstreamTLS: Sendable {
    private struct Made {
        var certificate: ClientCertificate?
        var isHTTP2: Bool
        var context: NIOSSLContext
    }

    private let connection: ClusterConnection
    /// Of the present certificate.
    private let made = Mutex<[Made]>([])

    init(_ connection: ClusterConnection) { self.connection = connection }

    /// One end of TLS, and whom the certificate of the other end has to name; `nil` where that is not looked at.
    struct End {
        var handler: NIOSSLClientHandler
        var identity: ServerIdentity?
    }

    /// For one connection to the server.
    ///
    /// - Parameter http2: offers HTTP/2 beside HTTP/1.1.
    func end(_ certificate: ClientCertificate?, http2: Bool) throws -> End {
        try end(context(certificate, http2), connection.tlsServerName ?? connection.address.host)
    }

    /// For a connection to a proxy: with the same authority and verification, as in Go's transport, and without the
    /// client certificate.
    func end(toProxy proxy: ProxyAddress) throws -> End { try end(context(nil, false), proxy.host) }

    /// An address is asked for by no name.
    private func end(_ context: NIOSSLContext, _ name: String) throws -> End {
        End(
            handler: try NIOSSLClientHandler(context: context, serverHostname: IPAddress(name) == nil ? name : nil),
            identity: connection.verifiesServer ? ServerIdentity(name: name) : nil
        )
    }

    private func context(_ certificate: ClientCertificate?, _ http2: Bool) throws -> NIOSSLContext {
        let known = made.withLock { $0.first { $0.certificate == certificate && $0.isHTTP2 == http2 } }
        if let known { return known.context }
        let context = try NIOSSLContext(configuration: configuration(certificate, http2))
        made.withLock { made in
            made.removeAll { $0.certificate != nil && $0.certificate != certificate }
            made.append(Made(certificate: certificate, isHTTP2: http2, context: context))
        }
        return context
    }

    private func configuration(_ certificate: ClientCertificate?, _ http2: Bool) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = http2 ? ["h2", "http/1.1"] : ["http/1.1"]
        if let authority = connection.certificateAuthority {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
        }
        configuration.certificateVerification = connection.verifiesServer ? .noHostnameVerification : .none
        if let certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate.certificate)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: certificate.key, format: .pem))
        }
        return configuration
    }
}
