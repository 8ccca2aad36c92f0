import Foundation
import RBAC
import TestSupport
import Testing

@testable import KubeAPI

/// Exec plugins and token files, with small shell scripts as plugins.
@Suite struct CredentialTests {
    let folder: ScratchFolder
    init() throws { folder = try ScratchFolder() }

    private func plugin(
        _ script: String,
        _ more: String = "interactiveMode: IfAvailable",
        version: String = "v1"
    ) throws -> (plugin: ExecPlugin, cluster: JSONValue) {
        try folder.write("plugin", "#!/bin/sh\n\(script)\n", isExecutable: true)
        let user =
            "{exec: {command: ./plugin, args: [a, 'b c'], env: [{name: EXTRA, value: e}], "
            + "apiVersion: client.authentication.k8s.io/\(version), \(more)}}"
        let connection = try connection(
            "https://api.test:6443",
            user: user,
            cluster: """
                    certificate-authority-data: YWJj
                    tls-server-name: inner.test
                    extensions:
                    - name: client.authentication.k8s.io/exec
                      extension: {audience: x, number: 0x10, on: yes}
                """,
            folder: folder
        )
        let exec = try #require(connection.credentials.exec)
        return (exec, connection.execCluster)
    }

    private static func answer(_ status: String, version: String = "v1") -> String {
        "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/\(version)\",\"status\":\(status)}'"
    }

    @Test func tokenAndExpiry() throws {
        let (plugin, _) = try plugin(
            Self.answer("{\"token\":\"t1\",\"expirationTimestamp\":\"2030-01-01T00:00:00Z\"}")
        )
        let credential = try plugin.credential(cluster: .null, surroundings: surroundings())
        #expect(credential.token?.value == "t1")
        #expect(credential.expiry == 1_893_456_000)
    }

    @Test func certificates() throws {
        let (plugin, _) = try plugin(Self.answer("{\"clientCertificateData\":\"C\",\"clientKeyData\":\"K\"}"))
        let credential = try plugin.credential(cluster: .null, surroundings: surroundings())
        #expect(credential.certificate == ClientCertificate(certificate: Array("C".utf8), key: Array("K".utf8)))
    }

    @Test func olderVersion() throws {
        let (plugin, _) = try plugin(Self.answer("{\"token\":\"t\"}", version: "v1beta1"), "", version: "v1beta1")
        #expect(try plugin.credential(cluster: .null, surroundings: surroundings()).token?.value == "t")
    }

    @Test func whatThePluginIsTold() throws {
        let output = folder.url.appending(path: "told").path
        let script =
            "printf '%s\\n' \"$1\" \"$2\" \"$EXTRA\" \"$OURS\" \"$KUBERNETES_EXEC_INFO\" > \(output); "
            + Self.answer("{\"token\":\"t\"}")
        let (plugin, cluster) = try plugin(script, "interactiveMode: Never, provideClusterInfo: true")
        _ = try plugin.credential(
            cluster: cluster,
            surroundings: surroundings(["OURS": "o", "EXTRA": "overridden"])
        )
        let lines = try folder.read("told").split(separator: "\n").map(String.init)
        #expect(lines.prefix(4) == ["a", "b c", "e", "o"])
        let info = try JSONValue(Array(lines[4].utf8))
        #expect(info["kind"].string == "ExecCredential")
        #expect(info["spec"]["interactive"].boolean == false)
        let told = info["spec"]["cluster"]
        #expect(told["server"].string == "https://api.test:6443")
        #expect(told["tls-server-name"].string == "inner.test")
        #expect(told["certificate-authority-data"].string == "YWJj")
        #expect(told["config"]["audience"].string == "x")
        #expect(told["config"]["number"].integer == 16)
    }

