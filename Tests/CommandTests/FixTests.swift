import Foundation
import TestSupport
import Testing

/// `check --fix` on manifests in every style: `Fixtures/fixes/CASE` holds what there was, what is needed, and what the
/// file is to be.
@Suite struct FixTests {
    struct Case: CustomStringConvertible, Sendable {
        var folder: URL
        var file: String
        var description: String { folder.lastPathComponent }
        var before: URL { folder.appending(path: "before.\(file)") }
        var after: URL { folder.appending(path: "after.\(file)") }

        func needs() throws -> [String] {
            try String(contentsOf: folder.appending(path: "needs.txt"), encoding: .utf8)
                .split(separator: "\n").flatMap { ["--need", String($0)] }
        }

        static let all = cases("fixes")
        /// What takes `--unsafe-fixes`.
        static let unsafe = cases("unsafe-fixes")

        private static func cases(_ folder: String) -> [Case] {
            let folders = try? FileManager.default.contentsOfDirectory(
                at: Repository.fixtures.appending(path: folder),
                includingPropertiesForKeys: nil
            )
            return (folders ?? []).sorted { $0.path < $1.path }.map { folder in
                let json = FileManager.default.fileExists(atPath: folder.appending(path: "before.json").path)
                return Case(folder: folder, file: json ? "json" : "yaml")
            }
        }
    }

    /// What a text editor on another system makes of the same file.
    enum Variant: String, CaseIterable, Sendable {
        case asIs, windowsLineEnds, byteOrderMark, noFinalNewline

        func applied(to text: String) -> Data {
            switch self {
            case .asIs: Data(text.utf8)
            case .windowsLineEnds: Data(text.replacingOccurrences(of: "\n", with: "\r\n").utf8)
            case .byteOrderMark: Data([0xEF, 0xBB, 0xBF]) + Data(text.utf8)
            case .noFinalNewline: Data(text.utf8.last == UInt8(ascii: "\n") ? text.utf8.dropLast() : text.utf8[...])
            }
        }
    }

    @Test(arguments: Case.all)
    func eachStyleStays(_ example: Case) throws {
        let folder = try ScratchFolder()
        let name = "role.\(example.file)"
        let file = folder.url.appending(path: name)
        try FileManager.default.copyItem(at: example.before, to: file)
        let outcome = try CommandRunner(workingDirectory: folder.url)
            .run(["check", "--offline", "-r", name, "--fix"] + example.needs())
        #expect(outcome.status == 0, "\(outcome)")
        expectGolden(try folder.read(name), example.after)
        #expect(try folder.names(".") == [name])
    }

    @Test(arguments: Case.all, Variant.allCases)
    func lineEndsStayAndTwiceChangesNothing(_ example: Case, _ variant: Variant) throws {
        let folder = try ScratchFolder()
        let name = "role.\(example.file)"
        let file = folder.url.appending(path: name)
        let before = variant.applied(to: try String(contentsOf: example.before, encoding: .utf8))
        let expected = variant.applied(to: try String(contentsOf: example.after, encoding: .utf8))
        try before.write(to: file)
        let runner = CommandRunner(workingDirectory: folder.url)
        let arguments = ["check", "--offline", "-r", name, "--fix"] + (try example.needs())

        let patch = try runner.run(arguments + ["--dry-run"])
        #expect(patch.status == 0, "\(patch)")
        #expect(try Data(contentsOf: file) == before)

        let outcome = try runner.run(arguments)
        #expect(outcome.status == 0, "\(outcome)")
        let written = try Data(contentsOf: file)
        #expect(written == expected, "\(String(decoding: written, as: UTF8.self))")
        let again = try runner.run(arguments)
        #expect(again.errors.contains("nothing to fix"), "\(again)")
        #expect(try Data(contentsOf: file) == expected)

        try before.write(to: file)
        try Shell.run("/usr/bin/patch", ["-p1", "--binary"], in: folder.url, input: patch.output)
        #expect(try Data(contentsOf: file) == expected, "\(patch.output)")
    }

    @Test(arguments: Case.unsafe)
    func correctionsAreAskedFor(_ example: Case) throws {
        let folder = try ScratchFolder()
        let before = try String(contentsOf: example.before, encoding: .utf8)
        try folder.write("role.yaml", before)
        let runner = CommandRunner(workingDirectory: folder.url)
        let arguments = ["check", "--offline", "-r", "role.yaml", "--fix"] + (try example.needs())
        let outcome = try runner.run(arguments + ["--unsafe-fixes"])
        #expect(outcome.status == 0, "\(outcome)")
        let after = try folder.read("role.yaml")
        expectGolden(after, example.after)
        #expect(
            before.split(separator: "\n").count { $0.contains("#") }
                == after.split(separator: "\n").count { $0.contains("#") }
        )
        #expect(try runner.run(arguments + ["--unsafe-fixes"]).errors.hasSuffix("nothing to fix\n"))
        #expect(try folder.read("role.yaml") == after)

