import Foundation
import RBAC
import Syntax
import TestSupport
import Testing
import Traces

/// Evidence that others wrote: clouds' wrappers around audit events, logs of clients, HTTP archives, compressed files.
@Suite struct ImportTests {
    private static func fixture(_ name: String) -> URL { Repository.fixtures.appending(path: "traces/\(name)") }

    // MARK: - Clouds

    private static let account = "system:serviceaccount:shop:op"
    private static let calls = [
        "\(account): list pods ×1 [200: 1]", "\(account): get secrets -n shop tls ×1 [403: 1]",
        "\(account): update deployments/status.apps -n shop web ×1 [200: 1]",
    ]

    /// The same four events, one of them impersonated, in all that is put around events.
    @Test(arguments: [
        "azure-aksaudit.json", "azure-blob.jsonl", "azure-event-hub.json", "azure-log-analytics.json",
        "cloudwatch-export.log", "cloudwatch-filter-log-events.json", "cloudwatch-firehose.json",
        "cloudwatch-insights-download.json", "cloudwatch-insights.json", "cloudwatch-tail.log", "container.log",
        "docker.jsonl", "webhook-batches.jsonl",
    ])
    func takesEventsOutOfWhatCloudsPutAroundThem(file: String) throws {
        let trace = try TraceReader.read(Self.fixture("cloud/\(file)").path)
        let expected =
            Self.calls + [
                "\(Self.account): watch pods ×0 (informer)",
                "\(Self.account): create pods/exec -n shop web-0 ×1 [101: 1]",
            ]
        #expect(Set(trace.summaries) == Set(expected))
        let secret = try #require(trace.requirements.requirements.first { $0.attributes.resource == "secrets" })
        #expect(secret.message?.hasPrefix(#"secrets "tls" is forbidden: User"#) == true)
        #expect(secret.first == "2026-11-24T08:00:02.000000Z")
        #expect(secret.userAgents == ["op/v0.3 (linux/amd64)"])
        #expect(trace.records == 4)
    }

    /// Google tells neither the query nor a status that is no error.
    @Test(arguments: ["cloud-logging.json", "cloud-logging.jsonl"])
    func readsGooglesAuditLogs(file: String) throws {
        let trace = try TraceReader.read(Self.fixture("cloud/\(file)").path)
        let exec = "\(Self.account): create pods/exec -n shop web-0 ×1 [200: 1]"
        #expect(Set(trace.summaries) == Set(Self.calls + [exec]))
        let secret = try #require(trace.requirements.requirements.first { $0.attributes.resource == "secrets" })
        #expect(secret.message?.hasPrefix(#"secrets "tls" is forbidden: User"#) == true)
        #expect(secret.userAgents == ["op/v0.3 (linux/amd64)"])
    }

    @Test func countsWhatIsNoEvent() throws {
        func warnings(_ file: String) throws -> [String] {
            let path = Self.fixture("cloud/\(file)").path
            return try TraceReader.read(path).warnings.map { $0.replacingOccurrences(of: path, with: file) }
        }
        #expect(try warnings("azure-blob.jsonl") == ["1 line was not an audit event; first at azure-blob.jsonl:3"])
        #expect(try warnings("container.log") == ["1 line was not an audit event; first at container.log:3"])
        #expect(try warnings("docker.jsonl") == [])
        let events = try String(contentsOf: Self.fixture("audit.jsonl"), encoding: .utf8)
        let lines = events.split(separator: "\n")
        let broken: [Substring] = [
            lines[1], lines[2].prefix(300), "restarted", lines[3],
            "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",", "",
        ]
        let trace = try readTrace(broken.joined(separator: "\n"))
        #expect(trace.warnings == ["3 lines were not audit events; first at trace:2"])
        #expect(trace.records == 2)
    }

    // MARK: - Clients

