import Syntax

/// Reads one kubeconfig file: strict about types, lenient about fields that it does not know, as client-go is.
struct KubeconfigDecoder {
    let file: String
    private let folder: String

    init(file: String) {
        self.file = file
        folder = SystemFile.folder(of: file)
    }

    /// - Throws: `InputError` with the place of what is wrong; values of secrets are never part of it.
    func decode(_ bytes: [UInt8]) throws(InputError) -> Kubeconfig {
        var result = Kubeconfig()
        result.files = [file]
        guard let document = try YAMLParser.documents(bytes, file: file).first else { return result }
        let fields = try document.fields("kubeconfig")
        try checkKind(fields)
        result.clusters = try entries(fields, "clusters", "cluster", cluster)
        result.users = try entries(fields, "users", "user", user)
        result.contexts = try entries(fields, "contexts", "context", context)
        let current = try located(fields, "current-context")
        result.currentContext = current?.value.isEmpty == false ? current : nil
        return result
    }

    private func checkKind(_ fields: Node.Mapping) throws(InputError) {
        if let kind = try located(fields, "kind"), kind.value != "Config" {
            throw kind.error("`\(kind.value)` is no kubeconfig", hint: "a kubeconfig has `kind: Config`")
        }
        if let version = try located(fields, "apiVersion"), version.value != "v1" {
            throw version.error("unknown version `\(version.value)` of a kubeconfig", hint: "write `apiVersion: v1`")
        }
    }

    /// A list of `{name: …, KEY: {…}}`, each name once.
    private func entries<T>(
        _ fields: Node.Mapping,
        _ list: String,
        _ key: String,
        _ read: (Located<String>, Node.Mapping) throws(InputError) -> T
    ) throws(InputError) -> [T] {
        guard let node = fields.value(list) else { return [] }
        var seen: Set<String> = []
        var result: [T] = []
        for item in try node.items(list) {
            let entry = try item.fields(list)
            let name = try located(entry, "name") ?? Located("", item.range)
            guard seen.insert(name.value).inserted else {
                throw name.error("duplicate name `\(name.value)` in `\(list)`", hint: "keep one of them")
            }
            let empty = Node.Mapping(entries: [], isFlow: false, range: item.range)
            result.append(try read(name, try entry.value(key)?.fields(key) ?? empty))
        }
        return result
    }

    // MARK: Entries

    private func cluster(_ name: Located<String>, _ fields: Node.Mapping) throws(InputError) -> Kubeconfig.Cluster {
        var cluster = Kubeconfig.Cluster(name: name)
        cluster.server = try nonEmpty(fields, "server")
        cluster.tlsServerName = try nonEmpty(fields, "tls-server-name")?.value
        cluster.skipsVerification = try boolean(fields, "insecure-skip-tls-verify")
        cluster.authorityFile = try path(fields, "certificate-authority")
        cluster.authorityData = try data(fields, "certificate-authority-data")
        cluster.proxyURL = try nonEmpty(fields, "proxy-url")
        cluster.disablesCompression = try boolean(fields, "disable-compression")
        for item in try fields.value("extensions")?.items("extensions") ?? [] {
            let entry = try item.fields("extensions")
            if try entry.optionalString("name") == "client.authentication.k8s.io/exec" {
                cluster.execConfiguration = entry["extension"]
            }
        }
        return cluster
    }

    private func user(_ name: Located<String>, _ fields: Node.Mapping) throws(InputError) -> Kubeconfig.User {
        var user = Kubeconfig.User(name: name)
        user.certificateFile = try path(fields, "client-certificate")
        user.certificateData = try data(fields, "client-certificate-data")
        user.keyFile = try path(fields, "client-key")
        user.keyData = try data(fields, "client-key-data").map { Located(Secret($0.value), $0.range) }
        user.token = try secret(fields, "token")
        user.tokenFile = try path(fields, "tokenFile")
        user.username = try nonEmpty(fields, "username")
        user.password = try secret(fields, "password")
        user.impersonation = try impersonation(fields)
        user.authProvider = try authProvider(fields)
        user.exec = try exec(fields)
        return user
    }

    private func context(_ name: Located<String>, _ fields: Node.Mapping) throws(InputError) -> Kubeconfig.Context {
        Kubeconfig.Context(
            name: name,
            cluster: try nonEmpty(fields, "cluster"),
            user: try nonEmpty(fields, "user"),
            namespace: try nonEmpty(fields, "namespace")
        )
    }

    private func impersonation(_ fields: Node.Mapping) throws(InputError) -> Impersonation {
        var result = Impersonation(
            user: try fields.optionalString("as") ?? "",
            groups: try fields.strings("as-groups").map(\.text),
            uid: try fields.optionalString("as-uid") ?? ""
        )
        for entry in try fields.value("as-user-extra")?.fields("as-user-extra").entries ?? [] where !entry.value.isNull
        {
            var values: [String] = []
            for item in try entry.value.items("as-user-extra") { values.append(try item.string("as-user-extra")) }
            result.extra[entry.key.text] = values
        }
        return result
    }

