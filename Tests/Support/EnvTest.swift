package import Foundation
import Synchronization

/// A real API server for tests: etcd and kube-apiserver on loopback, started once a test process and ended with it.
///
/// Needs the folder that controller-runtime's envtest uses: `KUBEBUILDER_ASSETS`, else `/usr/local/kubebuilder/bin`,
/// with `etcd`, `kube-apiserver` and `kubectl`. Tests say `.enabled(if: EnvTest.isPresent, EnvTest.absence)`.
package final class EnvTest: Sendable {
    /// Where the programs are.
    package static let assets: URL? = {
        let environment = ProcessInfo.processInfo.environment["KUBEBUILDER_ASSETS"]
        let folder = URL(fileURLWithPath: environment ?? "/usr/local/kubebuilder/bin")
        let names = ["etcd", "kube-apiserver", "kubectl"]
        return names.allSatisfy { FileManager.default.isExecutableFile(atPath: folder.appending(path: $0).path) }
            ? folder : nil
    }()

    package static var isPresent: Bool { assets != nil }
    package static let absence = "no API server: set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver, kubectl"

    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    private static let instance = Mutex<Result<EnvTest, Failure>?>(nil)

    /// The server of this process, started at the first call; one that fails to start is not tried again.
    package static func shared() throws -> EnvTest {
        let result = instance.withLock { known in
            let made = known ?? Result(catching: { try EnvTest() }).mapError { Failure(description: "\($0)") }
            known = made
            return made
        }
        return try result.get()
    }

    package let port: Int
    /// In `system:masters`, by a token.
    package let adminToken: String
    private let folder: ScratchFolder

    package var address: String { "https://127.0.0.1:\(port)" }
    /// What the server writes of every request, at level Metadata.
    package var auditLog: String { folder.url.appending(path: "audit.log").path }
    package var adminKubeconfig: String { folder.url.appending(path: "admin.kubeconfig").path }
    /// The authority of the server's certificate, and of the client certificates `client-ec`, `client-rsa` and
    /// `client-ed25519`, whose users are `client ec` and so on.
    package static let authority = Repository.fixtures.appending(path: "tls/ca.pem")

    private init() throws {
        guard let assets = Self.assets else { throw Failure(description: Self.absence) }
        folder = try ScratchFolder()
        port = try StandInServer.freePort()
        adminToken = UUID().uuidString
        try folder.write("tokens.csv", "\(adminToken),admin,admin,\"system:masters\"\n")
        try folder.write("admin.kubeconfig", kubeconfig(user: "{token: \(adminToken)}"))
        try folder.write("audit-policy.yaml", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n")
        try folder.write("keeper", Self.keeper)
        let arguments = [
            folder.url.appending(path: "keeper").path, "\(ProcessInfo.processInfo.processIdentifier)", assets.path,
            folder.path, "\(port)", "\(try StandInServer.freePort())", "\(try StandInServer.freePort())",
            Repository.fixtures.appending(path: "tls").path,
        ]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        try waitUntilReady(process)
    }

    private func waitUntilReady(_ process: Process) throws {
        for _ in 0..<200 {
            if (try? kubectl(["get", "--raw", "/readyz"])) == "ok" { return }
            guard process.isRunning else { break }
            Thread.sleep(forTimeInterval: 0.2)
        }
        process.terminate()
        let log = (try? folder.read("kube-apiserver.log")) ?? ""
        throw Failure(description: "the API server did not come up:\n\(log.suffix(2000))")
    }

    /// A kubeconfig of this server with a user entry of one's own.
    package func kubeconfig(user: String) -> String {
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: envtest
          cluster:
            server: \(address)
            certificate-authority: \(Self.authority.path)
        users:
        - {name: tester, user: \(user)}
        contexts:
        - {name: envtest, context: {cluster: envtest, user: tester}}
        current-context: envtest

        """
    }

    /// Runs kubectl as the administrator and gives its output.
    @discardableResult
    package func kubectl(_ arguments: [String], input: String = "") throws -> String {
        guard let assets = Self.assets else { throw Failure(description: Self.absence) }
        let process = Process()
        process.executableURL = assets.appending(path: "kubectl")
        process.arguments = ["--kubeconfig", adminKubeconfig] + arguments
        process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
        let scratch = try ScratchFolder()
        let names = ["in", "out", "err"].map { scratch.url.appending(path: $0) }
        try Data(input.utf8).write(to: names[0])
        try Data().write(to: names[1])
        try Data().write(to: names[2])
        process.standardInput = try FileHandle(forReadingFrom: names[0])
        process.standardOutput = try FileHandle(forWritingTo: names[1])
        process.standardError = try FileHandle(forWritingTo: names[2])
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: try scratch.read("err")) }
        return try scratch.read("out")
    }

    /// Creates or changes objects; those that another test creates at the same time, too.
    package func apply(_ yaml: String) throws {
        do { try kubectl(["apply", "-f", "-"], input: yaml) } catch {
            guard "\(error)".contains("AlreadyExists") else { throw error }
            try kubectl(["apply", "-f", "-"], input: yaml)
        }
    }

    /// Starts both servers and ends them when the test process is gone, however it went, or when told to.
    private static let keeper = """
        parent=$1 bin=$2 folder=$3 port=$4 etcd=$5 peer=$6 tls=$7
        "$bin/etcd" --data-dir "$folder/etcd" --unsafe-no-fsync --log-level error \\
            --listen-client-urls "http://127.0.0.1:$etcd" --advertise-client-urls "http://127.0.0.1:$etcd" \\
            --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \\
            --initial-cluster "default=http://127.0.0.1:$peer" > "$folder/etcd.log" 2>&1 &
        first=$!
        "$bin/kube-apiserver" --etcd-servers "http://127.0.0.1:$etcd" --bind-address 127.0.0.1 \\
            --secure-port "$port" --cert-dir "$folder/pki" --advertise-address 127.0.0.1 \\
            --endpoint-reconciler-type none --service-cluster-ip-range 10.0.0.0/24 \\
            --tls-cert-file "$tls/server.pem" --tls-private-key-file "$tls/server.key" \\
            --tls-sni-cert-key "$tls/expired.pem,$tls/expired.key:expired.test" \\
            --client-ca-file "$tls/ca.pem" --token-auth-file "$folder/tokens.csv" \\
            --authorization-mode Node,RBAC --disable-admission-plugins ServiceAccount \\
            --enable-admission-plugins OwnerReferencesPermissionEnforcement \\
            --service-account-issuer https://kubernetes.default.svc \\
            --service-account-key-file "$tls/server.pem" --service-account-signing-key-file "$tls/server.key" \\
            --audit-log-path "$folder/audit.log" --audit-policy-file "$folder/audit-policy.yaml" \\
            > "$folder/kube-apiserver.log" 2>&1 &
        second=$!
        finish() {
            kill "$second" 2> /dev/null; wait "$second"
            kill "$first" 2> /dev/null; wait "$first"
            rm -rf "$folder"
            exit 0
        }
        trap finish TERM INT
        while kill -0 "$parent" 2> /dev/null && kill -0 "$first" 2> /dev/null && kill -0 "$second" 2> /dev/null
        do sleep 0.5; done
        # With the parent still there a server has ended: its log is to be read.
        if kill -0 "$parent" 2> /dev/null; then kill "$second" "$first" 2> /dev/null; exit 1; fi
        finish
        """
}
