import KubeAPI

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
        var attempt = start(plan, plan.path, plan.arguments)
        if attempt.error == ENOEXEC {
            // A script without a first line that says who reads it: a shell runs it itself.
            attempt = start(plan, "/bin/sh", ["sh", plan.path] + plan.arguments.dropFirst())
        }
        guard attempt.error == 0 else { throw Failure(code: attempt.error) }
        return attempt.process
    }

    struct Failure: Error { var code: Int32 }

    private static func start(
        _ plan: Plan,
        _ path: String,
        _ arguments: [String]
    ) -> (process: pid_t, error: Int32) {
        var becomesForeground = false
        let start = ProcessStart(path: path, arguments: arguments, environment: plan.environment, isGroup: true)
        let attempt = start { actions in
            if let input = plan.input { connect(&actions, input) }
            #if !canImport(Darwin)
                becomesForeground = plan.terminal.map { ForegroundAction.add(&actions, $0) } ?? false
            #endif
        }
        // The second best: for an instant the child is in the background.
        if attempt.error == 0, !becomesForeground, let terminal = plan.terminal {
            tcsetpgrp(terminal, attempt.process)
        }
        return attempt
    }

    private static func connect(_ actions: inout ProcessStart.FileActions, _ input: Int32) {
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
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