    @Test(
        arguments: [
            ("klog-1.27-v6.log", 403, nil, 1), ("klog-1.33-v9.log", 403, nil, 0), ("zap.log", 403, nil, 0),
            ("python-urllib3.log", 403, 200, 1), ("browser.har", 403, nil, 1),
            // Two requests were open when an answer came: whose it is cannot be told.
            ("klog-1.27-v8.log", nil, nil, 0),
        ] as [(String, Int?, Int?, Int)]
    )
    func readsTheRequestsThatClientsLog(file: String, patch: Int?, get: Int?, warnings: Int) throws {
        let trace = try TraceReader.read(Self.fixture("clients/\(file)").path)
        let found = trace.requirements.requirements
        func calls(_ status: Int?) -> String { "×1" + (status.map { " [\($0): 1]" } ?? "") }
        let user = file == "browser.har" ? "\(Self.account): " : ""
        #expect(
            Set(found.map(summary)) == [
                "list pods -n shop ×1 [200: 1]", "\(user)patch deployments.apps -n shop web \(calls(patch))",
                "get configmaps -n shop c \(calls(get))",
            ]
        )
        #expect(trace.warnings.count == warnings, "\(trace.warnings)")
        #expect(trace.warnings.allSatisfy { $0.contains("1 request was not to a Kubernetes API") })
    }

    @Test func keepsNoSecretOfAnArchive() throws {
        let trace = try TraceReader.read(Self.fixture("clients/browser.har").path)
        let text = TraceWriter.lines(trace.requirements.requirements, tool: "test")
        #expect(!text.contains("not-to-be-kept") && !text.contains("PodList"))
        #expect(text.contains("op/v0.3") && text.contains("2024-05-20T12:00:00.200+00:00"))
    }

    @Test(.enabled(if: SharedCorpus.isPresent, "reference data not there"))
    func readsWhatKubectlReallyLogged() throws {
        let url = try SharedCorpus.path("recorded/kubectl-verbose.log")
        let trace = try TraceReader.read(url.path)
        let expected = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").count {
            $0.contains("\"Response\" verb=") || $0.contains("\"Request\" verb=")
        }
        #expect(trace.records == expected)
        let secrets = trace.summaries.filter { $0.contains("secrets") }
        #expect(secrets == ["list secrets ×2 [403: 2]"])
        #expect(trace.summaries.contains("get pods -n demo p ×2 [403: 2]"))
    }

    @Test func saysWhenNothingButTheReceptionWasLogged() throws {
        let event =
            #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"RequestReceived","auditID":"a","verb":"get","requestURI":"/api"}"#
        let trace = try readTrace(event + "\n")
        #expect(trace.requirements.isEmpty)
        #expect(trace.warnings.count == 1 && trace.warnings[0].contains("ResponseComplete"))
    }

    // MARK: - Refusals in texts

    private static let forbidden =
        #"secrets "tls" is forbidden: User "system:serviceaccount:shop:op" cannot get resource "secrets" in API group "" in the namespace "shop""#

    private static var quoted: String { forbidden.replacing("\"", with: "\\\"") }

    @Test func takesRefusalsFromTextsAndAnswers() throws {
        let call = "\(Self.account): get secrets -n shop tls"
        let status =
            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"\(Self.quoted)\",\"code\":403}"
        let forms = [
            "Error from server (Forbidden): \(Self.forbidden)\n", status, status.replacing(",", with: ",\n"),
            "kind: Status\napiVersion: v1\nmessage: '\(Self.forbidden)'\ncode: 403\n",
            "E1123 08:52:24.963701 1 op.go:46] \"Reconciler error\" err=\"\(Self.quoted)\"\n",
            #"{"level":"error","msg":"Reconciler error","error":"\#(Self.quoted)"}"# + "\n",
            "{\n\"@timestamp\": \"2026-11-24T08:00:00Z\",\n\"error\": \"\(Self.quoted)\"\n}\n",
        ]
        for form in forms {
            let trace = try readTrace(form)
            #expect(trace.summaries == ["\(call) ×1 [403: 1]"], "\(form)")
            #expect(trace.requirements.requirements.first?.message == Self.forbidden)
        }
        let reflector = forms[4].replacing(
            "op.go:46] \"Reconciler error\"",
            with: "reflector.go:166] \"Failed to watch\""
        )
        .replacing("err=\"", with: "err=\"failed to list *v1.Secret: ")
        .replacing(" get ", with: " list ").replacing("secrets \\\"tls\\\"", with: "secrets")
        #expect(
            Set(try readTrace(reflector).summaries) == [
                "\(Self.account): list secrets -n shop ×1 [403: 1]",
                "\(Self.account): watch secrets -n shop ×0 (informer)",
            ],
            "an informer's list needs the watch"
        )
        let since = TraceFilter(since: Timestamp(secondsSince1970: 0))
        let untimed = try readTrace(forms[0], filter: since)
        #expect(untimed.requirements.isEmpty && untimed.warnings == ["trace: 1 record says no time and was left out"])
        let answered =
            "I1 1 round_trippers.go:632] \"Response\" verb=\"GET\" url=\"https://127.0.0.1:6443/api/v1/namespaces/shop/secrets/tls\" status=\"403 Forbidden\"\n"
        #expect(
            try readTrace(answered + forms[0]).summaries == ["get secrets -n shop tls ×1 [403: 1]"],
            "one call, told twice"
        )
        let open = answered.replacing(" status=\"403 Forbidden\"", with: "").replacing("Response", with: "Request")
        #expect(try readTrace(open + forms[0]).summaries == ["get secrets -n shop tls ×1 [403: 1]"])
    }

    /// `kubectl get events -o yaml`, and an object whose condition says it: on one line, on several, wrapped.
    @Test func takesRefusalsFromObjects() throws {
        let event =
            "{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"reason\":\"FailedCreate\",\"message\":\"Error creating: \(Self.quoted)\"}"
        let events = "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\(event),\(event)]}"
        let condition =
            "{\"apiVersion\":\"example.org/v1\",\"kind\":\"App\",\"status\":{\"conditions\":[{\"message\":\"\(Self.quoted)\"}]}}"
        let yaml = "apiVersion: v1\nkind: List\nitems:\n- kind: Event\n  message: 'Error creating: \(Self.forbidden)'\n"
        let wrapped = yaml.replacing(" cannot get", with: "\n    cannot get").replacing(" in the", with: "\n    in the")
        let forms = [event, events, condition, yaml, wrapped]
        let indented = [event, events, condition].map {
            $0.replacing(",\"", with: ",\n  \"").replacing("{", with: "{\n")
        }
        for form in forms + indented {
            let trace = try readTrace(form + "\n")
            #expect(trace.requirements.requirements.map(\.attributes.resource) == ["secrets"], "\(form)")
            #expect(trace.users.keys.sorted() == [Self.account], "\(form)")
        }
        // What was meant for another flag is still told so.
        #expect(try traceError("apiVersion: v1\nkind: Pod\n")?.message == "a `Pod` is no trace")
    }

    // MARK: - What implies more

    /// The request was allowed; what it asked for further in was not.
    @Test func anUpdateRefusedForWhatItWouldDoNeedsThat() throws {
        func event(_ verb: String, _ uri: String, _ message: String) -> String {
            "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"stage\":\"ResponseComplete\",\"requestURI\":\"\(uri)\","
                + "\"verb\":\"\(verb)\",\"user\":{\"username\":\"u\"},\"responseStatus\":{\"code\":403,\"message\":\"\(message)\"},"
                + "\"annotations\":{\"authorization.k8s.io/decision\":\"allow\"}}"
        }
        let create =
            #"configmaps \"a\" is forbidden: User \"u\" cannot create resource \"configmaps\" in API group \"\" in the namespace \"n\""#
        let escalation =
            #"roles.rbac.authorization.k8s.io \"r\" is forbidden: user \"u\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\"]}"#
        let trace = try readTrace(
            event("patch", "/api/v1/namespaces/n/configmaps/a", create) + "\n"
                + event("create", "/apis/rbac.authorization.k8s.io/v1/namespaces/n/roles", escalation) + "\n"
                + event("create", "/api/v1/namespaces/n/pods", #"exceeded quota"#)
        )
        #expect(
            Set(trace.summaries) == [
                "u: patch configmaps -n n a ×1 [403: 1]",
                "u: create configmaps -n n a ×0 [403: 1] (asked for by patch configmaps)",
                "u: create roles.rbac.authorization.k8s.io -n n ×1 [403: 1]",
                "u: get secrets -n n ×0 [403: 1] (asked for by create roles)",
                "u: list secrets -n n ×0 [403: 1] (asked for by create roles)", "u: create pods -n n ×1 [403: 1]",
            ]
        )
    }

    /// The API server asks for `create` where an update or a patch makes the object.
    @Test func anUpdateThatCreatesNeedsToCreate() throws {
        let trace = try readTrace(
            """
            {"method":"PATCH","path":"/api/v1/namespaces/n/configmaps/a?fieldManager=x","status":201}
            {"method":"PATCH","path":"/api/v1/namespaces/n/secrets/a?fieldManager=x","status":200}
            {"method":"POST","path":"/api/v1/namespaces/n/pods","status":201}
            """
        )
        #expect(
            Set(trace.summaries) == [
                "patch configmaps -n n a ×1 [201: 1]", "create configmaps -n n a ×0 (created by patch)",
                "patch secrets -n n a ×1 [200: 1]", "create pods -n n ×1 [201: 1]",
            ]
        )
    }

    // MARK: - Compression

    @Test(arguments: ["audit.jsonl.gz", "audit.jsonl.zst"])
    func undoesCompression(file: String) throws {
        let plain = try TraceReader.read(Self.fixture("audit.jsonl").path)
        let trace = try TraceReader.read(Self.fixture(file).path)
        #expect(trace.summaries == plain.summaries)
        #expect(trace.records == plain.records)
        func lines(_ trace: Trace) -> [Substring?] { trace.warnings.map { $0.split(separator: ":").last } }
        #expect(lines(trace) == lines(plain), "as in the plain text")
    }

    @Test(arguments: ["audit.jsonl.gz", "audit.jsonl.zst"])
    func readsCompressedTextUpToWhereItIsCut(file: String) throws {
        let bytes = Array(try Data(contentsOf: Self.fixture(file)))
        let trace = try readTrace(Array(bytes.prefix(bytes.count - 20)))
        #expect(trace.records >= 9)
        #expect(trace.warnings.contains { $0.contains("ends in the middle") }, "\(trace.warnings)")
    }

    /// Any bytes give a trace or an error.
    @Test(arguments: ["audit.jsonl.gz", "audit.jsonl.zst"])
    func refusesBrokenCompression(file: String) throws {
        let bytes = Array(try Data(contentsOf: Self.fixture(file)))
        var errors: Set<String> = []
        for place in stride(from: 4, to: bytes.count, by: 7) {
            var broken = bytes
            broken[place] ^= 0x55
            do { _ = try readTrace(broken) } catch let error as InputError { errors.insert(error.hint) }
        }
        #expect(errors.contains { $0.contains(file.hasSuffix("gz") ? "gzip -t" : "zstd -t") }, "\(errors)")
        let trailing = #expect(throws: InputError.self) { try readTrace(bytes + [1, 2, 3]) }
        #expect(trailing?.message.contains("broken") == true)
    }

    // MARK: - Hostile

    @Test func passesOverALineOfAGibibyte() throws {
        let event = try String(contentsOf: Self.fixture("audit.jsonl"), encoding: .utf8).split(separator: "\n")[1]
        try withFile("\(event)\n{".utf8) { path in
            let length = UInt64(1 << 30)
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.truncate(atOffset: length)
            try file.seek(toOffset: length)
            try file.write(contentsOf: Data("\n\(event)\n".utf8))
            try file.close()
            let trace = try TraceReader.read(path)
            #expect(trace.records == 2)
            #expect(trace.warnings == ["1 line was longer than 16 MiB, and was skipped; first at \(path):2"])
        }
    }

    @Test func refusesWhatIsNoText() throws {
        let error = #expect(throws: InputError.self) { try TraceReader.read(CommandRunner.executable.path) }
        #expect(error?.message == "the file is binary")
        let log = try traceError("2026-11-24 starting\nnothing to see here\n")
        #expect(log?.message == "no call and no refusal is in it")
        #expect(log?.hint.contains("audit log") == true)
    }

    @Test func neverTraps() throws {
        var random = SeededGenerator(seed: 11)
        var traces = 0
        let names = ["cloud", "clients"].flatMap { folder in
            (try? FileManager.default.contentsOfDirectory(atPath: Self.fixture(folder).path))?.map { "\(folder)/\($0)" }
                ?? []
        }
        for name in names.sorted() {
            let whole = Array(try Data(contentsOf: Self.fixture(name)))
            for _ in 0..<12 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...5, using: &random) where !bytes.isEmpty {
                    let index = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.remove(at: index)
                    default: bytes.removeSubrange(index..<min(bytes.count, index + 200))
                    }
                }
                if (try? readTrace(bytes)) != nil { traces += 1 }
            }
        }
        #expect(names.count > 15 && traces > 60)
    }
}
