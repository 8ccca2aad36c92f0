import Crypto
import FoundationEssentials
import NIOSSL
import SwiftASN1
import X509

/// The certificate that the proxy shows, from an authority made for one run. Neither key is ever written anywhere.
struct RunCertificate: Sendable {
    /// PEM, for the child's kubeconfig.
    let authority: String
    let certificate: NIOSSLCertificateSource
    let key: NIOSSLPrivateKeySource

    /// How long a run may last.
    private static let lifetime = 365.0 * 86_400

    /// Makes both; a millisecond's work.
    init() throws {
        let authorityKey = P256.Signing.PrivateKey()
        let serverKey = P256.Signing.PrivateKey()
        let authorityName = try DistinguishedName { CommonName("swiftop-rbac run") }
        let identifier = SubjectKeyIdentifier(hash: .init(authorityKey.publicKey))
        let authority = try Self.certificate(
            for: .init(authorityKey.publicKey),
            named: authorityName,
            by: .init(authorityKey),
            named: authorityName,
            try .init {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                identifier
            }
        )
        let server = try Self.certificate(
            for: .init(serverKey.publicKey),
            named: try DistinguishedName { CommonName("swiftop-rbac proxy") },
            by: .init(authorityKey),
            named: authorityName,
            try .init {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(Self.loopbackNames)
                AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
            }
        )
        self.authority = try authority.serializeAsPEM().pemString
        certificate = .certificate(try NIOSSLCertificate(bytes: Self.bytes(of: server), format: .der))
        key = .privateKey(try NIOSSLPrivateKey(bytes: Array(serverKey.derRepresentation), format: .der))
    }

    private static let loopbackNames: [GeneralName] = [
        .dnsName("localhost"), .ipAddress(.init(contentBytes: [127, 0, 0, 1])),
    ]

    private static func certificate(
        for key: Certificate.PublicKey,
        named subject: DistinguishedName,
        by issuerKey: Certificate.PrivateKey,
        named issuer: DistinguishedName,
        _ extensions: Certificate.Extensions
    ) throws -> Certificate {
        let now = Date()
        return try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: key,
            // A clock that is a little off in a container must not spoil the run.
            notValidBefore: now.addingTimeInterval(-300),
            notValidAfter: now.addingTimeInterval(lifetime),
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions,
            issuerPrivateKey: issuerKey
        )
    }

    private static func bytes(of certificate: Certificate) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }
}
