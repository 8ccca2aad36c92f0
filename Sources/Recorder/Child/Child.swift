import KubeAPI

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The user's command: a process group of its own, with this process's standard streams.
struct Child: Sendable {
    /// Of the process, and of its group.
    let group: pid_t
    private let terminal: Terminal?

    /// How it ended.
    struct Ending: Sendable, Hashable {
        /// As a shell says it: 128 + N where a signal N ended it.
        var status: Int32
        var signal: Int32?
    }

    /// - Throws: `CommandNotStarted` with the status that a shell would give.
    static func start(
        _ program: String,
        _ arguments: [String],
        environment: [String: String]
    ) throws(CommandNotStarted) -> Child {
        let terminal = Terminal.controlled
        do throws(Spawn.Failure) {
            let plan = Spawn.Plan(
                path: program,
                arguments: arguments,
                environment: environment,
                terminal: terminal?.descriptor
            )
            return Child(group: try Spawn.start(plan), terminal: terminal)
        } catch { throw CommandNotStarted(arguments.first ?? program, code: error.code) }
    }

    /// Waits for its end. Where it is stopped (Ctrl-Z), this process stops with it, and both go on together.
    ///
    /// - Parameter onStop: called before this process stops.
    func ending(onStop: @escaping @Sendable () -> Void = {}) async -> Ending {
        let child = self
        return await SystemThread.run { child.wait(onStop) }
    }

    private func wait(_ onStop: () -> Void) -> Ending {
        while true {
            var status: Int32 = 0
            guard waitpid(group, &status, WUNTRACED) == group else {
                if errno == EINTR { continue }
                return Ending(status: 127)
            }
            if status & 0xFF == 0x7F {
                onStop()
                stopTogether()
                continue
            }
            terminal?.takeBack()
            let signal = status & 0x7F
            guard signal != 0 else { return Ending(status: (status >> 8) & 0xFF) }
            terminal?.restore()
            return Ending(status: 128 + signal, signal: signal)
        }
    }

    private func stopTogether() {
        guard let terminal else { return }
        terminal.takeBack()
        kill(getpid(), SIGSTOP)
        // Here again: somebody sent SIGCONT.
        terminal.give(to: group)
        kill(-group, SIGCONT)
    }
}
