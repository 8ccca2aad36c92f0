import Syntax

/// From a kubeconfig and flags to one cluster's connection.
///
/// Kubernetes: `client-go/tools/clientcmd.DirectClientConfig.ClientConfig` and the checks of its `validation.go`.
struct ConnectionResolver {
    let kubeconfig: Kubeconfig
    let options: ConnectionOptions
    let surroundings: ProcessSurroundings

    init(_ kubeconfig: Kubeconfig, _ options: ConnectionOptions, _ surroundings: ProcessSurroundings) {
        self.kubeconfig = kubeconfig
        self.options = options
        self.surroundings = surroundings
    }

    func resolve() throws(InputError) -> ClusterConnection {
        let context = try selectedContext()
        let cluster = try selectedCluster(context)
        let address = try address(cluster, context)
        var warnings: [String] = []
        let user = selectedUser(context, &warnings)
        // Credentials are for a server that is known to be the right one; over plain HTTP none are sent.
        let credentials = address.isSecure ? try CredentialReader(user).read(&warnings) : .none
        if !address.isSecure, user.map({ CredentialReader($0).hasCredentials }) == true {
            warnings.append("the server's address is not https, so no credentials are sent")
        }
        var connection = ClusterConnection(address: address, credentials: credentials)
        connection.context = context?.name.value ?? ""
        connection.namespace = try namespace(context)
        connection.impersonation = try impersonation(user)
        connection.requestTimeout = options.requestTimeout
        connection.acceptsCompression = !(cluster?.disablesCompression ?? false)
        connection.proxy = try proxy(cluster, address)
        if let cluster, address.isSecure { try addTLS(cluster, to: &connection, &warnings) }
        connection.warnings = warnings
        connection.execCluster = ExecClusterInfo(cluster, connection).json
        return connection
    }

    // MARK: Which entries

    private func selectedContext() throws(InputError) -> Kubeconfig.Context? {
        if let name = options.context, !name.isEmpty {
            guard let context = kubeconfig.context(name) else {
                throw InputError(
                    file: "--context",
                    message: "context `\(name)` does not exist",
                    hint: contextsHint(name)
                )
            }
            return context
        }
        if let current = kubeconfig.currentContext {
            guard let context = kubeconfig.context(current.value) else {
                throw current.error(
                    "the current context `\(current.value)` does not exist",
                    hint: contextsHint(current.value)
                )
            }
            return context
        }
        return nil
    }

    private func contextsHint(_ wanted: String) -> String {
        let names = kubeconfig.contexts.map(\.name.value).sorted()
        guard !names.isEmpty else { return "the kubeconfig has no contexts" }
        let shown = names.prefix(10).map { "`\($0)`" }.joined(separator: ", ")
        return "there are \(shown)" + (names.count > 10 ? " and \(names.count - 10) more" : "")
    }

    private func selectedCluster(_ context: Kubeconfig.Context?) throws(InputError) -> Kubeconfig.Cluster? {
        guard let context else { return nil }
        if let name = context.cluster, let cluster = kubeconfig.cluster(name.value) { return cluster }
        guard options.server == nil else { return nil }
        guard let name = context.cluster else {
            throw context.name.error(
                "context `\(context.name.value)` names no cluster",
                hint: "give it a `cluster`, or use `--server`"
            )
        }
        throw name.error("cluster `\(name.value)` is not defined", hint: "define it under `clusters`")
    }

    /// A user entry that is missing is nobody, as for kubectl.
    private func selectedUser(_ context: Kubeconfig.Context?, _ warnings: inout [String]) -> Kubeconfig.User? {
        guard let name = context?.user else { return nil }
        if let user = kubeconfig.user(name.value) { return user }
        warnings.append("user `\(name.value)` is not defined in the kubeconfig, so no credentials are sent")
        return nil
    }

    // MARK: Their values

    private func address(
        _ cluster: Kubeconfig.Cluster?,
        _ context: Kubeconfig.Context?
    ) throws(InputError) -> ServerAddress {
        if let server = options.server, !server.isEmpty {
            guard let address = ServerAddress(server) else {
                throw InputError(
                    file: "--server",
                    message: "`\(ServerAddress.withoutUser(server))` is no address of a server",
                    hint: "write it as `https://HOST:PORT`"
                )
            }
            return address
        }
        guard let server = cluster?.server else {
            let place = cluster?.name ?? context?.name
            let message = "cluster `\(cluster?.name.value ?? "")` has no server"
            let hint = "give it `server: https://HOST:PORT`"
            throw place?.error(message, hint: hint) ?? InputError(file: "kubeconfig", message: message, hint: hint)
        }
        guard let address = ServerAddress(server.value) else {
            throw server.error(
                "`\(ServerAddress.withoutUser(server.value))` is no address of a server",
                hint: "write it as `https://HOST:PORT`"
            )
        }
        return address
    }

