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

    /// Waits for the program, so it must not be called from a task.
    ///
    /// - Throws: where the program cannot be started.
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
        let output = (try? SystemFile.read(ends[0], limit: 16 << 20)) ?? []
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return Outcome(status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: output)
    }

    private func spawn(output: Int32) throws(SystemFile.Failure) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        if !inheritsInput {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        setSignals(&attributes)
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child = pid_t()
        var status = posix_spawn(&child, path, &actions, &attributes, argv, envp)
        // A program that was only just put there may still be open for writing somewhere.
        for _ in 0..<20 where status == ETXTBSY {
            SystemThread.pause(milliseconds: 20)
            status = posix_spawn(&child, path, &actions, &attributes, argv, envp)
        }
        guard status == 0 else { throw SystemFile.failure(status) }
        return child
    }

    /// The child starts with no signal blocked, and dies of SIGPIPE as usual, whatever this process does about it.
    #if canImport(Darwin)
        private func setSignals(_ attributes: inout posix_spawnattr_t?) {
            var none = sigset_t()
            sigemptyset(&none)
            posix_spawnattr_setsigmask(&attributes, &none)
            var pipe = none
            sigaddset(&pipe, SIGPIPE)
            posix_spawnattr_setsigdefault(&attributes, &pipe)
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        }
    #else
        private func setSignals(_ attributes: inout posix_spawnattr_t) {
            var none = sigset_t()
            sigemptyset(&none)
            posix_spawnattr_setsigmask(&attributes, &none)
            var pipe = none
            sigaddset(&pipe, SIGPIPE)
            posix_spawnattr_setsigdefault(&attributes, &pipe)
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        }
    #endif

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
