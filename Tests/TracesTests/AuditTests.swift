import Foundation
import RBAC
import Syntax
import TestSupport
import Testing
import Traces

/// Audit events: whose permission each stands for, and how often.
@Suite struct AuditTests {
    private static var lines: [String] {
        get throws {
            try String(contentsOf: Repository.fixtures.appending(path: "traces/audit.jsonl"), encoding: .utf8)
                .split(separator: "\n").map(String.init)
        }
    }

    private static let operatorUser = "system:serviceaccount:demo:op"
    private static let expected: Set<String> = [
        "\(operatorUser): get pods -n demo web ×1 [200: 1]",
        "\(operatorUser): create deployments.apps -n demo ×1 [201: 1]",
        "\(operatorUser): create pods/eviction -n demo web ×1 [403: 1]",
        // Two streams: of the first both the start and the end are there, of the second only the end.
        "\(operatorUser): watch secrets ×2 [200: 2]",
        "\(operatorUser): list secrets ×0 (informer)",
        "bob: list nodes ×1 [200: 1]",
        "bob: create configmaps -n demo ×1 [403: 1]",
        "bob: deletecollection pods -n demo ×1 [200: 1]",
        "bob: list configmaps -n demo foo ×1 [200: 1]",
        "bob: get /readyz ×1 [200: 1]",
        "bob: patch pods -n demo web ×1 [500: 1]",
        "bob: list pods -n demo ×1 [200: 1]",
        "bob: create pods -n demo ×1 [403: 1]",
        "bob: list jobs.batch ×1 [200: 1]",
        "bob: get jobs.batch -n demo j ×1 [200: 1]",
    ]

    @Test func attributesEachEventToWhoeverWasAuthorized() throws {
        let trace = try readTrace(Self.lines.joined(separator: "\n"))
        #expect(Set(trace.summaries) == Self.expected)
        #expect(trace.users == [Self.operatorUser: 5, "bob": 10])
        #expect(trace.serviceAccounts.map(\.description) == ["demo/op"])
        #expect(trace.warnings.count == 2)
        #expect(trace.warnings.allSatisfy { $0.hasPrefix("1 event ") }, "\(trace.warnings)")
        #expect(trace.warnings.contains { $0.contains("401") && $0.hasSuffix("first at trace:8") })
        #expect(trace.warnings.contains { $0.contains("impersonation") && $0.hasSuffix("first at trace:10") })
    }

    @Test func keepsWhatARefusalSaid() throws {
        let requirements = try readTrace(Self.lines.joined(separator: "\n")).requirements.requirements
        let eviction = try #require(requirements.first { $0.attributes.subresource == "eviction" })
        #expect(eviction.message?.contains(#"cannot create resource "pods/eviction""#) == true)
        #expect(eviction.first == "2026-11-24T08:00:02Z")
        #expect(eviction.origins == ["trace:4"])
        let get = try #require(requirements.first { $0.attributes.verb == "get" && $0.attributes.resource == "pods" })
        #expect(get.userAgents == ["op/v1"])
        #expect(get.first == "2026-11-24T08:00:00.000001Z")
        #expect(get.message == nil)
        #expect(get.attributes.version == "v1")
    }

