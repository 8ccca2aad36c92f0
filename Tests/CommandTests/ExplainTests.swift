import Foundation
import TestSupport
import Testing

/// `explain`, as somebody with a log uses it.
@Suite struct ExplainTests {
    private static let guestbook = Repository.root.appending(path: "Examples/guestbook-operator")
    private let runner = CommandRunner(workingDirectory: Self.guestbook)
    private let message =
        #"pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "demo""#

    private func expect(
        _ arguments: [String],
        input: String = "",
        status: Int32,
        golden name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try runner.run(["explain"] + arguments, input: Data(input.utf8))
        #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.errors.isEmpty, "\(outcome.errors)", sourceLocation: sourceLocation)
        expectGolden(
            outcome.output,
            Repository.fixtures.appending(path: "commands/\(name)"),
            sourceLocation: sourceLocation
        )
    }

    @Test func aLog() throws {
        try expect(["-f", "operator.log"], status: 1, golden: "explain-log.text")
        try expect(["-f", "operator.log", "-q"], status: 1, golden: "explain-log.quiet.text")
        try expect(["-f", "operator.log", "-o", "json"], status: 1, golden: "explain-log.json")
    }

    /// The manifests say where the fix goes, of the file and the line that the user has.
    @Test func aLogWithManifests() throws {
        try expect(["-f", "operator.log", "-r", "config/rbac"], status: 1, golden: "explain-manifests.text")
        try expect(
            ["-f", "operator.log", "-r", "config/rbac", "-o", "json"],
            status: 1,
            golden: "explain-manifests.json"
        )
    }

    @Test func theSameFromStandardInput() throws {
        let log = try Data(contentsOf: Self.guestbook.appending(path: "operator.log"))
        let piped = try runner.run(["explain", "-q"], input: log)
        let named = try runner.run(["explain", "-q", "-"], input: log)
        let file = try runner.run(["explain", "-q", "-f", "operator.log"])
        #expect(piped.output == named.output)
        #expect(piped.output.replacing("line ", with: "operator.log:") == file.output)
        #expect(piped.status == 1)
    }

    @Test func aMessage() throws {
        try expect([message], status: 1, golden: "explain-message.text")
        // Without quotes around it: the shell takes those off that stand in it.
        let words = ["User", "alice", "cannot", "list", "resource", "pods", "in", "API", "group", "", "in", "the"]
        let unquoted = try runner.run(["explain", "-q", "pods", "is", "forbidden:"] + words + ["namespace", "demo"])
        #expect(unquoted.output == (try runner.run(["explain", "-q", message])).output)
    }

    @Test func everyOtherKind() throws {
        let log = """
            error: You must be logged in to the server (Unauthorized)
            forbidden: User "system:anonymous" cannot get path "/metrics"
            users "bob" is forbidden: User "alice" cannot impersonate resource "users" in API group "" at the cluster scope
            pods is forbidden: User "alice" cannot impersonate-on:user-info:list resource "pods" in API group "" at the cluster scope
            roles.rbac.authorization.k8s.io "r" is forbidden: user "alice" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:
            {APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}
            {NonResourceURLs:["/metrics"], Verbs:["get"]}
            deployments.apps "web" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: , <nil>
            secrets "x" is forbidden: User "system:node:n1" cannot get resource "secrets" in API group "" in the namespace "demo": no relationship found between node 'n1' and this object
            secrets is forbidden: User "op" cannot list resource "secrets" in API group "" in the namespace "demo": RBAC: role.rbac.authorization.k8s.io "gone" not found
            pods "p" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true
            pods "p" is forbidden: unable to create new content in namespace dying because it is being terminated
            pods "p" is forbidden: minimum cpu usage per Pod is 200m, but request is 100m
            configmaps "c" is forbidden: ValidatingAdmissionPolicy 'no-foo' with binding 'b' denied request: no
            admission webhook "v.example.com" denied the request: no
            Internal error occurred: failed calling webhook "w.example.com": connection refused
            nodes "n" is forbidden: node "m" is not allowed to modify node "n"
            no matches for kind "Widget" in version "example.com/v1"
            leader election lost
            """
        try expect([], input: log, status: 1, golden: "explain-kinds.text")
    }

    @Test func nothingToExplain() throws {
        let outcome = try runner.run(["explain"], input: Data("all is well\n".utf8))
        #expect(outcome.status == 0)
        #expect(outcome.output == "no refusal was found\n")
        let document = try runner.run(["explain", "-o", "json"], input: Data("all is well\n".utf8))
        #expect(document.status == 0)
        #expect(document.output.contains(#""refusals": []"#))
    }

