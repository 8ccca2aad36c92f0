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
    private var processes: ProcessMeasurement { ProcessMeasurement() }

    /// Prints all rows. Files are made in a folder of their own below `/tmp` and removed.
    static func run() {
        let folder = "/tmp/swiftop-rbac-benchmark.\(getpid())"
        let benchmark = ProcessBenchmark(binary: ProcessMeasurement.program("swiftop-rbac"), folder: folder)
        guard mkdir(folder, 0o700) == 0 else { return print("  no folder for the inputs: \(folder)") }
        defer { benchmark.removeFiles() }
        guard access(benchmark.binary, X_OK) == 0 else {
            return print("  no program at \(benchmark.binary); build it: swift build -c release --static-swift-stdlib")
        }
        benchmark.offlineCheck()
        benchmark.largeTrace()
        benchmark.markers()
    }

    /// 100 requirements: all granted by 25 rules, which gives a line; and by 40 rules that grant more, which gives 40
    /// findings. Beside them kubectl doing nothing.
    private func offlineCheck() {
        write("exact.yaml", role(rules: 25, verbs: Array(Self.verbs.prefix(4))))
        write("exact.jsonl", trace(records: 100, rules: 25))
        write("role.yaml", role(rules: 40))
        write("trace.jsonl", trace(records: 100))
        func check(_ name: String, _ trace: String) -> [String] {
            [binary, "check", "--offline", "-r", "\(folder)/\(name).yaml", "-t", "\(folder)/\(trace).jsonl"]
        }
        var commands = [check("exact", "exact"), check("role", "trace")]
        let kubectl = ProcessMeasurement.find("kubectl")
        if let kubectl { commands.append([kubectl, "version", "--client"]) }
        let figures = processes.measure(commands, runs: 30)
        processes.row("check --offline, 100 requirements, no finding", figures[0])
        processes.row("check --offline, 100 requirements, 40 findings", figures[1])
        guard kubectl != nil else { return print("  kubectl is not on the PATH: no peer") }
        processes.row("kubectl version --client", figures[2])
        for (name, ours) in [("no finding", figures[0]), ("40 findings", figures[1])] {
            print(
                "    kubectl takes \(tenths(figures[2].median / ours.median)) times as long as with \(name), "
                    + "\(tenths(figures[2].processor / ours.processor)) times the processor time"
            )
        }
    }

    /// 100 MB of JSON Lines with 100 distinct requirements.
    private func largeTrace() {
        let block = trace(records: 100)
        let copies = 100_000_000 / block.utf8.count + 1
        guard let file = fopen("\(folder)/large.jsonl", "w") else { return }
        for _ in 0..<copies { fputs(block, file) }
        fclose(file)
        processes.row(
            "trace show, 100 MB of JSON Lines",
            processes.measure([[binary, "trace", "show", "-t", "\(folder)/large.jsonl"]], runs: 3)[0]
        )
    }

    /// A Go project of 10,000 files with markers in ten of them, and grep looking for those.
    private func markers() {
        let project = "\(folder)/project"
        for path in [project, "\(project)/config", "\(project)/config/rbac"] { mkdir(path, 0o700) }
        defer { _ = processes.measure([["/bin/rm", "-r", project]], runs: 1) }
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
        if let grep = ProcessMeasurement.find("grep") {
            commands.append([grep, "-rn", "--include=*.go", "+kubebuilder:rbac", project])
        }
        let figures = processes.measure(commands, runs: 10)
        processes.row("check --offline, markers in 10,000 Go files", figures[0])
        guard figures.count > 1 else { return print("  grep is not on the PATH: no peer") }
        processes.row("grep -r for those markers", figures[1])
    }

    // MARK: - Inputs

    private static let verbs = ["get", "list", "watch", "create", "update", "patch"]

    private func role(rules: Int, verbs: [String] = verbs) -> String {
        var text =
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: manager-role}\nrules:\n"
        for index in 0..<rules {
            text += "- apiGroups: [\"group\(index % 8).example.com\"]\n  resources: [resource\(index)s]\n"
            text += "  verbs: [\(verbs.joined(separator: ", "))]\n"
        }
        return text
    }

    private func trace(records: Int, rules: Int = 40) -> String {
        var text = ""
        for index in 0..<records {
            let resource = index % rules
            text +=
                "{\"verb\":\"\(Self.verbs[index / rules])\",\"group\":\"group\(resource % 8).example.com\",\"version\":\"v1\","
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
        for name in ["exact.yaml", "exact.jsonl", "role.yaml", "trace.jsonl", "large.jsonl"] {
            unlink("\(folder)/\(name)")
        }
        rmdir(folder)
    }
}
