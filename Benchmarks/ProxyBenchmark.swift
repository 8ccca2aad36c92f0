#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What lies between a program and a real API server on this machine: nothing, `record`, and `kubectl proxy`, each in turn,
/// so that what else the machine does falls on all of them alike.
struct ProxyBenchmark {
    private let binary: String
    private let h2load: String
    private let server: BenchmarkServer
    private let path = "/api/v1/namespaces/default"

    static func run() {
        let binary = ProcessMeasurement.program("swiftop-rbac")
        guard access(binary, X_OK) == 0 else {
            return print("  no program at \(binary); build it: swift build -c release --static-swift-stdlib")
        }
        guard let h2load = ProcessMeasurement.find("h2load") else {
            return print("  left out: h2load is not on the PATH (Debian: nghttp2-client)")
        }
        guard let server = BenchmarkServer.start(binary) else {
            return print("  left out: no API server (KUBEBUILDER_ASSETS with etcd and kube-apiserver)")
        }
        defer { server.stop() }
        let benchmark = ProxyBenchmark(binary: binary, h2load: h2load, server: server)
        print("a real API server, GET of a namespace, medians of rounds in turn")
        benchmark.throughput(rounds: 9, requests: 3_000)
        benchmark.latency(rounds: 9, requests: 400)
        benchmark.watches(count: 1_000, seconds: 20)
        benchmark.largeList(objects: 520)
    }

    private func session() -> RecordedSession? {
        let session = RecordedSession(binary, kubeconfig: server.kubeconfig)
        if session == nil { print("  `record` did not come up") }
        return session
    }

    // MARK: - Requests a second

    private func throughput(rounds: Int, requests: Int) {
        guard let kubectl = server.kubectl else { return print("  kubectl is not on the PATH: no peer") }
        guard let session = session() else { return }
        let port = BenchmarkServer.freePort()
        let peer = ProcessMeasurement.start(
            [kubectl, "proxy", "--kubeconfig", server.kubeconfig, "--port", "\(port)"]
        )
        defer { _ = ProcessMeasurement.end(peer) }
        sleep(1)
        let ways = [
            Way("directly, HTTP/2, 8 streams", ["-c", "1", "-m", "8"], server.address, server.token),
            Way("through record, HTTP/2, 8 streams", ["-c", "1", "-m", "8"], session.address, session.token),
            Way("through kubectl proxy, 8 connections", ["--h1", "-c", "8"], "http://127.0.0.1:\(port)", nil),
        ]
        var rates = ways.map { _ in [Double]() }
        for round in 0...rounds {
            for (index, way) in ways.enumerated() {
                let run = H2Load(h2load, way.options + ["-n", "\(requests)"], way.address + path, token: way.token)
                guard run.succeeded == requests else { return print("  \(way.name): \(run.succeeded) of \(requests)") }
                // The first is for caches and connections.
                if round > 0 { rates[index].append(run.rate) }
            }
        }
        let medians = rates.map { $0.sorted()[$0.count / 2] }
        for (way, median) in zip(ways, medians) { row(way.name, "\(Int(median)) requests/s") }
        print(
            "    \(hundredths(medians[1] / medians[0])) of direct (goal: at least 0.60), "
                + "\(hundredths(medians[1] / medians[2])) times kubectl proxy (goal: at least 1.20)"
        )
        row("memory of record", "\(tenths(session.end())) MiB resident at most")
    }

    private struct Way {
        let name: String
        let options: [String]
        let address: String
        let token: String?

        init(_ name: String, _ options: [String], _ address: String, _ token: String?) {
            (self.name, self.options, self.address, self.token) = (name, options, address, token)
        }
    }

    // MARK: - Latency

    private func latency(rounds: Int, requests: Int) {
        guard let session = session() else { return }
        var times: [[Double]] = [[], []]
        let log = "/tmp/swiftop-rbac-latency.\(getpid())"
        for _ in 0..<rounds {
            for (index, way) in [(server.address, server.token), (session.address, session.token)].enumerated() {
                let options = ["-c", "1", "-m", "1", "-n", "\(requests)", "--log-file=\(log)"]
                _ = H2Load(h2load, options, way.0 + path, token: way.1)
                // Start time, status, microseconds.
                times[index] += H2Load.lines(of: "cat \(log)")
                    .compactMap { $0.split(separator: "\t").last.flatMap { Double($0) } }
                unlink(log)
            }
        }
        _ = session.end()
        let medians = times.map { $0.isEmpty ? 0 : $0.sorted()[$0.count / 2] / 1000 }
        row("one GET at a time, directly", "\(hundredths(medians[0])) ms median")
        row("one GET at a time, through record", "\(hundredths(medians[1])) ms median")
        print("    \(hundredths(medians[1] - medians[0])) ms more (goal: at most 0.30)")
    }

    // MARK: - Memory

    /// Watches of one object that changes once a second.
    private func watches(count: Int, seconds: Int) {
        guard let kubectl = server.kubectl, let session = session() else { return }
        let own = "'\(kubectl)' --kubeconfig '\(server.kubeconfig)'"
        let object = server.write(
            "watched.json",
            #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"watched"}}"#
        )
        let change = "\(own) annotate configmap watched --overwrite time=$(date +%s)"
        let writer = ProcessMeasurement.start(
            ["/bin/sh", "-c", "\(own) create -f \(object); while sleep 1; do \(change); done"]
        )
        sleep(2)
        let run = H2Load(
            h2load,
            ["-c", "4", "-m", "\(count / 4)", "-n", "\(count)"],
            session.address
                + "/api/v1/namespaces/default/configmaps?watch=1&fieldSelector=metadata.name=watched&timeoutSeconds=\(seconds)",
            token: session.token
        )
        _ = ProcessMeasurement.end(writer)
        row("\(count) watches, an event a second each", "\(tenths(session.end())) MiB resident at most (goal: 150)")
        print(
            "    \(run.succeeded) watches of \(seconds) s ended well, with \(run.bytes / count / seconds) bytes a second each"
        )
    }

    private func largeList(objects: Int) {
        let object =
            #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"large-"},"data":{"text":""#
            + String(repeating: "0123456789abcdef", count: 62_500) + #""}}"#
        let file = server.write("large.json", object)
        let path = "/api/v1/namespaces/kube-public/configmaps"
        let options = ["-c", "1", "-m", "2", "-n", "\(objects)", "-d", file, "-H", "content-type: application/json"]
        let filled = H2Load(h2load, options, server.address + path, token: server.token)
        guard filled.succeeded == objects else { return print("  the large list could not be made") }
        guard let session = session() else { return }
        let run = H2Load(h2load, ["-c", "1", "-m", "1", "-n", "1"], session.address + path, token: session.token)
        row("a list of \(run.bytes / 1_000_000) MB", "\(tenths(session.end())) MiB resident at most (goal: 40)")
    }

    private func row(_ name: String, _ figure: String) {
        print("  \(name)\(String(repeating: " ", count: max(1, 48 - name.count)))\(figure)")
    }
}
