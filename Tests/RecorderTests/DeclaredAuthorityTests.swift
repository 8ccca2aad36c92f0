import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import Diagnosis
@testable import KubeAPI
@testable import Manifests
@testable import RBAC
@testable import Recorder

/// What `--access declared` answers in the API server's place.
@Suite struct DeclaredAuthorityTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private static let account = """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: myapp-controller, namespace: demo}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: op}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: op}
        subjects: [{kind: ServiceAccount, name: myapp-controller, namespace: demo}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: op}

        """

    private func judge(
        _ rules: String,
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders = [:],
        upgrade: String? = nil
    ) throws -> Verdict {
        let file = try folder.write("manifests.yaml", Self.account + rules)
        let input = CheckInput(manifests: try ManifestLoader.load(paths: [file]), requirements: [])
        let grants = try #require(try declaredGrants(input))
        let connection = ClusterConnection(
            address: ServerAddress(isSecure: false, host: "127.0.0.1", port: 1),
            credentials: .none
        )
        let client = APIClient(connection, ProcessSurroundings(environment: [:]))
        let request = RequestHead(
            method: method,
            target: target,
            host: "",
            headers: headers,
            body: .length,
            upgrade: upgrade
        )
        return DeclaredAuthority(grants, client: client, version: nil).judge(request)
    }

    private func body(_ verdict: Verdict) -> [String: Any]? {
        guard case .answer(let answer) = verdict else { return nil }
        return (try? JSONSerialization.jsonObject(with: Data(answer.body.utf8))) as? [String: Any]
    }

    private func message(_ verdict: Verdict) -> String? { body(verdict)?["message"] as? String }

    private func isForwarded(_ verdict: Verdict) -> Bool { if case .forward = verdict { true } else { false } }

    private func after(_ verdict: Verdict, body text: String) -> Verdict {
        if case .body(let question) = verdict { question(Array(text.utf8)) } else { verdict }
    }

    /// Every refusal of the recorded file that RBAC made, apart from the order of keys.
    @Test func refusalsAreTheServersOwn() throws {
        let text = try String(
            contentsOf: Repository.fixtures.appending(path: "recorded/forbidden.jsonl"),
            encoding: .utf8
        )
        var compared = 0
        for line in text.split(separator: "\n") {
            let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            guard let expected = record["body"] as? [String: Any], let request = record["request"] as? [String: Any],
                let method = request["method"] as? String, let path = request["path"] as? String,
                (expected["message"] as? String)?.contains(
                    "User \"system:serviceaccount:demo:myapp-controller\" cannot "
                ) ?? false
            else { continue }
            let verdict = try judge("rules: []\n", HTTPMethod(rawValue: method), path)
            #expect(NSDictionary(dictionary: body(verdict) ?? [:]) == NSDictionary(dictionary: expected), "\(path)")
            compared += 1
        }
        #expect(compared == 57)
    }

    @Test func whatIsGrantedGoesOn() throws {
        let rules = "rules: [{apiGroups: [\"\"], resources: [pods], verbs: [get]}]\n"
        #expect(isForwarded(try judge(rules, .GET, "/api/v1/namespaces/a/pods/b")))
        #expect(!isForwarded(try judge(rules, .DELETE, "/api/v1/namespaces/a/pods/b")))
        // What every cluster grants by default.
        #expect(isForwarded(try judge(rules, .GET, "/apis")))
        #expect(!isForwarded(try judge(rules, .GET, "/metrics")))
    }

    @Test func selfReviewsAreAnsweredFromTheManifests() throws {
        let rules = "rules: [{apiGroups: [apps], resources: [deployments], verbs: [list]}]\n"
        let target = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        let verdict = try judge(rules, .POST, target)
        for (verb, isAllowed) in [("list", true), ("delete", false)] {
            let question =
                #"{"spec":{"resourceAttributes":{"verb":"\#(verb)","group":"apps","resource":"deployments"}}}"#
            let answer = body(after(verdict, body: question))
            let status = answer?["status"] as? [String: Any]
            #expect(status?["allowed"] as? Bool == isAllowed)
            let spec = answer?["spec"] as? [String: Any]
            #expect((spec?["resourceAttributes"] as? [String: String])?["verb"] == verb)
        }
        let rulesReview = after(
            try judge(rules, .POST, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"),
            body: #"{"spec":{"namespace":"a"}}"#
        )
        let list = (body(rulesReview)?["status"] as? [String: Any])?["resourceRules"] as? [[String: Any]]
        #expect(list?.contains { $0["resources"] as? [String] == ["deployments"] } ?? false)
        let user = after(try judge(rules, .POST, "/apis/authentication.k8s.io/v1/selfsubjectreviews"), body: "{}")
        let info = (body(user)?["status"] as? [String: Any])?["userInfo"] as? [String: Any]
        #expect(info?["username"] as? String == "system:serviceaccount:demo:myapp-controller")
    }

    @Test func applyAsksForCreateWhereTheObjectIsMissing() throws {
        let headers: HTTPHeaders = ["Content-Type": "application/apply-patch+yaml"]
        let target = "/apis/apps/v1/namespaces/a/deployments/web?fieldManager=x"
        let patch = "rules: [{apiGroups: [apps], resources: [deployments], verbs: [patch]}]\n"
        guard case .lookUp(let path, let next) = try judge(patch, .PATCH, target, headers: headers) else {
            Issue.record("the object is not looked up")
            return
        }
        #expect(path == "/apis/apps/v1/namespaces/a/deployments/web")
        #expect(isForwarded(next(.found([]))))
        #expect(isForwarded(next(.unknown)))
        #expect(message(next(.missing))?.contains("cannot create resource \"deployments\"") ?? false)
        let both = "rules: [{apiGroups: [apps], resources: [deployments], verbs: [patch, create]}]\n"
        #expect(isForwarded(try judge(both, .PATCH, target, headers: headers)))
        // Another patch creates nothing.
        #expect(
            isForwarded(try judge(patch, .PATCH, target, headers: ["Content-Type": "application/merge-patch+json"]))
        )
    }

    @Test func aRoleHandsOutOnlyWhatIsHeld() throws {
        let rules = """
            rules:
            - {apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings], verbs: [create]}
            - {apiGroups: [""], resources: [pods], verbs: [get]}

            """
        let target = "/apis/rbac.authorization.k8s.io/v1/namespaces/a/roles"
        let verdict = try judge(rules, .POST, target)
        func role(_ verb: String) -> String {
            #"{"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["\#(verb)"]}]}"#
        }
        #expect(isForwarded(after(verdict, body: role("get"))))
        let refused = message(after(verdict, body: role("delete"))) ?? ""
        #expect(
            refused.hasPrefix(
                "roles.rbac.authorization.k8s.io \"r\" is forbidden: user "
                    + "\"system:serviceaccount:demo:myapp-controller\" (groups=["
            )
        )
        #expect(refused.hasSuffix("not currently held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\"]}"))
        let escalating = rules + "- {apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate]}\n"
        #expect(isForwarded(try judge(escalating, .POST, target).isForwardedAfter(role("delete"))))
        let binding = try judge(rules, .POST, "/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings")
        let reference = #"{"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"NAME"}}"#
        // One of the manifests is known; another is asked for.
        #expect(isForwarded(after(binding, body: reference.replacingOccurrences(of: "NAME", with: "op"))))
        let other = after(binding, body: reference.replacingOccurrences(of: "NAME", with: "admin"))
        guard case .lookUp("/apis/rbac.authorization.k8s.io/v1/clusterroles/admin", let next) = other else {
            Issue.record("the role is not looked up")
            return
        }
        #expect(message(next(.found(Array(role("delete").utf8))))?.contains("\"b\" is forbidden") ?? false)
        #expect(isForwarded(next(.missing)))
    }

    @Test func aWebSocketToAPodAsksForCreateToo() throws {
        let target = "/api/v1/namespaces/a/pods/b/exec?command=sh"
        let get = "rules: [{apiGroups: [\"\"], resources: [pods/exec], verbs: [get]}]\n"
        #expect(message(try judge(get, .GET, target, upgrade: "websocket")) == "pods \"b\" is forbidden: ")
        let both = "rules: [{apiGroups: [\"\"], resources: [pods/exec], verbs: [get, create]}]\n"
        #expect(isForwarded(try judge(both, .GET, target, upgrade: "websocket")))
    }

    @Test func actingAsSomebodyElseIsAPermissionToo() throws {
        let headers: HTTPHeaders = ["Impersonate-User": "jane"]
        let none = try judge("rules: []\n", .GET, "/api/v1/pods", headers: headers)
        #expect(message(none)?.contains("cannot impersonate resource \"users\"") ?? false)
        let rules = "rules: [{apiGroups: [\"\"], resources: [users], verbs: [impersonate]}]\n"
        #expect(isForwarded(try judge(rules, .GET, "/api/v1/pods", headers: headers)))
    }
}

extension Verdict {
    fileprivate func isForwardedAfter(_ text: String) -> Verdict {
        if case .body(let question) = self { question(Array(text.utf8)) } else { self }
    }
}
