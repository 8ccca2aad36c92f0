import Syntax

/// What a plugin with `provideClusterInfo` is told. Kubernetes: `client.authentication.k8s.io/v1.Cluster`.
struct ExecClusterInfo {
    let json: JSONValue

    init(_ cluster: Kubeconfig.Cluster?, _ connection: ClusterConnection) {
        var members = [JSONValue.Member(key: "server", value: .string(connection.address.description))]
        if let name = connection.tlsServerName { members.append(.init(key: "tls-server-name", value: .string(name))) }
        if !connection.verifiesServer { members.append(.init(key: "insecure-skip-tls-verify", value: .boolean(true))) }
        if let authority = connection.certificateAuthority {
            members.append(.init(key: "certificate-authority-data", value: .string(Base64.encode(authority))))
        }
        if let proxy = cluster?.proxyURL { members.append(.init(key: "proxy-url", value: .string(proxy.value))) }
        if !connection.acceptsCompression { members.append(.init(key: "disable-compression", value: .boolean(true))) }
        if let node = cluster?.execConfiguration { members.append(.init(key: "config", value: Self.json(node))) }
        json = .object(members)
    }

    /// A YAML tree as JSON. Depth is bounded by the parser.
    private static func json(_ node: Node) -> JSONValue {
        switch node {
        case .sequence(let sequence): .array(sequence.items.map(json))
        case .mapping(let mapping): .object(mapping.entries.map { .init(key: $0.key.text, value: json($0.value)) })
        case .scalar(let scalar):
            switch scalar.kind {
            case .string: .string(scalar.text)
            case .null: .null
            case .boolean: .boolean(["true", "yes", "on", "y"].contains(scalar.text.lowercased()))
            case .number: number(scalar.text)
            }
        }
    }

    /// A number as JSON writes it; hexadecimal and the like become decimal.
    private static func number(_ text: String) -> JSONValue {
        if (try? JSONValue(Array(text.utf8))) != nil { return .number(text) }
        let plain = text.filter { $0 != "_" }
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where plain.hasPrefix(prefix) {
            if let value = Int(plain.dropFirst(2), radix: radix) { return .number(String(value)) }
        }
        return Double(plain).map { .number("\($0)") } ?? .string(text)
    }
}
