import Foundation
import TestSupport

/// The operator of Examples/MyApp, running with the operator's own service account, or behind a command of ours.
final class MyAppProcess {
    /// Built by Scripts/example, apart from this package: its HTTP client takes minutes to build.
    static let executable = StoryProject.example.appending(path: ".build/debug/MyApp")
    static var isPresent: Bool { FileManager.default.isExecutableFile(atPath: executable.path) }
    static let absence = "MyApp is not built: Scripts/example builds it and runs these tests"

    private let process = Process()
    private let scratch: ScratchFolder

    /// - Parameter token: of the service account; the operator's own where it is `nil`.
    init(_ project: StoryProject, token: String? = nil, _ arguments: [String]) throws {
        scratch = try ScratchFolder()
        let token = try token ?? project.operatorToken()
        let kubeconfig = try scratch.write("kubeconfig", project.server.kubeconfig(user: "{token: \(token)}"))
        let log = try scratch.write("log", "")
        process.executableURL = Self.executable
        process.arguments = arguments
        process.currentDirectoryURL = project.folder.url
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": scratch.path, "KUBECONFIG": kubeconfig, "POD_NAMESPACE": "myapp-system",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardError = process.standardOutput
        try process.run()
    }

    /// Runs it as somebody does who types a command of ours before it: with the administrator's kubeconfig.
    ///
    /// - Parameter behind: the command, `run`, and its flags.
    init(_ project: StoryProject, behind: [String]) throws {
        scratch = try ScratchFolder()
        let log = try scratch.write("log", "")
        process.executableURL = CommandRunner.executable
        process.arguments = behind + ["--", Self.executable.path, "--preflight", "off"]
        process.currentDirectoryURL = project.folder.url
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": scratch.path, "KUBECONFIG": project.server.adminKubeconfig,
            "XDG_RUNTIME_DIR": scratch.path, "POD_NAMESPACE": "myapp-system",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardError = process.standardOutput
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// What it printed so far.
    var log: String { (try? scratch.read("log")) ?? "" }
    var isRunning: Bool { process.isRunning }

    /// Ends it by a signal, or waits for its own end.
    ///
    /// - Returns: its exit status, 128 and the signal's number where one ended it.
    @discardableResult
    func end(_ signal: Int32? = nil) -> Int32 {
        if let signal { kill(process.processIdentifier, signal) }
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
            ? 128 + process.terminationStatus : process.terminationStatus
    }
}

/// Waits until something is so; a test's time limit ends it otherwise.
func waitUntil(_ isSo: () throws -> Bool) async throws {
    while try !isSo() { try await Task.sleep(for: .milliseconds(100)) }
}