    /// The same events in every wrapping: the result is the same.
    @Test func readsListsInWhateverShape() throws {
        let lines = try Self.lines
        let objects = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] }
        let bare = objects.map { $0.filter { $0.key != "kind" && $0.key != "apiVersion" } }
        func json(_ object: Any, _ options: JSONSerialization.WritingOptions) throws -> String {
            String(decoding: try JSONSerialization.data(withJSONObject: object, options: options), as: UTF8.self)
        }
        let list: [String: Any] = [
            "kind": "EventList", "apiVersion": "audit.k8s.io/v1", "metadata": [:], "items": bare,
        ]
        let full: [String: Any] = ["kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": objects]
        let halves = [Array(objects[..<9]), Array(objects[9...])].map {
            ["kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": $0] as [String: Any]
        }
        let v1 = objects.filter { $0["apiVersion"] as? String != "audit.k8s.io/v1alpha1" }
        let shapes = [
            try json(full, []), try json(full, [.prettyPrinted, .sortedKeys]), try json(full, [.sortedKeys]),
            try json(list, [.prettyPrinted]), try json(list, []) + "\n",
            try halves.map { try json($0, []) }.joined(separator: "\n"),
            try halves.map { try json($0, [.prettyPrinted]) }.joined(separator: "\n"),
            try objects.map { try json($0, [.prettyPrinted]) }.joined(separator: "\n"),
            try json(full, [.prettyPrinted]).replacingOccurrences(of: "\n", with: "\r\n\t"),
            "{\"items\":[\n" + lines.joined(separator: ",\n")
                + "\n],\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\"}",
        ]
        for (index, shape) in shapes.enumerated() {
            #expect(Set(try readTrace(shape).summaries) == Self.expected, "shape \(index)")
        }
        #expect(v1.count == objects.count - 1)
    }

    @Test(arguments: [
        (
            "{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"items\":[\n{\"stage\":\"Panic\",\"auditID\":\"a\"},\n{\"stage\":\n",
            4, 1
        ),
        ("{\"kind\":\"EventList\",\n\"items\":[\n1]}", 3, 1),
        (
            "{\"kind\":\"EventList\",\n\"items\":[\n{\"stage\":\"Panic\",\"auditID\":\"a\"}\n{\"stage\":\"Panic\"}]}",
            4, 1
        ),
        ("{\"kind\":\"EventList\",\n\"items\":[\n{\"stage\":\"Panic\",\"auditID\":\"a\"},]}", 3, 33),
        ("{\"kind\":\"EventList\",\n\"items\":[}\n]}", 2, 10),
        ("{\n\"apiVersion\":\"v1\",\"kind\":\"Pod\"}", 2, 15),
        ("{\n\"apiVersion\":\"v1\",\"kind\":\"Pod\"}}", 2, 15),
        ("{\n\"verb\":\"get\",\"resource\":\"pods\"}\n]", 3, 1),
        ("{\n\"verb\":\"get\",\"resource\":\"pods\"}\nx", 3, 1),
    ])
    func namesThePlaceInADocument(text: String, line: Int, column: Int) throws {
        let error = try #require(try traceError(text))
        #expect(error.location?.line == line && error.location?.column == column, "\(error)")
    }

    @Test func anEmptyListIsATraceOfNoCalls() throws {
        for text in [
            "{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"items\":[]}",
            "{\n\"kind\":\"EventList\",\n\"apiVersion\":\"audit.k8s.io/v1\",\n\"items\":[\n]}",
        ] {
            #expect(try readTrace(text).requirements.isEmpty)
        }
    }

    /// A list that is longer than the reader's window.
    @Test func streamsALongList() throws {
        let events = (0..<4000).map {
            """
              {
                "auditID": "id-\($0)",
                "stage": "ResponseComplete",
                "requestURI": "/api/v1/namespaces/ns-\($0 % 10)/pods/p",
                "verb": "get",
                "user": {"username": "u"},
                "responseStatus": {"code": 200}
              }
            """
        }
        let text =
            "{\n  \"kind\": \"EventList\",\n  \"apiVersion\": \"audit.k8s.io/v1\",\n  \"items\": [\n"
            + events.joined(separator: ",\n") + "\n  ]\n}\n"
        let trace = try readTrace(text)
        #expect(trace.records == 4000)
        #expect(trace.requirements.requirements.map(\.count) == [Int](repeating: 400, count: 10))
        #expect(trace.requirements.requirements.map(\.origins).last == ["trace:77"])
    }

    // MARK: - What API servers really wrote

    private struct Event: Decodable {
        struct User: Decodable { var username: String? }
        struct Status: Decodable {
            var code: Int?
            var message: String?
        }
        struct Reference: Decodable { var resource, subresource, apiGroup, namespace, name: String? }
        var stage, verb: String
        var auditID, requestURI: String?
        var user: User
        var impersonatedUser: User?
        var objectRef: Reference?
        var responseStatus: Status?
        var annotations: [String: String]?
    }

    /// The rules once more, each event on its own and nothing streamed: the same calls, with the same counts.
    @Test(
        .enabled(if: SharedCorpus.isPresent, "reference data not there"),
        arguments: [
            "apiserver-1.36.2-metadata.jsonl", "apiserver-1.36.2-bootstrap-metadata.jsonl", "audit2rbac-demo.jsonl",
            "kubesplaining-leastprivilege-demo.jsonl", "kubesplaining-minimal-risky.jsonl",
            "rbac-tool-testdata-01.json",
            "rbac-tool-testdata-02.json",
        ]
    )
    func agreesWithANaiveReading(file: String) throws {
        let url = try SharedCorpus.path("corpus/audit/\(file)")
        var calls: [String: Set<String>] = [:]
        for (index, line) in try String(contentsOf: url, encoding: .utf8).split(separator: "\n").enumerated() {
            let event = try JSONDecoder().decode(Event.self, from: Data(line.utf8))
            if event.stage == "RequestReceived" || event.responseStatus?.code == 401 { continue }
            let message = event.responseStatus?.message ?? ""
            if event.annotations?["authorization.k8s.io/decision"] == nil, event.impersonatedUser == nil,
                message.contains("impersonate") || message.contains("without impersonating")
            {
                continue
            }
            let user = event.impersonatedUser?.username ?? event.user.username ?? ""
            var name = event.objectRef?.name ?? ""
            var namespace = event.objectRef?.namespace ?? ""
            if let uri = event.requestURI {
                let path = uri.split(separator: "?", omittingEmptySubsequences: false)[0]
                let segments = path.split(separator: "/").map { $0.removingPercentEncoding ?? "" }
                guard let reference = event.objectRef else {
                    calls["\(user) \(event.verb) \(path)", default: []].insert(event.auditID ?? "\(index)")
                    continue
                }
                let place = segments.firstIndex(of: "namespaces")
                namespace = place.flatMap { $0 + 1 < segments.count ? segments[$0 + 1] : nil } ?? ""
                let isNamed = segments.contains(name) && segments.last != reference.resource
                if !isNamed, !uri.contains("metadata.name") { name = "" }
            }
            if event.verb == "create", event.objectRef?.subresource == nil { name = "" }
            let reference = event.objectRef
            let resource = [reference?.resource ?? "", reference?.subresource ?? ""].joined(separator: "/")
            calls["\(user) \(event.verb) \(reference?.apiGroup ?? "") \(resource) \(namespace) \(name)", default: []]
                .insert(event.auditID ?? "\(index)")
        }
        let trace = try TraceReader.read(url.path)
        var read: [String: Int] = [:]
        for requirement in trace.requirements.requirements where requirement.implied == nil {
            let attributes = requirement.attributes
            let what =
                attributes.nonResourceURL
                ?? "\(attributes.group) \(attributes.resource)/\(attributes.subresource) \(attributes.namespace) \(attributes.name)"
            read["\(requirement.key.user ?? "") \(attributes.verb) \(what)", default: 0] += requirement.count
        }
        #expect(read == calls.mapValues(\.count))
        #expect(!read.isEmpty)
    }
}