    /// What a log tells was refused stays so; only whether it still is cannot be found out.
    @Test(arguments: ["alice", "system:serviceaccount:demo:op"])
    func aServerThatIsAway(_ user: String) throws {
        let refusals = ["pods", "secrets"].map { message.replacing("pods", with: $0).replacing("alice", with: user) }
        let server = ["--server", "http://127.0.0.1:\(try StandInServer.freePort())"]
        let asked = try runner.run(["explain"] + server, input: Data(refusals.joined(separator: "\n").utf8))
        #expect(asked.status == 3)
        let name = user == "alice" ? user : "demo/op"
        for resource in ["pods", "secrets"] {
            let title = "error[access-denied]: `\(name)` may not `list` `\(resource)` in namespace `demo`\n"
            #expect(asked.output.contains(title), "\(asked.output)")
        }
        let words = asked.output.split { $0.isWhitespace }.joined(separator: " ")
        #expect(words.contains("Whether it is still refused could not be found out"))
        #expect(words.contains("connection failed: "))
        #expect(!asked.output.contains("nobody could say"))
    }

    @Test func aCode() throws {
        try expect(["access-denied"], status: 0, golden: "explain-access-denied.text")
        try expect(["access-denied", "-o", "json"], status: 0, golden: "explain-access-denied.json")
        let unknown = try runner.run(["explain", "verb-mising"])
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("did you mean `verb-missing`?"), "\(unknown.errors)")
    }

    /// The refused calls of a trace, too.
    @Test func aTrace() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "trace-\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        let line = #"{"method":"GET","path":"/api/v1/secrets","status":403,"user":"alice","count":4}"#
        try Data("\(line)\n{\"method\":\"GET\",\"path\":\"/api/v1/pods\",\"status\":200}\n".utf8).write(to: file)
        let outcome = try runner.run(["explain", "-q", "-t", file.path])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("`alice` may not `list` `secrets` in all namespaces"), "\(outcome)")
        #expect(outcome.output.contains("1 refusal, found 4 times"), "\(outcome)")
    }

    // MARK: - In a terminal

    /// A line longer than the 4095 bytes that a terminal hands over at once is read whole, and Ctrl-D ends it all.
    @Test(.timeLimit(.minutes(2)), arguments: [[], ["-"]]) func pasted(arguments: [String]) throws {
        let terminal = try Terminal()
        let process = Process()
        process.executableURL = CommandRunner.executable
        process.arguments = ["explain", "-q"] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle(fileDescriptor: terminal.inside)
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        while terminal.isByLine, process.isRunning { usleep(10_000) }
        terminal.type(String(repeating: "x", count: 9_000) + ": \(message)\n\u{4}")
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(text == "line 1: error[access-denied]: `alice` may not `list` `pods` in namespace `demo`\n1 refusal\n")
        #expect(process.terminationStatus == 1)
        #expect(terminal.isByLine, "the terminal is left as it was")
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(said == "Paste an error message or a log, and end it with Ctrl-D:\n\n")
    }

    @Test(.timeLimit(.minutes(2))) func controlCEndsIt() throws {
        let terminal = try Terminal()
        let process = Process()
        process.executableURL = CommandRunner.executable
        process.arguments = ["explain"]
        let output = Pipe()
        process.standardInput = FileHandle(fileDescriptor: terminal.inside)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        while terminal.isByLine, process.isRunning { usleep(10_000) }
        terminal.type("abc\u{3}")
        #expect(output.fileHandleForReading.readDataToEndOfFile().isEmpty)
        process.waitUntilExit()
        #expect(process.terminationStatus == 128 + SIGINT)
        #expect(terminal.isByLine, "the terminal is left as it was")
    }

    /// A terminal, from the side of the program and from that of whoever types.
    private struct Terminal {
        let outside: Int32
        let inside: Int32

        /// Linux: `TIOCSPTLCK` and `TIOCGPTN` of `asm-generic/ioctls.h`, which Swift does not see.
        init() throws {
            outside = open("/dev/ptmx", O_RDWR | O_NOCTTY)
            var isLocked: Int32 = 0
            var number: UInt32 = 0
            try #require(ioctl(outside, 0x4004_5431, &isLocked) == 0 && ioctl(outside, 0x8004_5430, &number) == 0)
            inside = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
            try #require(inside >= 0)
        }

        var isByLine: Bool {
            var settings = termios()
            return tcgetattr(inside, &settings) == 0 && settings.c_lflag & tcflag_t(ICANON) != 0
        }

        func type(_ text: String) {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(outside, $0.baseAddress, $0.count) }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    // MARK: - Wrong input

    @Test(
        arguments: [
            (["-f", "absent.log"], "", "absent.log: error: no such file"),
            (["-f", "."], "", ".: error: this is a folder"),
            (["-"], "", "<stdin>: error: the file is empty"),
            ([], "\u{1}\u{2}\u{3}\u{4}", "<stdin>: error: the file is binary"),
        ] as [([String], String, String)]
    )
    func wrongInput(arguments: [String], input: String, message: String) throws {
        let outcome = try runner.run(["explain"] + arguments, input: Data(input.utf8))
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.errors.hasPrefix(message), "\(outcome.errors)")
        #expect(outcome.errors.contains("\n  hint: "), "\(outcome.errors)")
        let document = try runner.run(["explain", "-o", "json"] + arguments, input: Data(input.utf8))
        #expect(document.output.contains(#""kind": "ExplainReport""#), "\(document)")
    }
}