        // Without the flag nothing is renamed, rebound or narrowed: all that was there is there.
        try folder.write("role.yaml", before)
        _ = try runner.run(arguments)
        var rest = Array(before.utf8)[...]
        for byte in try folder.read("role.yaml").utf8 where byte == rest.first { rest = rest.dropFirst() }
        #expect(rest.isEmpty)
    }

    @Test func gitTakesTheDiff() throws {
        let folder = try ScratchFolder()
        try folder.write("config/my role.yaml", FixTests.role)
        let runner = CommandRunner(workingDirectory: folder.url)
        let patch = try runner.run(
            [
                "check", "--offline", "-r", "\(folder.path)/config/my role.yaml", "--fix", "--dry-run", "--need",
                "list pods",
            ]
        )
        #expect(patch.output.hasPrefix("--- a/config/my role.yaml\t\n+++ b/config/my role.yaml\t\n@@ "))
        try Shell.run("/usr/bin/git", ["apply", "-"], in: folder.url, input: patch.output)
        #expect(try folder.read("config/my role.yaml").contains("verbs: [get, list]"))
    }

    // MARK: - What is not written

    private static let arguments = ["check", "--offline", "-r", "role.yaml", "--fix", "--need", "list pods"]

    private func check(_ folder: ScratchFolder, _ more: String...) throws -> CommandRunner.Outcome {
        try CommandRunner(workingDirectory: folder.url).run(Self.arguments + more)
    }

    @Test(arguments: [
        "# Source: shop/templates/role.yaml\n", "# Code generated by controller-gen. DO NOT EDIT.\n",
        "# This file is autogenerated by make; do not edit.\n",
    ])
    func generatedFilesTakeForce(_ header: String) throws {
        let folder = try ScratchFolder()
        try folder.write("role.yaml", header + Self.role)
        let refused = try check(folder)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("\n  reason: "))
        #expect(refused.errors.contains("\n  hint: "))
        #expect(refused.output.hasSuffix("\n1 error, 0 warnings, 0 fixable with --fix\n"), "\(refused.output)")
        #expect(try folder.read("role.yaml") == header + Self.role)
        let forced = try check(folder, "--force")
        #expect(forced.status == 0, "\(forced)")
        #expect(try folder.read("role.yaml") == header + Self.fixedRole)
    }

    @Test func readOnlyFilesTakeForceAndStayReadOnly() throws {
        let folder = try ScratchFolder()
        let path = try folder.write("role.yaml", Self.role)
        try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: path)
        let refused = try check(folder)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("reason: the file is read-only\n  hint: chmod u+w, or --force"), "\(refused)")
        #expect(try folder.read("role.yaml") == Self.role)
        #expect(try check(folder, "--force").status == 0)
        #expect(try folder.read("role.yaml") == Self.fixedRole)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o440)
    }

    @Test func linksStayLinksAndModesStay() throws {
        let folder = try ScratchFolder()
        let target = try folder.write("real/role.yaml", Self.role)
        try FileManager.default.setAttributes([.posixPermissions: 0o606], ofItemAtPath: target)
        let link = folder.url.appending(path: "role.yaml")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: URL(fileURLWithPath: target))
        #expect(try check(folder).status == 0)
        #expect(try folder.read("real/role.yaml") == Self.fixedRole)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == target)
        #expect(try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int == 0o606)
        #expect(try folder.names("real") == ["role.yaml"])
    }

    @Test func standardInputCannotBeFixed() throws {
        let folder = try ScratchFolder()
        let outcome = try CommandRunner(workingDirectory: folder.url).run(
            ["check", "--offline", "-r", "-", "--fix", "--need", "list pods"],
            input: Data(Self.role.utf8)
        )
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("reason: standard input cannot be written back"), "\(outcome.errors)")
        #expect(outcome.output.contains("0 fixable with --fix"))
    }

    @Test func aPipeCannotBeFixed() throws {
        let folder = try ScratchFolder()
        try folder.write("role.yaml", Self.role)
        let program = CommandRunner.executable.path
        for flags in ["--fix", "--fix --force"] {
            let said = try Shell.run(
                "/bin/bash",
                ["-c", "'\(program)' check --offline -q -r <(cat role.yaml) --need 'list pods' \(flags); test $? = 1"],
                in: folder.url,
                input: ""
            )
            #expect(said.contains("reason: a pipe cannot be written back\n  hint: save it to a file"), "\(said)")
        }
    }

    @Test func severalFilesAtOnce() throws {
        let folder = try ScratchFolder()
        try folder.write("config/a/role.yaml", Self.role)
        try folder.write(
            "config/b/role.yaml",
            Self.role.replacing("operator", with: "other").replacing("pods", with: "nodes")
        )
        let arguments = ["check", "--offline", "-r", "config", "--fix", "--need", "list pods", "--need", "list nodes"]
        let runner = CommandRunner(workingDirectory: folder.url)
        let outcome = try runner.run(arguments)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try folder.read("config/a/role.yaml").contains("[get, list]"))
        #expect(try folder.read("config/b/role.yaml").contains("[get, list]"))
        #expect(try folder.names("config/b") == ["role.yaml"])
    }

    @Test func flagsThatSayHowNeedFix() throws {
        let folder = try ScratchFolder()
        try folder.write("role.yaml", Self.role)
        let runner = CommandRunner(workingDirectory: folder.url)
        for flag in ["--dry-run", "--force", "--unsafe-fixes"] {
            let outcome = try runner.run(["check", "--offline", flag])
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("`\(flag)` says how to fix"), "\(outcome.errors)")
        }
        let both = try check(folder, "--dry-run", "-o", "json")
        #expect(both.status == 2)
        #expect(both.errors.contains("`--dry-run` prints the diff to standard output"), "\(both.errors)")
        let file = try check(folder, "--dry-run", "-o", "json=report.json")
        #expect(file.status == 0)
        #expect(file.output.hasPrefix("--- a/role.yaml\n"))
        #expect(try folder.read("report.json").contains("CheckReport"))
        #expect(try folder.read("role.yaml") == Self.role)
    }

    static let fixedRole = role.replacing("[get]", with: "[get, list]")

    static let role = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: operator
        rules:
        - apiGroups: [""]
          resources: [pods]
          verbs: [get]

        """
}

/// Another program.
enum Shell {
    @discardableResult
    static func run(_ program: String, _ arguments: [String], in folder: URL, input: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let (standardInput, output) = (Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = output
        try process.run()
        standardInput.fileHandleForWriting.write(Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(program): \(text)")
        return text
    }
}
