#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Whole processes, as a user starts them: wall time, processor time (which other work on the machine hardly changes) and
/// the most memory that was resident, beside kubectl where it is on the PATH.
struct ProcessBenchmark {
    /// The release binary beside this program.
    private let binary: String
    private let folder: String

    /// Prints all rows. Files are made in a folder of their own below `/tmp` and removed.
    static func run() {
        let folder = "/tmp/swiftop-rbac-benchmark.\(getpid())"
        let own = CommandLine.arguments[0]
        let binary = own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let benchmark = ProcessBenchmark(binary: "\(binary)/swiftop-rbac", folder: folder)
        guard mkdir(folder, 0o700) == 0 else { return print("  no folder for the inputs: \(folder)") }
        defer { benchmark.removeFiles() }
        guard access(benchmark.binary, X_OK) == 0 else {
            return print("  no program at \(benchmark.binary); build it: swift build -c release --static-swift-stdlib")
        }
        benchmark.offlineCheck()
        benchmark.largeTrace()
        benchmark.markers()
    }

    /// 100 requirements against a role of 40 rules, and kubectl doing nothing.
    private func offlineCheck() {
        write("role.yaml", role(rules: 40))
        write("trace.jsonl", trace(records: 100))
        let check = [binary, "check", "--offline", "-r", "\(folder)/role.yaml", "-t", "\(folder)/trace.jsonl"]
        guard let kubectl = find("kubectl") else {
            row("check --offline, 100 requirements, 40 rules", measure([check], runs: 30)[0])
            return print("  kubectl is not on the PATH: no peer")
        }
        let figures = measure([check, [kubectl, "version", "--client"]], runs: 30)
        row("check --offline, 100 requirements, 40 rules", figures[0])
        row("kubectl version --client", figures[1])
        let (ours, theirs) = (figures[0], figures[1])
        print(
            "    kubectl takes \(tenths(theirs.median / ours.median)) times as long, "
                + "\(tenths(theirs.processor / ours.processor)) times the processor time"
        )
    }

    /// 100 MB of JSON Lines with 100 distinct requirements.
    private func largeTrace() {
        let block = trace(records: 100, offset: 0)
        let copies = 100_000_000 / block.utf8.count + 1
        guard let file = fopen("\(folder)/large.jsonl", "w") else { return }
        for _ in 0..<copies { fputs(block, file) }
        fclose(file)
        row(
            "trace show, 100 MB of JSON Lines",
            measure([[binary, "trace", "show", "-t", "\(folder)/large.jsonl"]], runs: 3)[0]
        )
    }

    /// A Go project of 10,000 files with markers in ten of them, and grep looking for those.
    private func markers() {
        let project = "\(folder)/project"
        for path in [project, "\(project)/config", "\(project)/config/rbac"] { mkdir(path, 0o700) }
        defer { _ = measure([["/bin/rm", "-r", project]], runs: 1) }
        write("project/go.mod", "module example.org/project\n")
        write("project/config/rbac/role.yaml", role(rules: 10))
        let code = String(
            repeating: "// Apply brings the object one step nearer.\nfunc Apply(x int) int { return x + 1 }\n\n",
            count: 80
        )
        for index in 0..<10_000 {
            if index.isMultiple(of: 50) { mkdir("\(project)/p\(index / 50)", 0o700) }
            let groups = "groups=group\(index / 1000 % 8).example.com,resources=resource\(index / 1000)s"
            let marker = "// +kubebuilder:rbac:\(groups),verbs=get;list;watch;create;update;patch\n\n"
            let text = "package p\n\n" + (index.isMultiple(of: 1000) ? marker : "") + code
            write("project/p\(index / 50)/f\(index).go", text)
        }
        var commands = [[binary, "check", "--offline", "-r", "\(project)/config/rbac"]]
        if let grep = find("grep") { commands.append([grep, "-rn", "--include=*.go", "+kubebuilder:rbac", project]) }
        let figures = measure(commands, runs: 10)
        row("check --offline, markers in 10,000 Go files", figures[0])
        guard figures.count > 1 else { return print("  grep is not on the PATH: no peer") }
        row("grep -r for those markers", figures[1])
    }

    // MARK: - Inputs

    private func role(rules: Int) -> String {
        var text =
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: manager-role}\nrules:\n"
        for index in 0..<rules {
            text += "- apiGroups: [\"group\(index % 8).example.com\"]\n  resources: [resource\(index)s]\n"
            text += "  verbs: [get, list, watch, create, update, patch]\n"
        }
        return text
    }

    private func trace(records: Int, offset: Int = 0) -> String {
        var text = ""
        let verbs = ["get", "list", "watch", "create", "update", "patch"]
        for index in 0..<records {
            let resource = index % 40
            text +=
                "{\"verb\":\"\(verbs[index / 40])\",\"group\":\"group\(resource % 8).example.com\",\"version\":\"v1\","
            text += "\"resource\":\"resource\(resource)s\",\"subresource\":\"\",\"namespace\":\"demo\",\"name\":\"\","
            text += "\"status\":200,\"count\":1,\"userAgent\":\"manager/v1.0\"}\n"
        }
        return text
    }

    private func write(_ name: String, _ text: String) {
        guard let file = fopen("\(folder)/\(name)", "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    private func removeFiles() {
        for name in ["role.yaml", "trace.jsonl", "large.jsonl"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }

    // MARK: - Measuring

    private struct Figures {
        /// Milliseconds, ascending.
        var times: [Double] = []
        /// Of the processor, in user and system mode; milliseconds, ascending.
        var processorTimes: [Double] = []
        /// The largest resident set of any run, in MiB.
        var memory = 0.0
        var median: Double { times[times.count / 2] }
        var processor: Double { processorTimes[processorTimes.count / 2] }
    }

    private func row(_ name: String, _ figures: Figures) {
        let padding = String(repeating: " ", count: max(1, 48 - name.count))
        print(
            "  \(name)\(padding)\(tenths(figures.median)) ms median (best \(tenths(figures.times[0]))), "
                + "\(tenths(figures.processor)) ms of the processor, \(tenths(figures.memory)) MiB resident"
        )
    }

    /// Runs the commands in turn, so that what else the machine does falls on all of them alike.
    private func measure(_ commands: [[String]], runs: Int) -> [Figures] {
        var figures = commands.map { _ in Figures() }
        for _ in 0..<runs {
            for (index, command) in commands.enumerated() {
                let start = now()
                let usage = spawn(command)
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

    /// Runs a command to its end with its output thrown away.
    private func spawn(_ command: [String]) -> rusage {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        guard posix_spawn(&child, command[0], &actions, nil, &arguments, environ) == 0 else { return rusage() }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
        return usage
    }

    private func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    private func find(_ name: String) -> String? {
        guard let path = getenv("PATH") else { return nil }
        return String(cString: path).split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    private func tenths(_ value: Double) -> String {
        let scaled = Int((value * 10).rounded())
        return "\(scaled / 10).\(scaled % 10)"
    }
}

extension timeval {
    fileprivate var milliseconds: Double { Double(tv_sec) * 1000 + Double(tv_usec) / 1000 }
}
