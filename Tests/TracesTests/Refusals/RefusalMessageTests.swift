import Foundation
import RBAC
import TestSupport
import Testing

@testable import Traces

/// The messages of a real API server, read and written again.
struct RefusalMessageTests {
    @Test(arguments: ["forbidden.jsonl", "reviews.jsonl"])
    func recordedRefusalsAreReadAndWrittenByteForByte(file: String) throws {
        var count = 0
        for (record, body) in try RecordedRefusal.all(in: file) where record.status == 403 {
            let message = try #require(record.body?.message)
            guard message.contains("User \"") || message.contains("user \"") else { continue }
            let refusal = try #require(RefusalText.read(message), "\(message)")
            #expect(refusal.message == message)
            let written = try JSONSerialization.jsonObject(with: Data(StatusBody(refusal).json.utf8)) as? NSDictionary
            #expect(written == body, "\(record.name)")
            count += 1
        }
        #expect(count > 40)
    }

    /// What the request asked, resolved as the server resolves it, is what the refusal says.
    @Test(arguments: ["forbidden.jsonl", "reviews.jsonl"])
    func aRefusalNamesTheRequest(file: String) throws {
        for (record, _) in try RecordedRefusal.all(in: file) where record.status == 403 {
            guard let refusal = record.body?.message.flatMap(RefusalText.read), refusal.kind == .authorization,
                !refusal.request.verb.hasPrefix("impersonate")
            else { continue }
            var asked = try RequestInfo.resolve(method: record.request.method, url: record.request.path).attributes
            asked.version = ""
            #expect(refusal.request == asked, "\(record.name)")
        }
    }

    @Test func theBodyIsTheServersByteForByte() {
        let refusal = Refusal(
            request: RequestAttributes(verb: "list", resource: "secrets", namespace: "team-a"),
            user: "alice",
            reason: #"RBAC: role.rbac.authorization.k8s.io "missing<role>" not found"#
        )
        #expect(
            StatusBody(refusal).json == #"""
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"secrets is forbidden: User \"alice\" cannot list resource \"secrets\" in API group \"\" in the namespace \"team-a\": RBAC: role.rbac.authorization.k8s.io \"missing\u003crole\u003e\" not found","reason":"Forbidden","details":{"kind":"secrets"},"code":403}

                """#
        )
        #expect(
            StatusBody(Refusal(request: RequestAttributes(verb: "get", nonResourceURL: "/metrics"), user: "alice")).json
                == #"""
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"forbidden: User \"alice\" cannot get path \"/metrics\"","reason":"Forbidden","details":{},"code":403}

                """#
        )
        #expect(
            StatusBody.unauthorized.json == #"""
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}

                """#
        )
    }

    /// Of the sentence alone `&`, `<` and `>` are written as HTML writes them.
    @Test func theSentenceIsSanitised() {
        let refusal = Refusal(
            request: RequestAttributes(verb: "list", resource: "<b>", namespace: "a&b", name: "<n>"),
            user: "\"quoted\"\n",
            reason: "<why>"
        )
        #expect(
            refusal.message == #"""
                <b> "<n>" is forbidden: User "\"quoted\"\n" cannot list resource "&lt;b&gt;" in API group "" in the namespace "a&amp;b": <why>
                """#
        )
        #expect(RefusalText.read(refusal.message) == refusal)
    }

    /// The server takes rules apart, merges verbs, and sorts the lines.
    @Test func missingRulesAreListedAsTheServerListsThem() {
        let rules = [
            PolicyRule(
                verbs: ["get", "list"],
                apiGroups: ["", "apps"],
                resources: ["secrets"],
                resourceNames: ["b", "a"]
            ),
            PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics", "/healthz"]),
            PolicyRule(verbs: ["list", "delete"], apiGroups: ["apps"], resources: ["secrets"]),
        ]
        #expect(
            escalationLines(rules) == [
                #"{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get" "list"]}"#,
                #"{APIGroups:[""], Resources:["secrets"], ResourceNames:["b"], Verbs:["get" "list"]}"#,
                #"{APIGroups:["apps"], Resources:["secrets"], ResourceNames:["a"], Verbs:["get" "list"]}"#,
                #"{APIGroups:["apps"], Resources:["secrets"], ResourceNames:["b"], Verbs:["get" "list"]}"#,
                #"{APIGroups:["apps"], Resources:["secrets"], Verbs:["list" "delete"]}"#,
                #"{NonResourceURLs:["/healthz"], Verbs:["get"]}"#,
                #"{NonResourceURLs:["/metrics"], Verbs:["get"]}"#,
            ]
        )
    }

    /// Any attributes, through every form of the table: read back as written.
    @Test func anythingWrittenIsReadBack() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<3_000 {
            let refusal = generator.refusal()
            #expect(RefusalText.read(refusal.message) == refusal, "\(refusal.message)")
        }
    }

    /// Old servers' sentences too, whose resource stands without quotes.
    @Test func theOldFormsAreReadBack() throws {
        var generator = SeededGenerator(seed: 11)
        for form in RefusalForm.authorization where !form.isCurrent {
            for _ in 0..<200 {
                var values = FieldValues()
                values[.user] = generator.text()
                values[.verb] = "list"
                values[.resource] = generator.pick(["pods", "deployments", "pods/log"])
                values[.group] = generator.pick(["", "apps", "example.com"])
                if form.parts.contains(.escaped(.namespace)) { values[.namespace] = "demo" }
                let message = RefusalForm.unnamed.write(values) + form.write(values)
                let read = try #require(RefusalText.read(message), "\(message)")
                #expect(read.user == values[.user])
                #expect(read.request == values.request, "\(message)")
            }
        }
    }
}
