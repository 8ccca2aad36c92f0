#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Runs a program to its end and takes its standard output; its standard error is the caller's own.
struct ChildProcess {
    var path: String
    var arguments: [String]
    var environment: [String: String]
    /// Whether it gets the caller's standard input; else it reads nothing.
    var inheritsInput: Bool

    struct Outcome {
        /// 128 + N where a signal N ended it.
        var status: Int32
        var output: [UInt8]
    }

    /// Bytes of output that are more than any credential takes.
    private static let outputLimit = 16 << 20

    /// Waits for the program, so it must not be called from a task.
    ///
    /// - Throws: where the program cannot be started, or prints without end.
    func run() throws(SystemFile.Failure) -> Outcome {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemFile.failure(errno) }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        defer { close(ends[0]) }
        let started: Result<pid_t, SystemFile.Failure> = Result { () throws(SystemFile.Failure) in
            try spawn(output: ends[1])
        }
        // Ours is closed in either case, so that reading ends when the child's is.
        close(ends[1])
        let child = try started.get()
        let output: Result<[UInt8], SystemFile.Failure> = Result { () throws(SystemFile.Failure) in
            try SystemFile.read(ends[0], limit: Self.outputLimit)
        }
        // What goes on writing would never end, since nobody reads it.
        if case .failure = output { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        guard case .success(let output) = output else {
            throw SystemFile.Failure(code: EFBIG, text: "it prints more than \(Self.outputLimit >> 20) MiB")
        }
        return Outcome(status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: output)
    }

    private func spawn(output: Int32) throws(SystemFile.Failure) -> pid_t {
        let start = ProcessStart(path: path, arguments: [path] + arguments, environment: environment)
        var attempt = start { connect(&$0, output) }
        // A program that was only just put there may still be open for writing somewhere.
        for _ in 0..<20 where attempt.error == ETXTBSY {
            SystemThread.pause(milliseconds: 20)
            attempt = start { connect(&$0, output) }
        }
        guard attempt.error == 0 else { throw SystemFile.failure(attempt.error) }
        return attempt.process
    }

    private func connect(_ actions: inout ProcessStart.FileActions, _ output: Int32) {
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        if !inheritsInput {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
    }

    /// The file that a command name stands for: itself where it has a `/`, else the first executable in `PATH`.
    /// Relative folders of `PATH` are left out, as Go does.
    static func find(_ command: String, path: String) -> String? {
        if command.contains("/") { return access(command, X_OK) == 0 ? command : nil }
        return path.split(separator: ":").lazy
            .filter { $0.hasPrefix("/") }
            .map { "\($0)/\(command)" }
            .first { isExecutableFile($0) }
    }

    private static func isExecutableFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
