import Foundation
import Syntax
import TestSupport
import Testing

@testable import swiftop_rbac

/// What a fix writes: all of its files or none, and only where nobody else wrote in the meantime.
@Suite struct FileRewriteTests {
    private func change(_ folder: ScratchFolder, _ name: String) -> FileRewrite.Change {
        FileRewrite.Change(path: folder.url.appending(path: name).path, before: "old \(name)\n", after: "new \(name)\n")
    }

    private func folder(_ names: String...) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        for name in names { try folder.write(name, "old \(name)\n") }
        return folder
    }

    @Test func writesAll() throws {
        let folder = try folder("a", "b")
        try FileRewrite(changes: ["a", "b"].map { change(folder, $0) }, checksContents: true).commit()
        #expect(try folder.read("a") == "new a\n" && folder.read("b") == "new b\n")
        #expect(try folder.names(".") == ["a", "b"])
    }

    @Test func writesNoneWhereOneHasChanged() throws {
        let folder = try folder("a", "b")
        try folder.write("b", "somebody else's\n")
        let changes = ["a", "b"].map { change(folder, $0) }
        let error = #expect(throws: InputError.self) {
            try FileRewrite(changes: changes, checksContents: true).commit()
        }
        #expect(error?.file == changes[1].path)
        #expect(error?.message == "the file has changed since it was read; nothing was written")
        #expect(try folder.read("a") == "old a\n" && folder.read("b") == "somebody else's\n")
        try FileRewrite(changes: changes, checksContents: false).commit()
        #expect(try folder.read("b") == "new b\n")
    }

    /// The second file cannot be made, or cannot take its place, which a folder has.
    @Test(arguments: ["missing/b", "taken"])
    func writesNoneWhereOneCannotBe(name: String) throws {
        let folder = try folder("a", "taken/inside", "c")
        let changes = ["a", name, "c"].map { change(folder, $0) }
        let error = #expect(throws: InputError.self) {
            try FileRewrite(changes: changes, checksContents: false).commit()
        }
        #expect(error?.description.hasPrefix("\(changes[1].path): error: cannot be written: ") == true)
        #expect(try folder.read("a") == "old a\n" && folder.read("c") == "old c\n")
        #expect(try folder.names(".") == ["a", "c", "taken"])
    }

    /// As it happens: the manifests are read, then the trace comes slowly, and an editor saves in between.
    @Test(.timeLimit(.minutes(2))) func aFileThatIsSavedMeanwhileStaysAsItIs() throws {
        let folder = try ScratchFolder()
        try folder.write("role.yaml", FixTests.role)
        let pipe = folder.url.appending(path: "trace").path
        try #require(mkfifo(pipe, 0o600) == 0)
        let process = Process()
        process.executableURL = CommandRunner.executable
        process.currentDirectoryURL = folder.url
        process.arguments = ["check", "--offline", "-r", "role.yaml", "-t", "trace", "--fix"]
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        // Opening waits for the reader, who has read the manifests by then.
        let trace = try FileHandle(forWritingTo: URL(fileURLWithPath: pipe))
        try folder.write("role.yaml", FixTests.role + "# saved\n")
        trace.write(Data("{\"verb\":\"list\",\"resource\":\"pods\"}\n".utf8))
        try trace.close()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
        #expect(
            said.hasPrefix("role.yaml: error: the file has changed since it was read; nothing was written\n"),
            "\(said)"
        )
        #expect(try folder.read("role.yaml") == FixTests.role + "# saved\n")
        #expect(try folder.names(".") == ["role.yaml", "trace"])
    }
}
