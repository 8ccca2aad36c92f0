/// Keeps the credentials of one connection fresh: token files that rotate, plugins whose answers expire.
package actor Authenticator {
    private let connection: ClusterConnection
    private let surroundings: ProcessSurroundings
    private var generation = 0
    private var exec: ExecCredential?
    /// A run of the plugin that others wait for too.
    private var refresh: Task<Result<ExecCredential, CredentialFailure>, Never>?
    private var fileToken: Secret<String>?
    private var fileTokenRead: ContinuousClock.Instant?
    private var current: ConnectionSettings?

    /// Kubernetes: `client-go/transport.NewCachedFileTokenSource` reads once a minute.
    private static let tokenFilePeriod: Duration = .seconds(60)
    /// A plugin's answer is renewed a little before it ends.
    private static let leeway = 10.0

    package init(_ connection: ClusterConnection, _ surroundings: ProcessSurroundings) {
        self.connection = connection
        self.surroundings = surroundings
    }

    /// Whether a 401 may mean that the credential has only grown old.
    package nonisolated var canRefresh: Bool {
        connection.credentials.exec != nil || connection.credentials.tokenFile != nil
    }

    /// The settings for the next requests.
    func settings() async throws(CredentialFailure) -> ConnectionSettings {
        if let plugin = connection.credentials.exec, exec.map({ Self.isOld($0) }) ?? true {
            try await run(plugin)
        }
        if let path = connection.credentials.tokenFile,
            fileTokenRead.map({ ContinuousClock.now - $0 >= Self.tokenFilePeriod }) ?? true
        {
            readTokenFile(path)
        }
        if let current { return current }
        generation += 1
        let made = connection.settings(
            generation: generation,
            authorization: authorization(),
            certificate: exec?.certificate ?? connection.credentials.clientCertificate
        )
        current = made
        return made
    }

    /// After a 401: credentials that are newer than those that were refused, `nil` where there are none.
    ///
    /// - Parameter refused: the generation that the server refused; where others have renewed it meanwhile, theirs do.
    func settings(after refused: Int) async throws(CredentialFailure) -> ConnectionSettings? {
        guard canRefresh else { return nil }
        if refused == generation {
            if let plugin = connection.credentials.exec {
                try await run(plugin)
            } else if let path = connection.credentials.tokenFile {
                let old = fileToken?.value
                readTokenFile(path)
                guard fileToken?.value != old else { return nil }
            }
        }
        return try await settings()
    }

    // MARK: - For requests that somebody else sends

    /// What makes a request one of this connection's user, for senders other than the transport.
    package struct Identity: Sendable {
        /// Tells these credentials from those that were refused.
        package var generation: Int
        /// `Name: value` lines.
        package var headers: Secret<[String]>
        package var certificate: ClientCertificate?
        /// From then on it has to be asked for again; `nil` lasts as long as the process.
        package var validUntil: ContinuousClock.Instant?
    }

    /// The identity for the next requests.
    package func identity() async throws(CredentialFailure) -> Identity {
        identity(try await settings())
    }

    /// After a 401: an identity newer than the one that was refused, `nil` where there is none.
    package func identity(after refused: Int) async throws(CredentialFailure) -> Identity? {
        try await settings(after: refused).map { identity($0) }
    }

    private func identity(_ settings: ConnectionSettings) -> Identity {
        var lifetimes: [Duration] = []
        if let expiry = exec?.expiry { lifetimes.append(.seconds(max(1, expiry - Self.leeway - Clock.now))) }
        if connection.credentials.tokenFile != nil { lifetimes.append(Self.tokenFilePeriod) }
        return Identity(
            generation: settings.generation,
            headers: Secret(connection.identityHeaders(authorization: authorization())),
            certificate: settings.clientCertificate,
            validUntil: lifetimes.min().map { ContinuousClock.now + $0 }
        )
    }

    private static func isOld(_ credential: ExecCredential) -> Bool {
        credential.expiry.map { $0 - leeway <= Clock.now } ?? false
    }

    private func run(_ plugin: ExecPlugin) async throws(CredentialFailure) {
        let task: Task<Result<ExecCredential, CredentialFailure>, Never>
        if let refresh {
            task = refresh
        } else {
            let cluster = connection.execCluster
            let surroundings = surroundings
            task = Task {
                await SystemThread.run {
                    Result { () throws(CredentialFailure) in
                        try plugin.credential(cluster: cluster, surroundings: surroundings)
                    }
                }
            }
            refresh = task
        }
        let result = await task.value
        // Of all that waited the first takes the answer; it makes one new generation, not one for each of them.
        if refresh == task {
            refresh = nil
            if case .success(let credential) = result {
                exec = credential
                current = nil
            }
        }
        _ = try result.get()
    }

    private func readTokenFile(_ path: String) {
        fileTokenRead = .now
        guard let token = TokenFile.read(path), token.value != fileToken?.value else { return }
        fileToken = token
        current = nil
    }

    private func authorization() -> String? {
        let credentials = connection.credentials
        if let token = exec?.token ?? fileToken ?? credentials.token {
            return "Bearer \(HeaderText.value(token.value))"
        }
        guard let basic = credentials.basic else { return nil }
        return "Basic \(Base64.encode(Array("\(basic.username):\(basic.password.value)".utf8)))"
    }
}
