#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why a command cannot be run, with the status that a shell gives for it.
package struct CommandNotStarted: Error, Hashable, Sendable, CustomStringConvertible {
    package var command: String
    /// In the system's words.
    package var reason: String
    /// 127 where there is no such command, 126 where it cannot be run.
    package var status: Int32

    package var description: String { "`\(command)` cannot be started: \(reason)" }

    init(_ command: String, code: Int32) {
        self.command = command
        reason = code == ENOENT ? "no such command" : String(cString: strerror(code)).lowercased()
        status = code == ENOENT || code == ENOTDIR ? 127 : 126
    }
}

/// A program as a shell finds it.
enum Program {
    /// The file of a command: itself where it has a `/`, else the first executable one of that name in `PATH`.
    static func find(_ command: String, path: String) throws(CommandNotStarted) -> String {
        guard !command.isEmpty else { throw CommandNotStarted(command, code: ENOENT) }
        if command.contains("/") {
            if let failure = failure(command) { throw CommandNotStarted(command, code: failure) }
            return command
        }
        var reason = ENOENT
        for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
            let file = folder.isEmpty ? "./\(command)" : "\(folder)/\(command)"
            guard let failure = failure(file) else { return file }
            if failure == EACCES { reason = EACCES }
        }
        throw CommandNotStarted(command, code: reason)
    }

    /// Why a file is not executable; `nil` where it is.
    private static func failure(_ file: String) -> Int32? {
        var status = stat()
        guard stat(file, &status) == 0 else { return errno }
        if status.st_mode & S_IFMT == S_IFDIR { return EACCES }
        return access(file, X_OK) == 0 ? nil : errno
    }
}
