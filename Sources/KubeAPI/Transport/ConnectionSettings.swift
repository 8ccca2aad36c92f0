/// All that a connection needs, with files read and credentials in hand: what the curl handles are set up from.
///
/// A change of credentials makes a new value with a new `generation`; handles that were set up for another generation
/// are set up anew. Certificates and keys stay in memory.
package struct ConnectionSettings: Sendable {
    /// Tells one set of settings from the next on the same transport.
    package var generation: Int
    package var address: ServerAddress
    /// PEM; `nil` trusts the system's authorities.
    package var certificateAuthority: [UInt8]?
    package var verifiesServer: Bool
    /// The name to ask for and to verify, where it is not the address's host.
    package var tlsServerName: String?
    package var clientCertificate: ClientCertificate?
    package var proxy: ProxyAddress?
    package var acceptsCompression: Bool
    /// `Name: value` lines of every request: agent, authorization, impersonation. Hidden for the sake of the second.
    package var headers: Secret<[String]>

    package init(
        generation: Int = 0,
        address: ServerAddress,
        certificateAuthority: [UInt8]? = nil,
        verifiesServer: Bool = true,
        tlsServerName: String? = nil,
        clientCertificate: ClientCertificate? = nil,
        proxy: ProxyAddress? = nil,
        acceptsCompression: Bool = true,
        headers: [String] = []
    ) {
        self.generation = generation
        self.address = address
        self.certificateAuthority = certificateAuthority
        self.verifiesServer = verifiesServer
        self.tlsServerName = tlsServerName
        self.clientCertificate = clientCertificate
        self.proxy = proxy
        self.acceptsCompression = acceptsCompression
        self.headers = Secret(headers)
    }
}

/// A client certificate with its key, both PEM.
package struct ClientCertificate: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    package var certificate: [UInt8]
    package var key: [UInt8]

    package init(certificate: [UInt8], key: [UInt8]) {
        self.certificate = certificate
        self.key = key
    }

    /// Whether the key needs a password: in PKCS #8 its label says so, in the older form a header does.
    var isEncrypted: Bool {
        let text = String(decoding: key, as: UTF8.self)
        return text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED")
    }

    /// Never the key.
    package var description: String { "client certificate of \(certificate.count) bytes" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
