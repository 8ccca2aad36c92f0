import KubeAPI
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why the API server gave no answer, in words for people.
struct UpstreamFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Lower case, no final period.
    var description: String

    init(_ description: String) { self.description = description }

    init(_ failure: CredentialFailure) { description = failure.description }

    /// - Parameter address: for the text.
    init(_ error: (any Error)?, reaching address: ServerAddress) {
        let reason = error.map(Self.reason) ?? "it closed the connection"
        description = "the API server at \(address) cannot be reached: \(reason)"
    }

    /// - Parameter proxy: the one on the way to the server.
    init(_ error: any Error, reaching proxy: ProxyAddress) {
        self =
            error as? UpstreamFailure
            ?? UpstreamFailure("the proxy \(proxy) cannot be reached: \(Self.reason(error))")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return reason(first.error) }
            return "the name \(error.host) cannot be resolved"
        case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout: return "no connection came about in time"
        case ChannelError.eof, ChannelError.ioOnClosedChannel, NIOSSLError.uncleanShutdown:
            return "it closed the connection"
        case is WrongServer: return "its certificate is for another host"
        case let error as NIOSSLExtraError: return tlsReason("\(error)")
        case let error as NIOSSLError: return tlsReason("\(error)")
        case let error as BoringSSLError: return tlsReason("\(error)")
        default: return "it does not speak HTTP (\(type(of: error)))"
        }
    }

    private static func tlsReason(_ text: String) -> String {
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "its certificate is of no trusted authority, or has expired"
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") { return "it does not speak TLS" }
        if text.contains("ALERT") || text.contains("alert") { return "it refused the TLS connection" }
        return "the TLS connection failed"
    }
}
