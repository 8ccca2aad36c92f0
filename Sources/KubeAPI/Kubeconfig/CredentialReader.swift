import Syntax

/// From a user entry to credentials, with the combinations refused that client-go refuses.
struct CredentialReader {
    let user: Kubeconfig.User?

    init(_ user: Kubeconfig.User?) { self.user = user }

    /// Whether the entry has anything that would be sent.
    var hasCredentials: Bool {
        guard let user else { return false }
        return user.token != nil || user.tokenFile != nil || user.certificateFile != nil || user.certificateData != nil
            || user.username != nil || user.exec != nil || user.authProvider != nil
    }

    /// - Throws: `InputError` for what is contradictory, missing or unreadable.
    func read(_ warnings: inout [String]) throws(InputError) -> Credentials {
        guard let user else { return .none }
        try checkCombinations(user)
        var source = CredentialSource()
        source.user = user.name.value
        source.file = user.name.range.file
        var credentials = Credentials(source: source)
        credentials.clientCertificate = try certificate(user, &source)
        try addTokens(user, to: &credentials, &source)
        if let username = user.username {
            credentials.basic = .init(username: username.value, password: user.password?.value ?? Secret(""))
            note("user name and password", username.range, &source)
        }
        if let provider = user.authProvider, source.isAnonymous {
            credentials.token = Secret(try OIDCToken.read(provider))
            note("OIDC token", provider.range, &source)
        }
        // A plugin is asked only where nothing else is configured.
        if let exec = user.exec, source.isAnonymous {
            credentials.exec = exec.value
            note("exec plugin `\(exec.value.command)`", exec.range, &source)
        }
        credentials.source = source
        return credentials
    }

    private func note(_ kind: String, _ range: SourceRange, _ source: inout CredentialSource) {
        source.kinds.append(kind)
        source.line = source.line ?? range.start.line
    }

    private func certificate(
        _ user: Kubeconfig.User,
        _ source: inout CredentialSource
    ) throws(InputError) -> ClientCertificate? {
        let certificate: Located<[UInt8]>
        if let data = user.certificateData {
            certificate = data
        } else if let file = user.certificateFile {
            certificate = Located(try Self.bytes(file, "client certificate"), file.range)
        } else {
            return nil
        }
        let key: Located<[UInt8]>
        if let data = user.keyData {
            key = Located(data.value.value, data.range)
        } else if let file = user.keyFile {
            key = Located(try Self.bytes(file, "client key"), file.range)
        } else {
            throw certificate.error(
                "user `\(user.name.value)` has a client certificate without a key",
                hint: "add `client-key` or `client-key-data`"
            )
        }
        let client = ClientCertificate(certificate: certificate.value, key: key.value)
        guard !client.isEncrypted else {
            throw key.error(
                "the client key of user `\(user.name.value)` is encrypted with a password",
                hint: "as for kubectl, write it without one: openssl pkey -in KEY -out PLAIN-KEY"
            )
        }
        note("client certificate", certificate.range, &source)
        return client
    }

    private func addTokens(
        _ user: Kubeconfig.User,
        to credentials: inout Credentials,
        _ source: inout CredentialSource
    ) throws(InputError) {
        if let token = user.token {
            guard HeaderText.isValue(token.value.value) else {
                throw token.error(
                    "the token of user `\(user.name.value)` holds a line break or another control character",
                    hint: "write it on one line, without one at its end (`|-` instead of `|`)"
                )
            }
            credentials.token = token.value
            // A file that cannot be used leaves the token, as for client-go.
            if user.tokenFile.map({ TokenFile.read($0.value) == nil }) ?? true { note("token", token.range, &source) }
        }
        if let file = user.tokenFile {
            if user.token == nil {
                let bytes = try Self.bytes(file, "token file")
                guard !TokenFile.text(bytes).isEmpty else {
                    throw file.error("the token file `\(file.value)` is empty", hint: "put a token into it")
                }
            }
            credentials.tokenFile = file.value
            if source.kinds.last != "token" { note("token file `\(file.value)`", file.range, &source) }
        }
    }

