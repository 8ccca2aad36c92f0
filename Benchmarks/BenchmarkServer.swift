#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// An API server of this benchmark's own, where the programs of controller-runtime's envtest are installed.
struct BenchmarkServer {
    let token: String
    let address: String
    let kubeconfig: String
    let kubectl: String?
    private let folder: String
    private let process: pid_t

    private static let root = String(#filePath.prefix(#filePath.count - "/Benchmarks/BenchmarkServer.swift".count))

    /// `nil` where the programs are missing, or the server does not come up.
    static func start(_ binary: String) -> BenchmarkServer? {
        let assets = getenv("KUBEBUILDER_ASSETS").map { String(cString: $0) } ?? "/usr/local/kubebuilder/bin"
        guard ["etcd", "kube-apiserver"].allSatisfy({ access("\(assets)/\($0)", X_OK) == 0 }) else { return nil }
        let folder = "/tmp/swiftop-rbac-server.\(getpid())"
        guard mkdir(folder, 0o700) == 0 else { return nil }
        let token = "\(UInt64.random(in: 0 ... .max))"
        let port = freePort()
        let address = "https://127.0.0.1:\(port)"
        put("\(folder)/tokens.csv", "\(token),admin,admin,\"system:masters\"\n")
        put("\(folder)/kubeconfig", kubeconfig(address, token))
        let command = [
            "/bin/sh", "\(root)/Scripts/apiserver", "\(getpid())", assets, folder, "\(port)", "\(freePort())",
            "\(freePort())", "\(root)/Tests/Fixtures/tls",
        ]
        let server = BenchmarkServer(
            token: token,
            address: address,
            kubeconfig: "\(folder)/kubeconfig",
            kubectl: [assets + "/kubectl"].first { access($0, X_OK) == 0 } ?? ProcessMeasurement.find("kubectl"),
            folder: folder,
            process: ProcessMeasurement.start(command, isElsewhere: true)
        )
        for _ in 0..<300 {
            if ProcessMeasurement.status([binary, "whoami", "--kubeconfig", server.kubeconfig]) == 0 { return server }
            usleep(200_000)
        }
        server.stop()
        return nil
    }

    /// Ends both servers and removes the folder.
    func stop() {
        kill(process, SIGTERM)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// Puts down an input and gives its path.
    func write(_ name: String, _ text: String) -> String {
        Self.put("\(folder)/\(name)", text)
        return "\(folder)/\(name)"
    }

    /// Creates custom resource definitions, and waits until they are served.
    func create(_ definitions: String, _ kubectl: String) {
        let path = write("definitions.yaml", definitions)
        let command = [kubectl, "--kubeconfig", kubeconfig]
        _ = ProcessMeasurement.status(command + ["create", "--validate=false", "-f", path])
        _ = ProcessMeasurement.status(
            command + ["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]
        )
        // What it publishes of them beside discovery (OpenAPI) keeps the server busy for a while.
        sleep(15)
    }

    /// How many self reviews the server has answered.
    func reviewCount(_ kubectl: String) -> Int {
        let command = "'\(kubectl)' --kubeconfig '\(kubeconfig)' get --raw /metrics"
        guard let pipe = popen(command, "r") else { return 0 }
        defer { pclose(pipe) }
        var count = 0
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        while fgets(&buffer, Int32(buffer.count), pipe) != nil {
            let line = buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
            guard line.hasPrefix("apiserver_request_total{"),
                line.split(separator: ",").contains(where: { $0 == "resource=\"selfsubjectaccessreviews\"" }),
                let value = line.split(separator: " ").last?.filter(\.isNumber)
            else { continue }
            count += Int(value) ?? 0
        }
        return count
    }

    private static func kubeconfig(_ address: String, _ token: String) -> String {
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: c
          cluster: {server: '\(address)', certificate-authority: '\(root)/Tests/Fixtures/tls/ca.pem'}
        users:
        - {name: u, user: {token: '\(token)'}}
        contexts:
        - {name: x, context: {cluster: c, user: u}}
        current-context: x

        """
    }

    private static func put(_ path: String, _ text: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    /// A port of loopback where nobody listens.
    static func freePort() -> Int {
        #if canImport(Darwin)
            let listener = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(listener, generic, length)
                _ = getsockname(listener, generic, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
