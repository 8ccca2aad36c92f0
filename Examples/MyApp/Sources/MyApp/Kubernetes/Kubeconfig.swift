import Foundation
import NIOSSL
import Yams

/// A kubeconfig file: a bearer token or a client certificate, and the authority of the server's certificate.
struct Kubeconfig: Decodable {
    struct Named<Value: Decodable>: Decodable {
        var name: String
        var value: Value

        /// Each list of a kubeconfig calls the value after itself: `cluster`, `user`, `context`.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: AnyKey.self)
            name = try container.decode(String.self, forKey: AnyKey("name"))
            guard let key = container.allKeys.first(where: { $0.stringValue != "name" }) else {
                throw Cluster.Failure(description: "the kubeconfig's entry `\(name)` is empty")
            }
            value = try container.decode(Value.self, forKey: key)
        }
    }

    struct ClusterEntry: Decodable {
        var server: String
        var authority: String?
        var authorityData: String?

        private enum CodingKeys: String, CodingKey {
            case server
            case authority = "certificate-authority"
            case authorityData = "certificate-authority-data"
        }
    }

    struct User: Decodable {
        var token: String?
        var tokenFile: String?
        var certificate: String?
        var certificateData: String?
        var key: String?
        var keyData: String?

        private enum CodingKeys: String, CodingKey {
            case token, tokenFile
            case certificate = "client-certificate"
            case certificateData = "client-certificate-data"
            case key = "client-key"
            case keyData = "client-key-data"
        }
    }

    struct Context: Decodable {
        var cluster: String
        var user: String
        var namespace: String?
    }

    struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    var clusters: [Named<ClusterEntry>]
    var users: [Named<User>]
    var contexts: [Named<Context>]
    var current: String

    private enum CodingKeys: String, CodingKey {
        case clusters, users, contexts
        case current = "current-context"
    }
}

extension Kubeconfig {
    /// The cluster of the file's current context.
    static func load(_ path: String) throws -> Cluster {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Cluster.Failure(description: "\(path) cannot be read; name a kubeconfig with --kubeconfig")
        }
        let config = try YAMLDecoder().decode(Kubeconfig.self, from: text)
        guard let context = config.contexts.first(where: { $0.name == config.current })?.value,
            let cluster = config.clusters.first(where: { $0.name == context.cluster })?.value,
            let user = config.users.first(where: { $0.name == context.user })?.value
        else {
            throw Cluster.Failure(description: "\(path): the context `\(config.current)` is incomplete")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        var server = cluster.server
        while server.hasSuffix("/") { server.removeLast() }
        return Cluster(
            server: server,
            credentials: user.credentials(relativeTo: folder),
            tls: try tls(cluster, user, folder),
            namespace: context.namespace
        )
    }

    private static func tls(_ cluster: ClusterEntry, _ user: User, _ folder: URL) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authority = try bytes(cluster.authorityData, cluster.authority, folder) {
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
        }
        if let chain = try bytes(user.certificateData, user.certificate, folder),
            let key = try bytes(user.keyData, user.key, folder)
        {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(chain).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
        }
        return tls
    }

    /// What a pair of fields says: base64 in the file, or the path of another file.
    private static func bytes(_ data: String?, _ path: String?, _ folder: URL) throws -> [UInt8]? {
        if let data {
            guard let bytes = Data(base64Encoded: data) else {
                throw Cluster.Failure(description: "the kubeconfig holds data that is not base64")
            }
            return Array(bytes)
        }
        return try path.map { Array(try Data(contentsOf: URL(fileURLWithPath: $0, relativeTo: folder))) }
    }
}

extension Kubeconfig.User {
    fileprivate func credentials(relativeTo folder: URL) -> Cluster.Credentials {
        if let tokenFile { return .tokenFile(URL(fileURLWithPath: tokenFile, relativeTo: folder).path) }
        return token.map { .token($0) } ?? .none
    }
}
