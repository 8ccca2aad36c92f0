import Foundation
import TestSupport
import Testing

/// Whatever a user hands in: exit status 2, one message with its place and a hint, and nothing that looks like a crash.
@Suite struct BadInputTests {
    private let role = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: r}
        rules:
        - {apiGroups: [""], resources: [pods], verbs: [get]}

        """

    /// Runs `check --offline` on files with these contents; `nil` leaves a file out.
    private func check(
        role: Data?,
        trace: Data? = nil,
        _ arguments: [String] = []
    ) throws -> CommandRunner.Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "swiftop rbac \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try role?.write(to: folder.appending(path: "role.yaml"))
        try trace?.write(to: folder.appending(path: "rbac-trace.jsonl"))
        return try CommandRunner(workingDirectory: folder).run(["check", "--offline"] + arguments)
    }

    private func expectError(
        _ outcome: CommandRunner.Outcome,
        at place: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.status == 2, "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.errors.hasPrefix(place), "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.errors.contains("\n  hint: "), "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(!outcome.errors.contains("Error Domain="), sourceLocation: sourceLocation)
        #expect(outcome.errors.split(separator: "\n").count == 2, "\(outcome.errors)", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        ("rules:\n\t- x\n", "role.yaml:2:1: error: "), ("\u{0}\u{1}binary", "role.yaml:1:1: error: "),
        ("{\"kind\": \"Role\", \"rules\": [", "role.yaml:1:"), ("kind: [", "role.yaml:"),
        ("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a}\nrules: all\n", "role.yaml:4:8: "),
        (
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a}\nrules:\n- {resources: [pods]}\n",
            "role.yaml:5:3: "
        ),
        ("kind: Role\nkind: Role\n", "role.yaml:2:1: "), ("rules: {{ .Values.rules }}\n", "role.yaml:1:8: "),
    ])
    func manifests(_ text: String, _ place: String) throws {
        expectError(try check(role: Data(text.utf8)), at: place)
    }

    @Test func manifestsOfHostileShape() throws {
        expectError(try check(role: Data(String(repeating: "[", count: 200_000).utf8)), at: "role.yaml:1:")
        expectError(try check(role: Data([0x61, 0x3A, 0x20, 0xFF])), at: "role.yaml:1:4: ")
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(list)]\n"
        }
        expectError(try check(role: Data(bomb.utf8)), at: "role.yaml:")
    }

    @Test(arguments: [
        ("", "rbac-trace.jsonl: error: the trace is empty"),
        ("{\"apiVersion\":\"swiftop.dev/v9\",\"kind\":\"PermissionTrace\"}\n", "rbac-trace.jsonl:1:"),
        ("{\"verb\":\"get\",\"resource\":\"pods\"}\n{\"verb\":\"get\"}\n", "rbac-trace.jsonl:2:"),
        (
            "{\"verb\":\"get\",\"resource\":\"pods\"}\n{\"verb\": nope}\n{\"verb\":\"get\",\"resource\":\"a\"}\n",
            "rbac-trace.jsonl:2:"
        ),
        (
            "apiVersion: swiftop.dev/v1\nkind: PermissionTrace\nrequirements:\n- {resources: [pods]}\n",
            "rbac-trace.jsonl:4:"
        ),
    ])
    func traces(_ text: String, _ place: String) throws {
        expectError(try check(role: Data(role.utf8), trace: Data(text.utf8)), at: place)
    }

    @Test func missingAndUnreadable() throws {
        expectError(try check(role: nil, trace: nil, ["-r", "no/such.yaml"]), at: "no/such.yaml: error: no such file")
        expectError(try check(role: Data(role.utf8), trace: nil, ["-t", "."]), at: ".: error: this is a folder")
        expectError(
            try check(role: Data(role.utf8), trace: nil, ["-t", "none.jsonl"]),
            at: "none.jsonl: error: no such file"
        )
        expectError(try check(role: Data(role.utf8), trace: nil, ["--need", "list"]), at: "--need: error: ")
        expectError(try check(role: Data(role.utf8), trace: nil, ["-p", "fro=x"]), at: "--profile: error: ")
    }

    @Test func aCutLastLineIsSkippedWithAWarning() throws {
        let trace = "{\"verb\":\"get\",\"resource\":\"pods\"}\n{\"verb\":\"get\",\"resou"
        let outcome = try check(role: Data(role.utf8), trace: Data(trace.utf8))
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.errors.contains("rbac-trace.jsonl:2"))
        #expect(outcome.errors.contains("warning"))
    }

    @Test func jsonStaysOneDocumentOnFailure() throws {
        for arguments in [
            ["-o", "json", "-r", "none.yaml"], ["-o", "json", "--no-such-flag"], ["-o", "json", "--need", "x"],
        ] {
            let outcome = try check(role: Data(role.utf8), trace: nil, arguments)
            #expect(outcome.status == 2)
            let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            #expect(document?["kind"] as? String == "CheckReport", "\(arguments)")
            #expect((document?["errors"] as? [Any])?.isEmpty == false, "\(arguments)")
        }
    }

    /// A file of an earlier run must not pass for the answer of this one.
    @Test func jsonInAFileSaysWhyTooOnFailure() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("old".utf8).write(to: file)
        for arguments in [["-r", "none.yaml"], ["--no-such-flag"]] {
            let outcome = try check(role: nil, trace: nil, ["-o", "json=\(file.path)"] + arguments)
            #expect(outcome.status == 2)
            #expect(outcome.output.isEmpty)
            let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
            #expect((document?["errors"] as? [Any])?.isEmpty == false, "\(arguments)")
        }
    }

    @Test(arguments: [
        (["diff", "none.yaml", "none.yaml"], "DiffReport"), (["trace", "show", "-t", "none"], "PermissionTrace"),
        (["trace", "merge", "none"], "PermissionTrace"), (["trace", "import", "none"], "PermissionTrace"),
        (["explain", "none"], "ExplainReport"), (["profile", "show", "none"], "ProfileList"),
        (["whoami", "--kubeconfig", "none"], "WhoAmI"),
    ])
    func everyCommandHasADocumentForItsErrors(_ command: [String], _ kind: String) throws {
        let outcome = try CommandRunner().run(command + ["-o", "json"])
        #expect(outcome.status >= 2)
        let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        #expect(document?["kind"] as? String == kind)
        let errors = document?["errors"] as? [[String: String]] ?? []
        #expect(errors.count == 1)
        #expect(errors.allSatisfy { $0["message"]?.contains("Usage:") == false })
    }

    @Test func aFullDiskIsNoWrittenReport() throws {
        for target in ["json=/dev/full", "text=/dev/full"] {
            let outcome = try check(role: Data(role.utf8), trace: nil, ["-o", target])
            expectError(outcome, at: "/dev/full: error: cannot be written: no space left on device")
        }
    }

    @Test func aClosedPipeEndsQuietly() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "\"$0\" profile list | true", CommandRunner.executable.path]
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(try errors.fileHandleForReading.readToEnd() ?? Data() == Data())
    }
}
