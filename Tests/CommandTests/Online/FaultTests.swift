import Foundation
import Synchronization
import TestSupport
import Testing

/// What goes wrong between `check` and a server: what was found is printed, the rest is unknown with its reason, the exit
/// status is the contract's, and nothing waits past its time.
@Suite(.enabled(if: StandInTLS.isAvailable, "no OpenSSL to serve TLS with"))
struct FaultTests {
    private let project: OnlineProject
    private let api = StandInAPI { StandInAPI.Decision($0["resource"] == "secrets", reason: "by the stand-in") }

    init() throws { project = try OnlineProject(calls: 60) }

    private func server(_ certificate: String = "server", _ handler: @escaping StandInServer.Handler) throws
        -> StandInServer
    {
        let tls = Repository.fixtures.appending(path: "tls")
        return try StandInServer(
            tls: StandInTLS(
                certificate: tls.appending(path: "\(certificate).pem"),
                key: tls.appending(path: "\(certificate).key")
            ),
            handler: handler
        )
    }

    /// Reviews are answered by `fault`, with the number of the review; everything else by the stand-in.
    private func faulty(_ fault: @escaping @Sendable (StandInServer.Request, Int) -> StandInServer.Reply?) throws
        -> StandInServer
    {
        let api = api
        let count = Mutex(0)
        return try server { request in
            guard request.path.hasSuffix("accessreviews") else { return api.reply(to: request) }
            let number = count.withLock { count in
                count += 1
                return count
            }
            return fault(request, number) ?? api.reply(to: request)
        }
    }

    private func check(_ server: StandInServer, timeout: String = "20s") throws -> OnlineProject.Outcome {
        try project.connect(to: server.address)
        return try project.run(["check", "--identity", "self", "--request-timeout", timeout])
    }

    /// The manifests lack the ConfigMaps, whatever the server says.
    private func expectFound(_ report: Report, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(report.finding("rule-missing") != nil, sourceLocation: sourceLocation)
        #expect(report.summary.requirements == 61, sourceLocation: sourceLocation)
    }

    private func expectWhole(_ outcome: OnlineProject.Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
        expectFound(outcome.report, sourceLocation: sourceLocation)
        #expect(outcome.status == 1, sourceLocation: sourceLocation)
        #expect(outcome.report.own("allowed") == 60, sourceLocation: sourceLocation)
        #expect(outcome.report.own("denied") == 1, sourceLocation: sourceLocation)
        #expect(outcome.report.errors.isEmpty, "\(outcome.report.errors)", sourceLocation: sourceLocation)
    }

