import Foundation
import TestSupport
import Testing

/// Whole commands on the examples, as somebody who cloned the repository runs them.
@Suite struct ExampleTests {
    private static let guestbook = Repository.root.appending(path: "Examples/guestbook-operator")
    private static let bare = Repository.root.appending(path: "Examples/bare-role")

    private func expect(
        _ arguments: [String],
        in folder: URL,
        status: Int32,
        golden name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try CommandRunner(workingDirectory: folder).run(arguments)
        #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.errors.isEmpty, "\(outcome.errors)", sourceLocation: sourceLocation)
        expectGolden(
            outcome.output,
            Repository.fixtures.appending(path: "commands/\(name)"),
            sourceLocation: sourceLocation
        )
    }

    @Test func checkOfAKubebuilderProject() throws {
        try expect(["check", "--offline"], in: Self.guestbook, status: 1, golden: "guestbook-check.text")
        try expect(
            ["check", "--offline", "-o", "json"],
            in: Self.guestbook,
            status: 1,
            golden: "guestbook-check.json"
        )
    }

    /// `config/rbac` alone takes the names that `config/default` beside it gives.
    @Test func checkOfTheRoleFolderFindsTheSameErrors() throws {
        let whole = try CommandRunner(workingDirectory: Self.guestbook).run(["check", "--offline", "-q"])
        let folder = try CommandRunner(workingDirectory: Self.guestbook)
            .run(["check", "--offline", "-q", "-r", "config/rbac", "-t", "rbac-trace.jsonl"])
        func errors(_ text: String) -> [Substring] { text.split(separator: "\n").filter { $0.contains("error[") } }
        #expect(errors(whole.output) == errors(folder.output))
        #expect(!errors(whole.output).isEmpty)
    }

    @Test func checkOfABareRole() throws {
        try expect(["check", "--offline"], in: Self.bare, status: 1, golden: "bare-check.text")
        try expect(["check", "--offline", "--fail-on", "never"], in: Self.bare, status: 0, golden: "bare-check.text")
        try expect(
            ["check", "--offline", "--need", "list pods", "--need", "get pods -n demo web"],
            in: Self.bare,
            status: 0,
            golden: "bare-need.text"
        )
        try expect(
            ["check", "--offline", "-p", "for=pods", "-p", "events"],
            in: Self.bare,
            status: 1,
            golden: "bare-profiles.text"
        )
    }

    /// `diff a.yaml <(command)`: what a pipe holds is told by its content too, on either side.
    @Test func pipesAreReadOnce() throws {
        let folder = Repository.root.appending(path: "Examples/bare-role")
        let program = CommandRunner.executable.path
        let plain = try CommandRunner(workingDirectory: folder).run(["diff", "role.yaml", "rbac-trace.jsonl"])
        for sides in ["role.yaml <(cat rbac-trace.jsonl)", "<(cat role.yaml) <(gzip -c rbac-trace.jsonl)"] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", "'\(program)' diff \(sides)"]
            process.currentDirectoryURL = folder
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            let names = #/role\.yaml|rbac-trace\.jsonl|/dev/fd/[0-9]+/#
            let (named, wanted) = (text.replacing(names, with: "FILE"), plain.output.replacing(names, with: "FILE"))
            #expect(named == wanted, "\(sides)")
        }
    }

    @Test func diffs() throws {
        try expect(
            ["diff", "role.yaml", "rbac-trace.jsonl"],
            in: Self.bare,
            status: 1,
            golden: "bare-diff-trace.text"
        )
        try expect(["diff", "role.yaml", "role.yaml"], in: Self.bare, status: 0, golden: "bare-diff-same.text")
        try expect(
            ["diff", "../bare-role/role.yaml", "../guestbook-operator/config/rbac"],
            in: Self.bare,
            status: 1,
            golden: "diff-roles.text"
        )
    }

    @Test func traces() throws {
        try expect(["trace", "show"], in: Self.guestbook, status: 0, golden: "guestbook-trace.text")
        let merged = try CommandRunner(workingDirectory: Self.bare)
            .run(["trace", "merge", "rbac-trace.jsonl", "rbac-trace.jsonl"])
        let again = try CommandRunner(workingDirectory: Self.bare)
            .run(["trace", "show", "-t", "-", "-o", "json"], input: Data(merged.output.utf8))
        expectGolden(again.output, Repository.fixtures.appending(path: "commands/bare-merged.json"))
    }

    @Test func pages() throws {
        try expect(["profile", "list"], in: Self.bare, status: 0, golden: "profile-list.text")
        try expect(["profile", "show", "kubebuilder"], in: Self.bare, status: 0, golden: "profile-kubebuilder.text")
        try expect(["explain", "verb-missing"], in: Self.bare, status: 0, golden: "explain-verb-missing.text")
    }

    /// An old project fails on what is new, and on that alone.
    @Test func aBaselineLeavesOutWhatIsKnown() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "baseline-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        let runner = CommandRunner(workingDirectory: Self.bare)
        let first = try runner.run(["check", "--offline", "--write-baseline", file.path])
        #expect(first.status == 1)
        let second = try runner.run(["check", "--offline", "--baseline", file.path])
        #expect(second.status == 0, "\(second)")
        #expect(second.output.contains("2 findings are in the baseline"))
        let new = try runner.run([
            "check", "--offline", "--baseline", file.path, "-t", "rbac-trace.jsonl", "--need", "delete pods",
        ])
        #expect(new.status == 1)
        #expect(new.output.contains("delete"))
        let broken = try runner.run(["check", "--offline", "--baseline", "role.yaml"])
        #expect(broken.status == 2)
        #expect(broken.errors.hasPrefix("role.yaml:1:1: error: this is no baseline"))
    }
}
