import Syntax

/// The connection that every pod has. Kubernetes: `client-go/rest.InClusterConfig`.
struct InClusterConfiguration {
    private let host: String
    private let port: String
    private let surroundings: ProcessSurroundings

    private var tokenFile: String { surroundings.serviceAccountFolder + "/token" }

    /// `nil` where this is no pod with a service account.
    init?(_ surroundings: ProcessSurroundings) {
        guard let host = surroundings.environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = surroundings.environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else { return nil }
        self.host = host
        self.port = port
        self.surroundings = surroundings
        guard TokenFile.read(tokenFile) != nil else { return nil }
    }

    func connection(_ options: ConnectionOptions) throws(InputError) -> ClusterConnection {
        guard let address = ServerAddress("https://\(HostAndPort.bracketed(host)):\(port)") else {
            throw InputError(
                file: "KUBERNETES_SERVICE_PORT",
                message: "`\(host)` and `\(port)` are no address of a server",
                hint: "a pod has these from the kubelet; outside of one, give a kubeconfig"
            )
        }
        var source = CredentialSource()
        source.kinds = ["service account token of this pod"]
        source.file = tokenFile
        var credentials = Credentials(source: source)
        credentials.tokenFile = tokenFile
        var connection = ClusterConnection(address: address, credentials: credentials)
        connection.requestTimeout = options.requestTimeout
        connection.impersonation = options.impersonation
        connection.namespace = namespace(options)
        if case .proxy(let proxy) = ProxyEnvironment(environment: surroundings.environment).choice(for: address) {
            connection.proxy = proxy
        }
        if let authority = try? SystemFile.read(surroundings.serviceAccountFolder + "/ca.crt") {
            connection.certificateAuthority = authority
        } else {
            connection.warnings.append("the pod has no `ca.crt`; the system's authorities are trusted instead")
        }
        return connection
    }

    private func namespace(_ options: ConnectionOptions) -> String {
        let file = surroundings.serviceAccountFolder + "/namespace"
        let candidates = [
            options.namespace, surroundings.environment["POD_NAMESPACE"],
            (try? SystemFile.read(file)).map(TokenFile.text),
        ]
        return candidates.lazy.compactMap { $0 }.first { !$0.isEmpty } ?? "default"
    }
}