    private func authProvider(_ fields: Node.Mapping) throws(InputError) -> Located<AuthProvider>? {
        guard let node = fields.value("auth-provider") else { return nil }
        let provider = try node.fields("auth-provider")
        var settings: [String: String] = [:]
        for entry in try provider.value("config")?.fields("config").entries ?? [] {
            settings[entry.key.text] = try hiddenString(entry.value, "config.\(entry.key.text)")
        }
        let name = try provider.optionalString("name") ?? ""
        return Located(AuthProvider(name: name, configuration: Secret(settings)), node.range)
    }

    private func exec(_ fields: Node.Mapping) throws(InputError) -> Located<ExecPlugin>? {
        guard let node = fields.value("exec") else { return nil }
        let exec = try node.fields("exec")
        var environment: [(name: String, value: Secret<String>)] = []
        for item in try exec.value("env")?.items("env") ?? [] {
            let entry = try item.fields("env")
            let value = try entry.value("value").map { node throws(InputError) in try hiddenString(node, "value") }
            environment.append((try entry.optionalString("name") ?? "", Secret(value ?? "")))
        }
        let command = try execCommand(exec, node)
        let apiVersion = try execVersion(exec, node)
        let mode = try nonEmpty(exec, "interactiveMode")
        let known = mode.flatMap { ExecPlugin.InteractiveMode(rawValue: $0.value) }
        let plugin = ExecPlugin(
            command: command,
            arguments: try exec.strings("args").map(\.text),
            environment: environment,
            apiVersion: apiVersion,
            interactiveMode: mode == nil && apiVersion == ExecPlugin.apiVersions.last ? .ifAvailable : known,
            unknownMode: known == nil ? mode : nil,
            installHint: try exec.optionalString("installHint") ?? "",
            providesClusterInfo: try boolean(exec, "provideClusterInfo")
        )
        return Located(plugin, node.range)
    }
}

// MARK: Exec fields, whose faults are told when the entry is used

extension KubeconfigDecoder {
    /// Relative only where it has a separator; a bare name goes through `PATH`.
    private func execCommand(_ exec: Node.Mapping, _ node: Node) throws(InputError) -> String {
        let command = try exec.optionalString("command") ?? ""
        return command.contains("/") ? SystemFile.path(command, below: folder) : command
    }

    private func execVersion(_ exec: Node.Mapping, _ node: Node) throws(InputError) -> String {
        try exec.optionalString("apiVersion") ?? ""
    }
}

// MARK: Fields

extension KubeconfigDecoder {
    private func located(_ fields: Node.Mapping, _ key: String) throws(InputError) -> Located<String>? {
        guard let node = fields.value(key) else { return nil }
        return Located(try node.string(key), node.range)
    }

    private func nonEmpty(_ fields: Node.Mapping, _ key: String) throws(InputError) -> Located<String>? {
        guard let value = try located(fields, key), !value.value.isEmpty else { return nil }
        return value
    }

    private func boolean(_ fields: Node.Mapping, _ key: String) throws(InputError) -> Bool {
        guard let node = fields.value(key) else { return false }
        return try node.boolean(key)
    }

    private func path(_ fields: Node.Mapping, _ key: String) throws(InputError) -> Located<String>? {
        guard let value = try nonEmpty(fields, key) else { return nil }
        return Located(SystemFile.path(value.value, below: folder), value.range)
    }

    private func data(_ fields: Node.Mapping, _ key: String) throws(InputError) -> Located<[UInt8]>? {
        guard let node = fields.value(key) else { return nil }
        let text = try hiddenString(node, key)
        guard !text.isEmpty else { return nil }
        guard let bytes = Base64.decode(text) else {
            throw node.error("`\(key)` is not base64", hint: "encode the PEM file: `base64 -w0 FILE`")
        }
        return Located(bytes, node.range)
    }

    private func secret(_ fields: Node.Mapping, _ key: String) throws(InputError) -> Located<Secret<String>>? {
        guard let node = fields.value(key) else { return nil }
        let text = try hiddenString(node, key)
        return text.isEmpty ? nil : Located(Secret(text), node.range)
    }

    /// A text whose error does not repeat it.
    private func hiddenString(_ node: Node, _ what: String) throws(InputError) -> String {
        if node.isNull { return "" }
        guard case .scalar(let scalar) = node, scalar.kind == .string else {
            throw node.error("`\(what)` must be a text, and this is \(node.kindName)", hint: "put it in quotes")
        }
        return scalar.text
    }
}
