import Syntax

/// A cluster and how to reach it: everything resolved and read, nothing asked yet.
package struct ClusterConnection: Sendable {
    package var address: ServerAddress
    /// PEM; `nil` trusts the system's authorities.
    package var certificateAuthority: [UInt8]?
    package var verifiesServer = true
    package var tlsServerName: String?
    package var proxy: ProxyAddress?
    package var acceptsCompression = true
    package var credentials: Credentials
    package var impersonation = Impersonation()
    /// The namespace that `-n`, the context or the pod names; `default` where none does.
    package var namespace = "default"
    /// The name of the context; empty where there is none.
    package var context = ""
    package var requestTimeout: Duration?
    /// Sentences for standard error, such as that the server is not verified.
    package var warnings: [String] = []
    /// What a plugin that asks for it is told about the cluster, as JSON.
    var execCluster: JSONValue = .null

    init(address: ServerAddress, credentials: Credentials) {
        self.address = address
        self.credentials = credentials
    }
}

/// How the server is to know who asks.
package struct Credentials: Sendable {
    package var source: CredentialSource
    var token: Secret<String>?
    /// Read again when it changes; wins over `token` as long as it can be read.
    var tokenFile: String?
    var basic: Basic?
    package var clientCertificate: ClientCertificate?
    var exec: ExecPlugin?
    /// Whether they come from a program that is run for them, which may ask somebody something.
    package var needsPlugin: Bool { exec != nil }

    struct Basic: Sendable {
        var username: String
        var password: Secret<String>
    }

    package init(source: CredentialSource) { self.source = source }

    package static let none = Credentials(source: CredentialSource())
}

/// Which credential of which file is used, for `whoami` and for what a 401 says.
package struct CredentialSource: Hashable, Sendable, CustomStringConvertible {
    /// `token`, `client certificate`, `exec plugin aws-iam-authenticator`, …; several where several are sent.
    package var kinds: [String] = []
    /// The name of the user entry; empty where there is none.
    package var user = ""
    /// The file that has it, or the pod's token file.
    package var file = ""
    /// Where in the file; `nil` for files that are the credential themselves.
    package var line: Int?

    package init() {}

    /// Whether nothing is sent, so that the server sees `system:anonymous`.
    package var isAnonymous: Bool { kinds.isEmpty }

    /// `token of user "admin" in /home/me/.kube/config:12`
    package var description: String {
        guard !kinds.isEmpty else { return "no credentials" }
        let place = line.map { "\(file):\($0)" } ?? file
        let owner = user.isEmpty ? "" : " of user `\(user)`"
        return kinds.joined(separator: " and ") + owner + (place.isEmpty ? "" : " in \(place)")
    }
}

/// Nothing says where a cluster is: no kubeconfig, no flag, no pod; or a kubeconfig of which no context is chosen.
package struct NoClusterConfigured: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where a kubeconfig was looked for.
    package var searched: [String]
    /// The names of the contexts that there are, none of them the current one.
    package var contexts: [String] = []

    package var description: String {
        if !contexts.isEmpty { return "the kubeconfig sets no current context" }
        let places =
            searched.isEmpty
            ? "no file is named, and there is no home folder to look in"
            : "looked for \(searched.joined(separator: ", "))"
        return "no cluster is configured: \(places)"
    }

    /// The contexts to choose from; `nil` where there are none.
    package var choice: String? {
        guard !contexts.isEmpty else { return nil }
        let shown = contexts.sorted().prefix(10).map { "`\($0)`" }.joined(separator: ", ")
        return contexts.count > 10 ? "\(shown) and \(contexts.count - 10) more" : shown
    }
}

extension ClusterConnection {
    /// Finds out which cluster is meant and reads what is needed to reach it.
    ///
    /// - Throws: `InputError` where a file or a flag is wrong; `NoClusterConfigured` where nothing names a cluster.
    package static func load(
        _ options: ConnectionOptions,
        _ surroundings: ProcessSurroundings
    ) throws -> ClusterConnection {
        let files = KubeconfigFiles(flag: options.kubeconfig, environment: surroundings.environment)
        let kubeconfig = try files.load()
        if kubeconfig.isEmpty, options.context == nil, options.server == nil {
            if let pod = InClusterConfiguration(surroundings) { return try pod.connection(options) }
            throw NoClusterConfigured(searched: files.paths)
        }
        if kubeconfig.currentContext == nil, options.context ?? "" == "", options.server == nil {
            throw NoClusterConfigured(searched: files.paths, contexts: kubeconfig.contexts.map(\.name.value))
        }
        return try ConnectionResolver(kubeconfig, options, surroundings).resolve()
    }

    /// The settings of a transport, with the given `Authorization` and certificate.
    func settings(generation: Int, authorization: String?, certificate: ClientCertificate?) -> ConnectionSettings {
        let headers = ["User-Agent: swiftop-rbac", "Accept: application/json"]
        return ConnectionSettings(
            generation: generation,
            address: address,
            certificateAuthority: certificateAuthority,
            verifiesServer: verifiesServer,
            tlsServerName: tlsServerName,
            clientCertificate: certificate,
            proxy: proxy,
            acceptsCompression: acceptsCompression,
            headers: headers + identityHeaders(authorization: authorization)
        )
    }

    /// `Name: value` lines that say who asks: the authorization, and whom the connection impersonates.
    func identityHeaders(authorization: String?) -> [String] {
        (authorization.map { ["Authorization: \($0)"] } ?? []) + impersonation.headers
    }
}