    private func namespace(_ context: Kubeconfig.Context?) throws(InputError) -> String {
        if let namespace = options.namespace, !namespace.isEmpty {
            guard Self.isLabel(namespace) else {
                throw InputError(
                    file: "--namespace",
                    message: "`\(namespace)` is no name of a namespace",
                    hint: "lower-case letters, digits and dashes, at most 63"
                )
            }
            return namespace
        }
        guard let namespace = context?.namespace else { return "default" }
        guard Self.isLabel(namespace.value) else {
            throw namespace.error(
                "`\(namespace.value)` is no name of a namespace",
                hint: "lower-case letters, digits and dashes, at most 63"
            )
        }
        return namespace.value
    }

    /// Kubernetes: `validation.IsDNS1123Label`.
    static func isLabel(_ text: String) -> Bool {
        let isPlain = { (byte: UInt8) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 63 else { return false }
        return isPlain(first) && isPlain(last) && text.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") }
    }

    private func impersonation(_ user: Kubeconfig.User?) throws(InputError) -> Impersonation {
        let result = (user?.impersonation ?? Impersonation()).overridden(by: options.impersonation)
        guard result.isEmpty || !result.user.isEmpty else {
            let message = "groups, uid or extra are impersonated without a user"
            if options.impersonation.isEmpty, let user {
                throw user.name.error(message, hint: "give the user entry `as: NAME` too")
            }
            throw InputError(file: "--as-group", message: message, hint: "name the user with `--as`")
        }
        guard result.isSendable else {
            let message = "whom to act as holds a line break or another control character"
            let hint = "no user, group or extra of Kubernetes can be sent with one"
            guard options.impersonation.isSendable, let user else {
                throw InputError(file: "--as", message: message, hint: hint)
            }
            throw user.name.error(message, hint: hint)
        }
        return result
    }

    private func proxy(_ cluster: Kubeconfig.Cluster?, _ address: ServerAddress) throws(InputError) -> ProxyAddress? {
        if let url = cluster?.proxyURL {
            guard let proxy = ProxyAddress(url.value) else {
                throw url.error(
                    "this `proxy-url` cannot be used",
                    hint: "write it as `http://HOST:PORT`, `https://HOST:PORT` or `socks5://HOST:PORT`"
                )
            }
            return proxy
        }
        switch ProxyEnvironment(environment: surroundings.environment).choice(for: address) {
        case .direct: return nil
        case .proxy(let proxy): return proxy
        case .invalid(let variable):
            throw InputError(
                file: variable,
                message: "the value of this environment variable is no address of a proxy",
                hint: "write it as `http://HOST:PORT`"
            )
        }
    }

    private func addTLS(
        _ cluster: Kubeconfig.Cluster,
        to connection: inout ClusterConnection,
        _ warnings: inout [String]
    ) throws(InputError) {
        // Another server than the cluster's own has another name.
        if options.server?.isEmpty ?? true { connection.tlsServerName = cluster.tlsServerName }
        if let file = cluster.authorityFile, cluster.authorityData != nil {
            throw file.error(
                "cluster `\(cluster.name.value)` has both `certificate-authority` and `certificate-authority-data`",
                hint: "keep one of them"
            )
        }
        let authority = cluster.authorityFile?.range ?? cluster.authorityData?.range
        if cluster.skipsVerification {
            if let authority {
                throw InputError(
                    file: authority.file,
                    location: authority.start,
                    message: "a certificate authority together with `insecure-skip-tls-verify`",
                    hint: "keep one of them; without verification anybody can pose as the server"
                )
            }
            connection.verifiesServer = false
            warnings.append("the server's certificate is not verified (`insecure-skip-tls-verify`)")
        }
        if let data = cluster.authorityData {
            connection.certificateAuthority = PEMCertificates.usable(in: data.value)
        } else if let file = cluster.authorityFile {
            let bundle = try CredentialReader.bytes(file, "certificate authority")
            connection.certificateAuthority = PEMCertificates.usable(in: bundle)
        }
    }
}
