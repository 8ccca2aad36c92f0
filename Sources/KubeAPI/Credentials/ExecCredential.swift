import Syntax

/// What a credential plugin is told, and what it answers. Kubernetes: `client.authentication.k8s.io`.
struct ExecCredential: Sendable {
    var token: Secret<String>?
    var certificate: ClientCertificate?
    /// Seconds since 1970; `nil` lasts as long as the process.
    var expiry: Double?

    /// The JSON of `KUBERNETES_EXEC_INFO`.
    static func request(_ plugin: ExecPlugin, cluster: JSONValue, isInteractive: Bool) -> String {
        var spec: [JSONValue.Member] = []
        if plugin.providesClusterInfo { spec.append(.init(key: "cluster", value: cluster)) }
        spec.append(.init(key: "interactive", value: .boolean(isInteractive)))
        return JSONValue.object([
            .init(key: "kind", value: .string("ExecCredential")),
            .init(key: "apiVersion", value: .string(plugin.apiVersion)),
            .init(key: "spec", value: .object(spec)),
        ]).serialized
    }

    /// Reads a plugin's answer.
    ///
    /// - Throws: where it is no answer to the question; nothing of its content is told, since it holds secrets.
    init(_ output: [UInt8], for plugin: ExecPlugin) throws(CredentialFailure) {
        func failure(_ detail: String) -> CredentialFailure {
            .pluginAnswer(command: plugin.command, detail: detail)
        }
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONValue(output)
        } catch {
            throw failure(output.isEmpty ? "it printed nothing" : "it is no JSON")
        }
        guard document["kind"].string == "ExecCredential" else { throw failure("it is no `ExecCredential`") }
        guard document["apiVersion"].string == plugin.apiVersion else {
            throw failure("its `apiVersion` is not the `\(plugin.apiVersion)` that the kubeconfig names")
        }
        let status = document["status"]
        let certificate = status["clientCertificateData"].text
        let key = status["clientKeyData"].text
        guard certificate.isEmpty == key.isEmpty else {
            throw failure("a client certificate and its key are given only together")
        }
        if !certificate.isEmpty {
            let client = ClientCertificate(certificate: Array(certificate.utf8), key: Array(key.utf8))
            guard !client.isEncrypted else { throw failure("its client key is encrypted with a password") }
            self.certificate = client
        }
        let token = status["token"].text
        if !token.isEmpty { self.token = Secret(token) }
        guard self.token != nil || self.certificate != nil else {
            throw failure("it holds neither a token nor a client certificate")
        }
        if let text = status["expirationTimestamp"].string, !text.isEmpty {
            guard let expiry = Timestamp(text).map({ Double($0.seconds) }) else {
                throw failure("its `expirationTimestamp` is no time")
            }
            self.expiry = expiry
        }
    }
}

extension ExecPlugin {
    /// Runs the plugin and reads its answer; waits for it, so it must not be called from a task.
    func credential(
        cluster: JSONValue,
        surroundings: ProcessSurroundings
    ) throws(CredentialFailure) -> ExecCredential {
        let isInteractive: Bool
        switch interactiveMode ?? .ifAvailable {
        case .never: isInteractive = false
        case .ifAvailable: isInteractive = surroundings.isInteractive
        case .always:
            guard surroundings.isInteractive else { throw .pluginNeedsTerminal(command: command) }
            isInteractive = true
        }
        guard let path = ChildProcess.find(command, path: surroundings.environment["PATH"] ?? "") else {
            throw .pluginMissing(command: command, installHint: installHint)
        }
        var variables = surroundings.environment
        for entry in environment { variables[entry.name] = entry.value.value }
        variables["KUBERNETES_EXEC_INFO"] = ExecCredential.request(
            self,
            cluster: cluster,
            isInteractive: isInteractive
        )
        let child = ChildProcess(
            path: path,
            arguments: arguments,
            environment: variables,
            inheritsInput: isInteractive
        )
        let outcome: ChildProcess.Outcome
        do throws(SystemFile.Failure) {
            outcome = try child.run()
        } catch {
            throw .pluginNotStarted(command: command, detail: error.text)
        }
        guard outcome.status == 0 else { throw .pluginFailed(command: command, status: Int(outcome.status)) }
        return try ExecCredential(outcome.output, for: self)
    }
}