    private func checkCombinations(_ user: Kubeconfig.User) throws(InputError) {
        let name = user.name.value
        if let file = user.certificateFile, user.certificateData != nil {
            throw file.error(
                "user `\(name)` has both `client-certificate` and `client-certificate-data`",
                hint: "keep one of them"
            )
        }
        if let file = user.keyFile, user.keyData != nil {
            throw file.error("user `\(name)` has both `client-key` and `client-key-data`", hint: "keep one of them")
        }
        if user.username != nil, let token = user.token?.range ?? user.tokenFile?.range {
            throw InputError(
                file: token.file,
                location: token.start,
                message: "user `\(name)` has both a token and a user name: more than one authentication method",
                hint: "keep one of them"
            )
        }
        if let exec = user.exec {
            if user.authProvider != nil {
                throw exec.error("user `\(name)` has both `exec` and `auth-provider`", hint: "keep `exec`")
            }
            try check(exec, name)
        }
    }

    private func check(_ exec: Located<ExecPlugin>, _ name: String) throws(InputError) {
        guard !exec.value.command.isEmpty else {
            throw exec.error("the exec plugin of user `\(name)` has no `command`", hint: "name the program to run")
        }
        guard ExecPlugin.apiVersions.contains(exec.value.apiVersion) else {
            let version = exec.value.apiVersion
            throw exec.error(
                version.isEmpty
                    ? "the exec plugin of user `\(name)` has no `apiVersion`"
                    : "the exec plugin of user `\(name)` has an unknown `apiVersion` `\(version)`",
                hint: "write `client.authentication.k8s.io/v1`, or what the plugin supports"
            )
        }
        if let mode = exec.value.unknownMode {
            throw mode.error(
                "unknown `interactiveMode` `\(mode.value)`",
                hint: "write `Never`, `IfAvailable` or `Always`"
            )
        }
        guard exec.value.interactiveMode != nil else {
            throw exec.error(
                "the exec plugin of user `\(name)` has no `interactiveMode`",
                hint: "write `interactiveMode: IfAvailable`"
            )
        }
    }

    /// - Throws: `InputError` at the place that names the file.
    static func bytes(_ path: Located<String>, _ what: String) throws(InputError) -> [UInt8] {
        do throws(SystemFile.Failure) {
            return try SystemFile.read(path.value)
        } catch {
            throw path.error(
                "the \(what) `\(path.value)` cannot be read: \(error.text)",
                hint: "paths are relative to the folder of the kubeconfig"
            )
        }
    }
}

/// A file that holds a bearer token and nothing else.
enum TokenFile {
    /// The token without blanks and line ends around it.
    static func text(_ bytes: [UInt8]) -> String {
        String(String(decoding: bytes, as: UTF8.self)[...].trimmed)
    }

    /// `nil` where the file cannot be read or holds nothing: the last good content then stays.
    static func read(_ path: String) -> Secret<String>? {
        guard let bytes = try? SystemFile.read(path) else { return nil }
        let text = text(bytes)
        return text.isEmpty ? nil : Secret(text)
    }
}

/// What is left of `auth-provider`: an OIDC token that is still valid.
///
/// Kubernetes removed `gcp` and `azure` in 1.26. A refresh would need the provider's own endpoints, so it is left to
/// the exec plugins that replaced it.
enum OIDCToken {
    static func read(_ provider: Located<AuthProvider>, now: Double = Clock.now) throws(InputError) -> String {
        switch provider.value.name {
        case "oidc": break
        case "gcp":
            throw provider.error(
                "the auth-provider `gcp` was removed from Kubernetes",
                hint: "use the exec plugin `gke-gcloud-auth-plugin`: `gcloud container clusters get-credentials`"
            )
        case "azure":
            throw provider.error(
                "the auth-provider `azure` was removed from Kubernetes",
                hint: "use the exec plugin `kubelogin`: `kubelogin convert-kubeconfig`"
            )
        default:
            throw provider.error(
                "there is no auth-provider `\(provider.value.name)`",
                hint: "use an exec plugin or a token"
            )
        }
        guard let token = provider.value.configuration.value["id-token"], !token.isEmpty else {
            throw provider.error(
                "the auth-provider `oidc` has no `id-token`",
                hint: "log in again, or use the exec plugin `kubectl oidc-login`"
            )
        }
        if let expiry = expiry(token), expiry <= now {
            throw provider.error(
                "the `id-token` of the auth-provider `oidc` has expired",
                hint: "any `kubectl` command renews it; or use the exec plugin `kubectl oidc-login`"
            )
        }
        return token
    }

    /// `exp` of a JSON Web Token; `nil` where it is none, which is for the server to judge.
    private static func expiry(_ token: String) -> Double? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decodeURLSafe(parts[1]), let claims = try? JSONValue(bytes),
            case .number(let text) = claims["exp"]
        else { return nil }
        return Double(text)
    }
}
