package import Foundation

/// Runs the built program as a user would.
package struct CommandRunner: Sendable {
    package struct Outcome: Sendable {
        package var status: Int32
        package var output: String
        package var errors: String
    }

    /// What is run.
    package var program = Self.executable
    /// The folder that the child starts in.
    package var workingDirectory: URL
    /// Added to a minimal environment (`PATH`, `HOME` of an empty folder), so that nothing of this machine leaks in.
    package var environment: [String: String]

    package init(workingDirectory: URL = Repository.root, environment: [String: String] = [:]) {
        self.workingDirectory = workingDirectory
        self.environment = environment
    }

    /// The program beside the test bundle.
    package static let executable: URL = URL(fileURLWithPath: CommandLine.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "swiftop-rbac")

    /// Runs the program and collects what it prints; both streams are drained at once, so that neither blocks it.
    package func run(_ arguments: [String], input: Data = Data()) throws -> Outcome {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = workingDirectory
        var values = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"]
        values.merge(environment) { $1 }
        process.environment = values

        let scratch = FileManager.default.temporaryDirectory.appending(path: "swiftop-rbac-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let names = ["in", "out", "err"].map { scratch.appending(path: $0) }
        try input.write(to: names[0])
        try Data().write(to: names[1])
        try Data().write(to: names[2])
        process.standardInput = try FileHandle(forReadingFrom: names[0])
        process.standardOutput = try FileHandle(forWritingTo: names[1])
        process.standardError = try FileHandle(forWritingTo: names[2])
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationReason == .uncaughtSignal
                ? 128 + process.terminationStatus : process.terminationStatus,
            output: String(decoding: try Data(contentsOf: names[1]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: names[2]), as: UTF8.self)
        )
    }
}