    /// Nothing could be asked.
    private func expectNothing(
        _ outcome: OnlineProject.Outcome,
        _ stage: String,
        _ message: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectFound(outcome.report, sourceLocation: sourceLocation)
        #expect(outcome.status == 3, sourceLocation: sourceLocation)
        #expect(outcome.report.own("unknown") == 61, sourceLocation: sourceLocation)
        #expect(outcome.report.summary.unknown == 60, sourceLocation: sourceLocation)
        #expect(
            outcome.report.errors.contains { $0.stage == stage && $0.message.contains(message) },
            "\(outcome.report.errors)",
            sourceLocation: sourceLocation
        )
        let unknown = outcome.report.finding("unknown")?.evidence.joined() ?? ""
        #expect(unknown.contains(message), "\(unknown)", sourceLocation: sourceLocation)
    }

    @Test func allIsWell() throws {
        let api = api
        let outcome = try check(server { api.reply(to: $0) })
        expectWhole(outcome)
        #expect(outcome.errors.isEmpty)
    }

    @Test func goneBefore() throws {
        let port = try StandInServer.freePort()
        try project.connect(to: "https://127.0.0.1:\(port)")
        let outcome = try project.run(["check", "--identity", "self"])
        expectNothing(outcome, "connection", "connection to `127.0.0.1:\(port)` refused: nothing listens there")
    }

    @Test func goneDuring() throws {
        let box = Box()
        let server = try faulty { _, number in
            if number == 30 { box.server.withLock { $0 }?.stop() }
            return nil
        }
        box.server.withLock { $0 = server }
        defer { box.server.withLock { $0 = nil } }
        let outcome = try check(server)
        expectFound(outcome.report)
        #expect(outcome.status == 1)
        #expect((10...50).contains(outcome.report.own("allowed")))
        #expect(outcome.report.own("unknown") >= 10)
        #expect(outcome.report.errors.contains { $0.stage == "review" })
        #expect(outcome.report.finding("unknown")?.severity == "warning")
    }

    @Test func everyThirdRequestIsReset() throws {
        let outcome = try check(faulty { _, number in number % 3 == 0 ? .reset : nil })
        expectFound(outcome.report)
        #expect(outcome.status == 1)
        #expect(outcome.report.own("unknown") <= 5)
    }

    @Test func busyForTwoSeconds() throws {
        let start = ContinuousClock.now
        let server = try faulty { _, _ in
            guard ContinuousClock.now - start < .seconds(2) else { return nil }
            return .text("Too many requests, please try again later.\n", status: 429, headers: ["Retry-After: 1"])
        }
        expectWhole(try check(server))
    }

    @Test func internalErrorsThatPass() throws {
        expectWhole(try check(faulty { _, number in number <= 40 ? .text("oh\n", status: 500) : nil }))
    }

    @Test func internalErrorsThatStay() throws {
        let outcome = try check(faulty { _, _ in .text("etcd is gone\n", status: 500) })
        expectNothing(outcome, "review", "the server answered 500: etcd is gone")
    }

    @Test func aHungRequest() throws {
        let outcome = try check(faulty { _, number in number == 7 ? .hang : nil }, timeout: "2s")
        expectFound(outcome.report)
        #expect(outcome.status == 1)
        #expect(outcome.report.own("unknown") == 1)
        #expect(outcome.report.errors.first?.message.contains("within 2 s") == true)
    }

    @Test func everythingHangs() throws {
        let start = ContinuousClock.now
        let outcome = try check(server { _ in .hang }, timeout: "1s")
        expectNothing(outcome, "connection", "no answer from")
        // Not once for each of the calls.
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test(arguments: ["<html>log in first</html>", "{\"kind\":\"SubjectAcc", "", "[]", "{\"kind\":\"Pod\"}"])
    func anAnswerThatIsNone(_ body: String) throws {
        let outcome = try check(
            faulty { _, _ in .response(status: 200, headers: ["Content-Type: text/html"], body: Data(body.utf8)) }
        )
        expectNothing(outcome, "review", "the answer cannot be understood")
    }

    @Test func truncatedAnswers() throws {
        let outcome = try check(faulty { _, number in number % 10 == 0 ? .truncated(body: Data("{\"ki".utf8)) : nil })
        expectFound(outcome.report)
        #expect(outcome.report.own("unknown") <= 2)
    }

    @Test func anExpiredCertificate() throws {
        let api = api
        let outcome = try check(server("expired") { api.reply(to: $0) })
        expectNothing(outcome, "connection", "has expired")
    }

    @Test func refusedCredentials() throws {
        let outcome = try check(server { _ in .json(["kind": "Status", "code": 401], status: 401) })
        expectFound(outcome.report)
        #expect(outcome.status == 3)
        #expect(outcome.report.finding("unauthenticated")?.severity == "error")
        #expect(outcome.report.errors.first?.message.contains("(401): token of user `u` in kubeconfig:") == true)
    }

    /// The plugin's first token is good for the first words and twenty reviews.
    @Test func unauthorizedInTheMiddle() throws {
        try project.folder.write(
            "plugin",
            """
            #!/bin/sh
            echo x >> count
            echo "plugin was here" >&2
            n=$(wc -l < count | tr -d ' ')
            echo "{\\"kind\\":\\"ExecCredential\\",\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\
            \\"status\\":{\\"token\\":\\"\(OnlineProject.token)-$n\\"}}"
            """,
            isExecutable: true
        )
        let api = api
        let server = try faulty { request, number in
            request.header("authorization") == "Bearer \(OnlineProject.token)-\(number <= 20 ? 1 : 2)"
                ? api.reply(to: request) : .json(["kind": "Status", "code": 401], status: 401)
        }
        try project.connect(
            to: server.address,
            user: "exec: {command: ./plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}"
        )
        let outcome = try project.run(["check", "--identity", "self"])
        expectWhole(outcome)
        #expect(outcome.errors == "plugin was here\nplugin was here\n")
    }

    /// The first questions go out together, and all of them are refused.
    @Test func unauthorizedFromTheFirst() throws {
        try project.folder.write(
            "plugin",
            """
            #!/bin/sh
            echo x >> count
            n=$(wc -l < count | tr -d ' ')
            echo "{\\"kind\\":\\"ExecCredential\\",\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\
            \\"status\\":{\\"token\\":\\"\(OnlineProject.token)-$n\\"}}"
            """,
            isExecutable: true
        )
        let api = api
        let server = try server { request in
            request.header("authorization") == "Bearer \(OnlineProject.token)-1"
                ? .json(["kind": "Status", "code": 401], status: 401) : api.reply(to: request)
        }
        try project.connect(
            to: server.address,
            user: "exec: {command: ./plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}"
        )
        expectWhole(try project.run(["check", "--identity", "self"]))
        #expect(try project.folder.read("count").count == "x\nx\n".count)
    }

    /// What discovery did not tell is not called not served, and that it did not is said.
    @Test(arguments: ["/apis", "/api"], [503, 401, 404, 200])
    func discoveryInPart(_ path: String, _ status: Int) throws {
        let api = StandInAPI { _ in .init(true) }
        let server = try server { request in
            guard request.path == path else { return api.reply(to: request) }
            return status == 200 ? .json(["kind": "Status"]) : .text("no\n", status: status)
        }
        try project.connect(to: server.address)
        let needs = ["--need", "get secrets -n demo", "--need", "create deployments.apps -n demo"]
        let outcome = try project.run(["check", "-r", "role.yaml", "--identity", "self"] + needs)
        let codes = outcome.report.findings.map(\.code)
        #expect(!codes.contains { $0.hasSuffix("not-served") }, "\(codes)")
        #expect(outcome.report.requirements.allSatisfy { $0.effective.`self` == "allowed" })
        #expect(outcome.report.errors.count == 1)
        let failure = outcome.report.errors.first
        #expect(failure?.stage == "discovery" && failure?.message.hasPrefix("\(path): ") == true)
    }

    /// Who asks is one question; what they may do are others.
    @Test(arguments: [200, 403, 503])
    func whoIsAskingIsNotTold(_ status: Int) throws {
        let api = api
        let server = try server { request in
            guard request.path.hasSuffix("/selfsubjectreviews") else { return api.reply(to: request) }
            return .text("<html>\n", status: status)
        }
        try project.connect(to: server.address)
        let outcome = try project.run(["check", "--identity", "self", "--request-timeout", "3s"])
        #expect(outcome.status == 1)
        #expect(outcome.report.own("allowed") == 60)
        let failure = try #require(outcome.report.errors.first)
        #expect(failure.stage == "review" && failure.message.hasPrefix("who you are could not be found out: "))
        // Nothing else was asked, so nothing was answered.
        try project.folder.write("empty.jsonl", #"{"apiVersion":"swiftop.dev/v1","kind":"PermissionTrace"}"# + "\n")
        let asked = ["check", "-t", "empty.jsonl", "--identity", "self", "--request-timeout", "3s"]
        #expect(try project.run(asked).status == 3)
    }

    /// A list that is none does not say that nothing is there.
    @Test(arguments: ["{}", "{\"kind\":\"Status\"}", "[]"])
    func listsThatAreNone(_ body: String) throws {
        let api = api
        let server = try server { request in
            guard request.path.hasPrefix("/apis/rbac.") else { return api.reply(to: request) }
            return .response(status: 200, headers: ["Content-Type: application/json"], body: Data(body.utf8))
        }
        try project.connect(to: server.address)
        let outcome = try project.text(["diff", "role.yaml", "cluster"])
        #expect(outcome.status == 3)
        #expect(outcome.output.contains("nothing was compared"), "\(outcome.output)")
        #expect(!outcome.output.contains("is not in the cluster"))
    }

    /// What answers everything with anything is no API server.
    @Test(arguments: ["[]", "{}", "{\"kind\":\"Status\"}"])
    func noAPIServer(_ body: String) throws {
        let server = try server { _ in
            .response(status: 200, headers: ["Content-Type: application/json"], body: Data(body.utf8))
        }
        try project.connect(to: server.address)
        let outcome = try project.text(["whoami"])
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("does `server` name an API server?"))
        #expect(outcome.output.isEmpty)
    }

    @Test func aMissingPlugin() throws {
        try project.connect(
            to: "https://127.0.0.1:1",
            user: "exec: {command: no-such-plugin, apiVersion: client.authentication.k8s.io/v1, "
                + "interactiveMode: Never, installHint: apt-get install it}"
        )
        let outcome = try project.run(["check", "--identity", "self"])
        #expect(outcome.status == 3)
        expectFound(outcome.report)
        #expect(
            outcome.report.errors.map(\.message) == [
                "the credential plugin `no-such-plugin` is not installed, or not in PATH\n"
                    + "  hint: the kubeconfig says: apt-get install it"
            ]
        )
    }

    /// The first questions leave while files are read, but not where a plugin would have to be run for them.
    @Test func whatIsWrongWithFilesIsToldBeforeAPluginRuns() throws {
        try project.folder.write("plugin", "#!/bin/sh\ntouch ran\nexit 1\n", isExecutable: true)
        try project.folder.write("broken.yaml", "kind: [\n")
        try project.connect(
            to: "https://127.0.0.1:1",
            user: "exec: {command: ./plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}"
        )
        let broken = try project.run(["check", "-r", "broken.yaml"])
        #expect(broken.status == 2)
        #expect(broken.errors.hasPrefix("broken.yaml:2:1: error: "))
        #expect(throws: (any Error).self) { try project.folder.read("ran") }
        #expect(try project.run(["check"]).status == 3)
        #expect(throws: Never.self) { try project.folder.read("ran") }
    }

    @Test func aProxyThatRefuses() throws {
        let proxy = try StandInServer { _ in .text("no", status: 403) }
        let authority = Repository.fixtures.appending(path: "tls/ca.pem").path
        try project.connect(
            to: "https://api.test:6443",
            cluster: "certificate-authority: '\(authority)', "
                + "proxy-url: 'http://me:\(OnlineProject.password)@127.0.0.1:\(proxy.port)'"
        )
        let outcome = try project.run(["check", "--identity", "self"])
        expectNothing(
            outcome,
            "connection",
            "the proxy `http://127.0.0.1:\(proxy.port)` did not let the connection through: it answered with status 403"
        )
        #expect(proxy.requests.allSatisfy { $0.method == "CONNECT" && $0.header("authorization") == nil })
    }

    /// One cluster that is gone takes nothing from the other.
    @Test func severalClusters() throws {
        let api = api
        let server = try server { api.reply(to: $0) }
        let port = try StandInServer.freePort()
        let authority = Repository.fixtures.appending(path: "tls/ca.pem").path
        try project.folder.write(
            "kubeconfig",
            """
            clusters:
            - {name: a, cluster: {server: '\(server.address)', certificate-authority: '\(authority)'}}
            - {name: b, cluster: {server: 'https://127.0.0.1:\(port)'}}
            users:
            - {name: u, user: {token: \(OnlineProject.token)}}
            contexts:
            - {name: a, context: {cluster: a, user: u}}
            - {name: b, context: {cluster: b, user: u}}
            """
        )
        struct List: Decodable {
            var kind: String
            var items: [Report]
        }
        let outcome = try project.text([
            "check", "--identity", "self", "--context", "b", "--context", "a", "-o", "json",
        ])
        let list = try JSONDecoder().decode(List.self, from: Data(outcome.output.utf8))
        #expect(outcome.status == 3)
        #expect(list.kind == "CheckReportList")
        #expect(list.items.map { $0.own("allowed") } == [0, 60])
        #expect(list.items.map { $0.own("unknown") } == [61, 0])
        #expect(list.items.map(\.server?.url) == ["https://127.0.0.1:\(port)", server.address])
    }

    private final class Box: Sendable {
        let server = Mutex<StandInServer?>(nil)
    }
}
