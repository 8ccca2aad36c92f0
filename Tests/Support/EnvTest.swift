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

    private static let instances = Mutex<[String: Result<EnvTest, Failure>]>([:])

    /// The server of this process, started at the first call; one that fails to start is not tried again.
    ///
    /// - Parameter purpose: tests whose objects would change the answers that others get name one of their own.
    package static func shared(for purpose: String = "") throws -> EnvTest {
        let result = instances.withLock { known in
            let made = known[purpose] ?? Result(catching: { try EnvTest() }).mapError { Failure(description: "\($0)") }
            known[purpose] = made
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
        let others = Self.users.map { "\(token(of: $0)),\($0),\($0)\n" }.joined()
        try folder.write("tokens.csv", "\(adminToken),admin,admin,\"system:masters\"\n" + others)
        try folder.write("admin.kubeconfig", kubeconfig(user: "{token: \(adminToken)}"))
        try folder.write("audit-policy.yaml", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n")
        let arguments = [
            Repository.root.appending(path: "Scripts/apiserver").path, "\(ProcessInfo.processInfo.processIdentifier)",
            assets.path,
            folder.path, "\(port)", "\(try StandInServer.freePort())", "\(try StandInServer.freePort())",
            Repository.fixtures.appending(path: "tls").path,
            "--enable-admission-plugins", "OwnerReferencesPermissionEnforcement",
            "--audit-log-path", "\(folder.path)/audit.log", "--audit-policy-file", "\(folder.path)/audit-policy.yaml",
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

    /// Users that may do nothing until a test grants it.
    package static let users = ["tester-a", "tester-b", "tester-c", "tester-d", "tester-e", "tester-f"]

    package func token(of user: String) -> String { "token-of-\(user)-\(adminToken)" }

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
}
