#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif
import Diagnosis
import Traces

/// How fast logs are read: a log that says nothing, one in which every tenth line is a refusal, and grep with the same words.
struct ExplainBenchmark {
    private let folder: String
    private static let size = 256 << 20

    static func run(_ settings: Measurement.Settings) {
        let folder = "/tmp/swiftop-rbac-explain.\(getpid())"
        guard mkdir(folder, 0o700) == 0 else { return print("  no folder for the inputs: \(folder)") }
        let benchmark = ExplainBenchmark(folder: folder)
        defer {
            for name in ["quiet.log", "loud.log", "words"] { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
        benchmark.write("quiet.log", refusals: false)
        benchmark.write("loud.log", refusals: true)
        benchmark.row("explain, a log without refusals", megabytes: 256, benchmark.scan("quiet.log"))
        benchmark.row("explain, a refusal every tenth line", megabytes: 256, benchmark.scan("loud.log"))
        benchmark.grep()
        benchmark.processes()
    }

    /// The whole command over the same logs.
    private func processes() {
        let measurement = ProcessMeasurement()
        let binary = ProcessMeasurement.program("swiftop-rbac")
        guard access(binary, X_OK) == 0 else { return print("  no program at \(binary)") }
        let logs = ["quiet.log", "loud.log"]
        let figures = measurement.measure(logs.map { [binary, "explain", "-q", "-f", "\(folder)/\($0)"] }, runs: 5)
        for (log, figures) in zip(logs, figures) {
            let speed = Int(Double(Self.size >> 20) / figures.processor * 1000)
            measurement.row("swiftop-rbac explain -f \(log)", figures)
            print("    \(speed) MB/s of processor time")
        }
    }

    private func scan(_ name: String) -> Double {
        median { () -> Int in
            var scanner = LogScanner(lookup: ResourceLookup(.builtin))
            try? scanner.scan(path: "\(folder)/\(name)")
            return scanner.found().entries.count
        }
    }

    /// The peer: GNU grep counting the lines with any of the words, over the same file.
    private func grep() {
        let words = ["orbidden", "nauthorized", "\" cannot", "denied the request", "to sync", "no matches for kind"]
        guard let file = fopen("\(folder)/words", "w") else { return }
        fputs(words.joined(separator: "\n"), file)
        fclose(file)
        let command = "LC_ALL=C grep -c -F -f \(folder)/words \(folder)/quiet.log > /dev/null"
        row("grep -c -F with six of the words, the same log", megabytes: 256, median { Int(system(command)) })
    }

    private func median(_ body: () -> Int) -> Double {
        let times = (0..<5).map { _ in
            let start = now()
            _ = body()
            return now() - start
        }
        return times.sorted()[2]
    }

    private func row(_ name: String, megabytes: Int, _ seconds: Double) {
        let padded = name + String(repeating: " ", count: max(1, 60 - name.count))
        print("  \(padded)\(Int(Double(megabytes) / seconds)) MB/s")
    }

    private func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func write(_ name: String, refusals: Bool) {
        guard let file = fopen("\(folder)/\(name)", "w") else { return }
        defer { fclose(file) }
        var block = ""
        for number in 0..<1_000 {
            block +=
                "{\"level\":\"info\",\"ts\":\"2026-07-13T10:02:13Z\",\"msg\":\"Reconciling\",\"controller\":\"web\",\"namespace\":\"demo\",\"name\":\"web-\(number)\",\"reconcileID\":\"69d637b5-0000-441f-9fd3-000000000000\"}\n"
            if refusals, number % 10 == 0 {
                block +=
                    "{\"level\":\"error\",\"msg\":\"Reconciler error\",\"error\":\"pods \\\"web-\(number)\\\" is forbidden: User \\\"system:serviceaccount:demo:op\\\" cannot get resource \\\"pods\\\" in API group \\\"\\\" in the namespace \\\"demo\\\"\"}\n"
            }
        }
        var written = 0
        while written < Self.size {
            fputs(block, file)
            written += block.utf8.count
        }
    }
}
