import KubeAPI
import NIOSSL
import SwiftASN1
import X509

/// Whom the certificate at the other end of a connection has to name. RFC 9525; Go: `crypto/x509.Certificate.VerifyHostname`.
///
/// NIOSSL takes the address that it is connected to for as good as the name, which with a proxy is the proxy's.
struct ServerIdentity {
    let name: String

    /// Whether the certificate names it: an address by an address, a name by a name, where `*` stands for a first label.
    func isNamed(by certificate: NIOSSLCertificate) -> Bool {
        guard let bytes = try? certificate.toDERBytes(), let read = try? Certificate(derEncoded: bytes) else {
            return false
        }
        let names = (try? read.extensions.subjectAlternativeNames).flatMap { $0 } ?? SubjectAlternativeNames([])
        if let address = IPAddress(name) {
            return names.contains {
                if case .ipAddress(let bytes) = $0 { Array(bytes.bytes) == address.bytes } else { false }
            }
        }
        return names.contains { if case .dnsName(let pattern) = $0 { matches(pattern) } else { false } }
    }

    func matches(_ pattern: String) -> Bool {
        let (wanted, given) = (Self.labels(name), Self.labels(pattern))
        guard wanted.count == given.count, !given.contains("") else { return false }
        guard given.first == "*", given.count > 1 else { return given == wanted }
        return given.dropFirst() == wanted.dropFirst()
    }

    /// In lower case, without the period at the end.
    private static func labels(_ name: String) -> [Substring] {
        let lowered = name.lowercased()
        return (lowered.hasSuffix(".") ? lowered.dropLast() : lowered[...])
            .split(separator: ".", omittingEmptySubsequences: false)
    }
}

/// The certificate names somebody else.
struct WrongServer: Error {}
