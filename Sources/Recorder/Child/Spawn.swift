#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Starts processes in groups of their own.
enum Spawn {
    /// What a new process is given.
    struct Plan {
        var path: String
        var arguments: [String]
        var environment: [String: String]
        /// A terminal that it becomes the foreground of, before its first instruction.
        var terminal: Int32?
        /// What it gets as standard input, its other streams then leading nowhere; `nil` leaves all three as they are.
        var input: Int32?
    }

    /// Returns its process identifier, which is its group's too.
    ///
    /// - Throws: the system's error number.
    static func start(_ plan: Plan) throws(Failure) -> pid_t {
        var child = pid_t()
        var status = start(plan, plan.path, plan.arguments, &child)
        if status == ENOEXEC {
            // A script without a first line that says who reads it: a shell runs it itself.
            status = start(plan, "/bin/sh", ["sh", plan.path] + plan.arguments.dropFirst(), &child)
        }
        guard status == 0 else { throw Failure(code: status) }
        return child
    }

    struct Failure: Error { var code: Int32 }

    private static func start(_ plan: Plan, _ path: String, _ arguments: [String], _ child: inout pid_t) -> Int32 {
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
        if let input = plan.input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        }
        #if !canImport(Darwin)
            let becomesForeground = plan.terminal.map { ForegroundAction.add(&actions, $0) } ?? false
        #else
            let becomesForeground = false
        #endif
        var (none, defaults) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&defaults)
        for signal in [SIGPIPE, SIGXFSZ, SIGTTOU] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP)
        )
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = plan.environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        let status = posix_spawn(&child, path, &actions, &attributes, argv, envp)
        // The second best: for an instant the child is in the background.
        if status == 0, !becomesForeground, let terminal = plan.terminal { tcsetpgrp(terminal, child) }
        return status
    }
}

#if !canImport(Darwin)
    /// `posix_spawn_file_actions_addtcsetpgrp_np` of glibc 2.35 and later, which its header shows to GNU C only.
    private enum ForegroundAction {
        private typealias Function = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

        private static let function: Function? = {
            guard let symbol = dlsym(nil, "posix_spawn_file_actions_addtcsetpgrp_np") else { return nil }
            return unsafeBitCast(symbol, to: Function.self)
        }()

        static func add(_ actions: inout posix_spawn_file_actions_t, _ terminal: Int32) -> Bool {
            function?(&actions, terminal) == 0
        }
    }
#endif
