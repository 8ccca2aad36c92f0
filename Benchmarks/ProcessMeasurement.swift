#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Whole processes: wall time, processor time, and the most memory that was resident.
struct ProcessMeasurement {
    struct Figures {
        /// Milliseconds, ascending.
        var times: [Double] = []
        /// Of the processor, in user and system mode; milliseconds, ascending.
        var processorTimes: [Double] = []
        /// The largest resident set of any run, in MiB.
        var memory = 0.0
        var median: Double { times[times.count / 2] }
        var processor: Double { processorTimes[processorTimes.count / 2] }
    }

    func row(_ name: String, _ figures: Figures) {
        let padding = String(repeating: " ", count: max(1, 48 - name.count))
        print(
            "  \(name)\(padding)\(tenths(figures.median)) ms median (best \(tenths(figures.times[0]))), "
                + "\(tenths(figures.processor)) ms of the processor, \(tenths(figures.memory)) MiB resident"
        )
    }

    /// Runs the commands in turn, so that what else the machine does falls on all of them alike.
    func measure(_ commands: [[String]], runs: Int) -> [Figures] {
        var figures = commands.map { _ in Figures() }
        for _ in 0..<runs {
            for (index, command) in commands.enumerated() {
                let start = now()
                let usage = Self.wait(Self.start(command)).usage
                figures[index].times.append((now() - start) / 1e6)
                figures[index].processorTimes.append(usage.ru_utime.milliseconds + usage.ru_stime.milliseconds)
                figures[index].memory = max(figures[index].memory, Double(usage.ru_maxrss) / 1024)
            }
        }
        for index in figures.indices {
            figures[index].times.sort()
            figures[index].processorTimes.sort()
        }
        return figures
    }

    private func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    // MARK: - Processes

    /// Starts a command with its output thrown away; 0 where it cannot be started.
    ///
    /// - Parameter isElsewhere: in a session of its own, as what another machine runs would be: Linux shares out processor time
    ///   among sessions first.
    static func start(_ command: [String], isElsewhere: Bool = false) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        if isElsewhere { posix_spawnattr_setflags(&attributes, newSession) }
        return posix_spawn(&child, command[0], &actions, &attributes, &arguments, environ) == 0 ? child : 0
    }

    #if canImport(Darwin)
        private static let newSession = Int16(POSIX_SPAWN_SETSID)
    #else
        /// `POSIX_SPAWN_SETSID` of glibc's <spawn.h>, which Swift sees only with _GNU_SOURCE.
        private static let newSession: Int16 = 0x80
    #endif

    private static func wait(_ child: pid_t) -> (status: Int32, usage: rusage) {
        var status: Int32 = -1
        var usage = rusage()
        guard child > 0 else { return (status, usage) }
        while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
        return (status, usage)
    }

    /// Runs this program with other arguments, its output going where this one's goes.
    static func runSelf(_ arguments: [String]) {
        var arguments = ([CommandLine.arguments[0]] + arguments).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        fflush(nil)
        guard let program = arguments[0], posix_spawn(&child, program, nil, nil, &arguments, environ) == 0 else {
            return
        }
        _ = wait(child)
    }

    /// Asks a process to end, and waits for that.
    static func end(_ child: pid_t) -> rusage {
        kill(child, SIGTERM)
        return wait(child).usage
    }

    /// The status that a command ends with, as `wait` has it; 0 is success.
    static func status(_ command: [String]) -> Int32 { wait(start(command)).status }

    /// A program beside this one.
    static func program(_ name: String) -> String {
        let own = CommandLine.arguments[0]
        return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/"
            + name
    }

    static func find(_ name: String) -> String? {
        guard let path = getenv("PATH") else { return nil }
        return String(cString: path).split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}

func tenths(_ value: Double) -> String {
    let scaled = Int((value * 10).rounded())
    return "\(scaled < 0 ? "-" : "")\(abs(scaled) / 10).\(abs(scaled) % 10)"
}

func hundredths(_ value: Double) -> String {
    let scaled = Int((value * 100).rounded())
    let rest = scaled % 100
    return "\(scaled / 100).\(rest < 10 ? "0" : "")\(rest)"
}

extension timeval {
    fileprivate var milliseconds: Double { Double(tv_sec) * 1000 + Double(tv_usec) / 1000 }
}
