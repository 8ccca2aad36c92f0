package import Foundation

extension EnvTest {
    /// Runs a script with `sh -e`, `kubectl` found and pointed at this server as its administrator.
    ///
    /// - Throws: `Failure` with what it printed, where it fails.
    package func shell(_ script: String, in folder: URL) throws {
        let log = folder.appending(path: "shell-\(UUID().uuidString).log")
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-ec", script]
        process.currentDirectoryURL = folder
        process.environment = [
            "HOME": folder.path, "KUBECONFIG": adminKubeconfig,
            "PATH": "\(Self.assets?.path ?? ""):/usr/bin:/bin",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus != 0 else { return }
        let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
        throw Failure(description: "\(script)\n\(text)")
    }
}
