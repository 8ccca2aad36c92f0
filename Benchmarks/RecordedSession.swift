#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A `record` that runs for as long as it is wanted, and the address and the token that its child would be given.
struct RecordedSession {
    let address: String
    let token: String
    private let folder: String
    private let process: pid_t

    /// `nil` where it does not come up.
    init?(_ binary: String, kubeconfig: String) {
        folder = "/tmp/swiftop-rbac-record.\(getpid())"
        guard mkdir(folder, 0o700) == 0 else { return nil }
        let child = "cat \"$KUBECONFIG\" > \(folder)/part && mv \(folder)/part \(folder)/behind && exec sleep 3600"
        process = ProcessMeasurement.start(
            [binary, "record", "--kubeconfig", kubeconfig, "--trace-file", "\(folder)/trace.jsonl", "--"]
                + ["/bin/sh", "-c", child]
        )
        for _ in 0..<500 where access("\(folder)/behind", R_OK) != 0 { usleep(10_000) }
        let words = H2Load.lines(of: "tr -d '{}\"'\"'\" < \(folder)/behind")
            .flatMap { $0.split { " ,".contains($0) } }
        func value(after key: String) -> String? {
            words.firstIndex(of: Substring(key)).flatMap { $0 + 1 < words.count ? String(words[$0 + 1]) : nil }
        }
        guard let server = value(after: "server:"), let token = value(after: "token:") else {
            _ = ProcessMeasurement.end(process)
            Self.remove(folder)
            return nil
        }
        address = server
        self.token = token
    }

    /// Ends it; the most memory that it had, in MiB.
    func end() -> Double {
        let usage = ProcessMeasurement.end(process)
        Self.remove(folder)
        return Double(usage.ru_maxrss) / 1024
    }

    private static func remove(_ folder: String) {
        for name in ["trace.jsonl", "behind", "part"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }
}
