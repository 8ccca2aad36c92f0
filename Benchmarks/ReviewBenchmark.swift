#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Access reviews against a real API server on this machine, discovery and report included, beside the tools that people
/// would use instead: `h2load` (how fast this server answers such requests at all), `kubectl auth can-i`, and
/// `kubectl-access_matrix` (rakkess).
struct ReviewBenchmark {
    private let binary: String
    private let server: BenchmarkServer
    private var processes: ProcessMeasurement { ProcessMeasurement() }

    static func run() {
        let binary = ProcessMeasurement.program("swiftop-rbac")
        guard access(binary, X_OK) == 0 else {
            return print("  no program at \(binary); build it: swift build -c release --static-swift-stdlib")
        }
        guard let server = BenchmarkServer.start(binary) else {
            return print("  left out: no API server (KUBEBUILDER_ASSETS with etcd and kube-apiserver)")
        }
        defer { server.stop() }
        let benchmark = ReviewBenchmark(binary: binary, server: server)
        benchmark.besideH2Load(reviews: 500, runs: 15) { "\(tenths($0 - $1)) ms more than h2load (goal: at most 60)" }
        benchmark.besideH2Load(reviews: 5_000, runs: 15) {
            "\(hundredths($0 / $1)) of h2load's time (goal: at most 1.15)"
        }
        benchmark.besideCanI()
        // Last, since the many resources that are served then are in every answer of discovery.
        benchmark.besideAccessMatrix(reviews: 500, runs: 7)
        benchmark.besideAccessMatrix(reviews: 5_000, runs: 3)
    }

    /// Our own command. What is served is asked anew each time: the cache has nowhere to be.
    private func check(_ reviews: Int) -> [String] {
        let trace = server.write("trace-\(reviews).jsonl", Self.trace(reviews))
        return [
            "/usr/bin/env", "XDG_CACHE_HOME=/dev/null/none", binary, "check", "--kubeconfig", server.kubeconfig,
            "--identity", "self", "-t", trace, "-o", "json",
        ]
    }

    private func besideH2Load(reviews: Int, runs: Int, _ judge: (Double, Double) -> String) {
        let name = "check, \(reviews) reviews"
        guard let h2load = ProcessMeasurement.find("h2load") else {
            processes.row(name, processes.measure([check(reviews)], runs: runs)[0])
            return print("    h2load is not on the PATH (nghttp2-client): no peer")
        }
        let peer = [
            h2load, "-n", "\(reviews)", "-c", "1", "-m", "64", "-d", server.write("review.json", Self.review), "-H",
            "content-type: application/json", "-H", "authorization: Bearer \(server.token)",
            "\(server.address)/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        ]
        let figures = processes.measure([check(reviews), peer], runs: runs)
        processes.row(name, figures[0])
        processes.row("h2load, \(reviews) reviews, 64 at once", figures[1])
        print("    \(judge(figures[0].median, figures[1].median))")
    }

    private func besideCanI() {
        guard let kubectl = server.kubectl else { return print("  kubectl is not on the PATH: no peer") }
        let one = "'\(kubectl)' --kubeconfig '\(server.kubeconfig)' auth can-i list secrets"
        let figures = processes.measure([check(100), ["/bin/sh", "-c", "\(one); \(one)"]], runs: 7)
        processes.row("check, 100 reviews", figures[0])
        processes.row("kubectl auth can-i, twice", figures[1])
        print("    \(hundredths(figures[0].median / figures[1].median)) of the time of two (goal: less than 1)")
    }

    /// That tool asks about each verb of each resource that is served, so the server gets custom resources until that is as
    /// much as is wanted; then both ask as often.
    private func besideAccessMatrix(reviews: Int, runs: Int) {
        guard let matrix = ProcessMeasurement.find("kubectl-access_matrix"), let kubectl = server.kubectl else {
            return print("  kubectl-access_matrix is not on the PATH: no peer")
        }
        let command = [matrix, "--kubeconfig", server.kubeconfig, "--verbs", Self.verbs.joined(separator: ",")]
        func count() -> Int {
            let before = server.reviewCount(kubectl)
            _ = processes.measure([command], runs: 1)
            return server.reviewCount(kubectl) - before
        }
        let served = count()
        guard served > 0 else { return print("  kubectl-access_matrix made no review: no peer") }
        let wanted = max(0, reviews - served + Self.verbs.count - 1) / Self.verbs.count
        if wanted > 0 {
            server.create(Self.customResources(wanted, of: reviews), kubectl)
        }
        let asked = count()
        let figures = processes.measure([check(asked), command], runs: runs)
        processes.row("check, \(asked) reviews", figures[0])
        processes.row("kubectl-access_matrix, \(asked) reviews", figures[1])
        print("    \(hundredths(figures[1].median / figures[0].median)) times as fast (goal: at least 2)")
    }

    // MARK: - Inputs

    private static let review = """
        {"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":\
        {"namespace":"ns-1","verb":"get","version":"v1","resource":"secrets"}}}
        """

    /// The verbs that rakkess knows.
    private static let verbs = ["create", "get", "list", "watch", "update", "patch", "delete", "deletecollection"]

    /// Definitions in groups of 30, as a cluster with many operators has them.
    private static func customResources(_ count: Int, of name: Int) -> String {
        (0..<count).map { index in
            let group = "group\(index / 30).of\(name).example.com"
            return """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: things\(index).\(group)}
                spec:
                  group: \(group)
                  scope: Namespaced
                  names: {plural: things\(index), singular: thing\(index), kind: Thing\(index)}
                  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]

                """
        }.joined(separator: "---\n")
    }

    /// Calls that are all different, of few names each.
    private static func trace(_ count: Int) -> String {
        let verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind"]
        let resources = [
            ("", "secrets"), ("", "pods"), ("", "configmaps"), ("", "services"), ("", "events"),
            ("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("apps", "replicasets"),
            ("batch", "jobs"),
        ]
        return (0..<count).map { index in
            let (group, resource) = resources[index / 10 % 10]
            return #"{"verb":"\#(verbs[index % 10])","group":"\#(group)","version":"v1","resource":"\#(resource)","#
                + #""namespace":"ns-\#(index / 100)","name":"","status":200}"# + "\n"
        }.joined()
    }
}
