import SwiftopRBAC

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What a recorder costs the program that calls the API server, once what it calls is known.
enum RecordingBenchmark {
    static func run(_ settings: Measurement.Settings) {
        print("recording (a second of processor time on one thread, by the median of five rounds)")
        let path = "/tmp/swiftop-rbac-benchmark-\(getpid()).jsonl"
        defer { unlink(path) }
        let recorder = TraceRecorder(path: path) { print("  \($0)") }
        for (name, paths) in [("20 paths", paths(20)), ("2,000 paths", paths(2_000)), ("watches", watches)] {
            report("TraceRecorder.record, \(name) in turn", settings) { count in
                var next = 0
                for _ in 0..<count {
                    recorder.record(method: "GET", path: paths[next], status: 200)
                    next += 1
                    if next == paths.count { next = 0 }
                }
                return next
            }
        }
        do { try recorder.close() } catch { print("  \(error)") }
    }

    /// As an operator reads and writes the objects of a few kinds.
    private static func paths(_ count: Int) -> [String] {
        let kinds = ["example.com/v1", "apps/v1", "coordination.k8s.io/v1", "events.k8s.io/v1"]
        return (0..<count).map { number in
            let kind = kinds[number % kinds.count]
            return "/apis/\(kind)/namespaces/team-\(number % 7)/things/name-of-the-object-\(number / 20 % 100)/status"
        }
    }

    /// As an informer comes back: each from another version, for another time.
    private static let watches = (0..<1_000).map { number in
        "/apis/apps/v1/deployments?watch=true&allowWatchBookmarks=true&resourceVersion=\(4_711 + number)"
            + "&timeoutSeconds=\(300 + number % 300)"
    }
}
