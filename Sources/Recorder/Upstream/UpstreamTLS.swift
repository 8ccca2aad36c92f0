import KubeAPI
import NIOCore
import NIOSSL
import Synchronization

/// The TLS settings of connections to the API server; made once for each client certificate.
final class UpstreamTLS: Sendable {
    private struct Made {
        var certificate: ClientCertificate?
        var context: NIOSSLContext
    }

    private let connection: ClusterConnection
    private let made = Mutex<Made?>(nil)

    init(_ connection: ClusterConnection) { self.connection = connection }

    /// A handler for one connection; `nil` where the server is reached in the clear.
    func handler(_ certificate: ClientCertificate?) throws -> NIOSSLClientHandler? {
        guard connection.address.isSecure else { return nil }
        return try NIOSSLClientHandler(context: context(certificate), serverHostname: serverName)
    }

    /// The name to ask for and to verify; an address is verified as such, and asked for by none.
    private var serverName: String? {
        let name = connection.tlsServerName ?? connection.address.host
        return (try? SocketAddress(ipAddress: name, port: 0)) == nil ? name : nil
    }

    private func context(_ certificate: ClientCertificate?) throws -> NIOSSLContext {
        let known = made.withLock { $0 }
        if let known, known.certificate == certificate { return known.context }
        let context = try NIOSSLContext(configuration: configuration(certificate))
        made.withLock { $0 = Made(certificate: certificate, context: context) }
        return context
    }

    private func configuration(_ certificate: ClientCertificate?) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let authority = connection.certificateAuthority {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
        }
        if !connection.verifiesServer { configuration.certificateVerification = .none }
        if let certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate.certificate)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: certificate.key, format: .pem))
        }
        return configuration
    }
}