    @Test(arguments: [
        ("exit 3", "ended with status 3"), ("kill -9 $$", "was ended by signal 9"), ("true", "it printed nothing"),
        ("echo '{secret'", "it is no JSON"), ("echo '{\"kind\":\"Pod\"}'", "no `ExecCredential`"),
        (answer("{\"token\":\"secret\"}", version: "v1beta1"), "its `apiVersion` is not"),
        (answer("{}"), "neither a token nor"), (answer("{\"clientKeyData\":\"secret\"}"), "only together"),
        (answer("{\"token\":\"secret\",\"expirationTimestamp\":\"soon\"}"), "no time"),
    ])
    func failures(_ script: String, _ message: String) throws {
        let (plugin, _) = try plugin(script)
        let failure = #expect(throws: CredentialFailure.self) {
            try plugin.credential(cluster: .null, surroundings: surroundings())
        }
        let text = failure.map { "\($0)" } ?? ""
        #expect(text.contains(message), "\(text)")
        #expect(!text.contains("secret"))
    }

    /// What goes on writing is ended, and nobody waits for it.
    @Test func outputWithoutEnd() throws {
        let (plugin, _) = try plugin("exec yes")
        let failure = #expect(throws: CredentialFailure.self) {
            try plugin.credential(cluster: .null, surroundings: surroundings())
        }
        #expect(failure.map { "\($0)" }?.hasSuffix("cannot be run: it prints more than 16 MiB") == true)
    }

    /// OpenSSL would ask at the terminal for a password.
    @Test func encryptedKeys() throws {
        let key = "-----BEGIN ENCRYPTED PRIVATE KEY-----"
        let (plugin, _) = try plugin(Self.answer("{\"clientCertificateData\":\"C\",\"clientKeyData\":\"\(key)\"}"))
        let failure = #expect(throws: CredentialFailure.self) {
            try plugin.credential(cluster: .null, surroundings: surroundings())
        }
        #expect(failure.map { "\($0)" }?.hasSuffix("its client key is encrypted with a password") == true)
    }

    /// All that ask while the plugin runs get one generation, so that a 401 to any of them is one to all.
    @Test func manyAskForOneRunOfAPlugin() async throws {
        let count = folder.url.appending(path: "count").path
        let script =
            "echo x >> \(count); sleep 0.2; n=$(wc -l < \(count) | tr -d ' '); "
            + "echo \"{\\\"kind\\\":\\\"ExecCredential\\\",\\\"apiVersion\\\":\\\"client.authentication.k8s.io/v1\\\","
            + "\\\"status\\\":{\\\"token\\\":\\\"t$n\\\"}}\""
        let user = try plugin(script).plugin
        var credentials = Credentials(source: CredentialSource())
        credentials.exec = user
        let address = try #require(ServerAddress("https://api.test"))
        let authenticator = Authenticator(
            ClusterConnection(address: address, credentials: credentials),
            surroundings()
        )
        let generations = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await authenticator.settings().generation } }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(generations.count == 1)
        let refused = try #require(generations.first)
        let newer = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try #require(await authenticator.settings(after: refused)).generation } }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(newer.count == 1 && newer.allSatisfy { $0 > refused })
        #expect(try folder.read("count").count == "x\nx\n".count)
    }

    @Test func missingProgram() throws {
        let connection = try connection(
            "https://api.test",
            user: "{exec: {command: no-such-plugin, apiVersion: client.authentication.k8s.io/v1beta1, "
                + "installHint: \"get it\\e[31m\\nhere\"}}",
            folder: folder
        )
        let failure = #expect(throws: CredentialFailure.self) {
            try connection.credentials.exec?.credential(cluster: .null, surroundings: surroundings())
        }
        #expect(failure?.description == "the credential plugin `no-such-plugin` is not installed, or not in PATH")
        #expect(failure?.hint == "the kubeconfig says: get it [31m here")
    }

    @Test func pluginsThatMustAskNeedATerminal() throws {
        let (plugin, _) = try plugin("true", "interactiveMode: Always")
        #expect(throws: CredentialFailure.pluginNeedsTerminal(command: plugin.command)) {
            try plugin.credential(cluster: .null, surroundings: surroundings())
        }
    }

    @Test func pluginFailureMakesEverythingUnknown() async throws {
        try folder.write("plugin", "#!/bin/sh\nexit 1\n", isExecutable: true)
        let connection = try connection(
            "https://127.0.0.1:1",
            user: "{exec: {command: ./plugin, apiVersion: client.authentication.k8s.io/v1beta1}}",
            folder: folder
        )
        let answers = await client(connection).selfSubjectAccessReviews(questions(2))
        #expect(answers.allSatisfy { $0.verdict == .unknown && $0.failure?.connectivity == .credentialsRefused })
    }

    // MARK: Renewal; credentials are sent over TLS alone

    private func server(_ accepted: @escaping @Sendable (Int) -> String) throws -> StandInServer {
        let api = StandInAPI { _ in StandInAPI.Decision(true) }
        let tls = try StandInTLS(certificate: fixture("tls/server.pem"), key: fixture("tls/server.key"))
        return try StandInServer(tls: tls) { request in
            request.header("authorization") == "Bearer \(accepted(request.number))"
                ? api.reply(to: request)
                : .json(["kind": "Status", "message": "Unauthorized", "code": 401], status: 401)
        }
    }

    private var authority: String { "    certificate-authority: \"\(fixture("tls/ca.pem").path)\"" }

    @Test(.enabled(if: StandInTLS.isAvailable, "no OpenSSL to serve TLS with"))
    func unauthorizedInTheMiddleRunsThePluginAgain() async throws {
        let server = try server { $0 <= 20 ? "t1" : "t2" }
        let counter = folder.url.appending(path: "count").path
        try folder.write(
            "plugin",
            """
            #!/bin/sh
            echo x >> \(counter)
            n=$(wc -l < \(counter) | tr -d ' ')
            echo "{\\"kind\\":\\"ExecCredential\\",\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"status\\":{\\"token\\":\\"t$n\\"}}"

            """,
            isExecutable: true
        )
        let connection = try connection(
            server.address,
            user: "{exec: {command: ./plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}",
            cluster: authority,
            folder: folder
        )
        let answers = await client(connection).selfSubjectAccessReviews(questions(60))
        #expect(answers.allSatisfy { $0.verdict == .allowed })
        #expect(try folder.read("count") == "x\nx\n")
    }

    @Test(.enabled(if: StandInTLS.isAvailable, "no OpenSSL to serve TLS with"))
    func aTokenFileThatChangedIsReadAgain() async throws {
        let server = try server { $0 == 1 ? "old" : "new" }
        try folder.write("token", "old\n")
        let connection = try connection(server.address, user: "{tokenFile: token}", cluster: authority, folder: folder)
        let client = client(connection)
        #expect(await client.selfSubjectAccessReviews(questions(1))[0].verdict == .allowed)
        try folder.write("token", "new\n")
        #expect(await client.selfSubjectAccessReviews(questions(1))[0].verdict == .allowed)
        // The old token is refused once, unless so much time has passed that the file was read again before.
        #expect((2...3).contains(server.requests.count))
    }

    @Test(.enabled(if: StandInTLS.isAvailable, "no OpenSSL to serve TLS with"))
    func refusedCredentialsAreNamed() async throws {
        let server = try server { _ in "other" }
        let connection = try connection(server.address, user: "{token: mine}", cluster: authority, folder: folder)
        let answer = await client(connection).selfSubjectAccessReviews(questions(1))[0]
        #expect(answer.failure?.connectivity == .credentialsRefused)
        #expect(
            answer.reason
                == "the server refuses the credentials (401): token of user `u` in \(folder.path)/config:9"
        )
        #expect(server.requests.count == 1)
    }
}
