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
        as user: String? = nil
    ) throws -> Verdict {
        let file = try folder.write("manifests.yaml", Self.account + rules)
        let account = user.flatMap(ServiceAccountName.init(userName:))
        let input = CheckInput(
            manifests: try ManifestLoader.load(paths: [file]),
            requirements: [],
            identity: account.map { .account($0) } ?? (user == nil ? .automatic : .currentUser),
            asUser: user
        )
        let grants = try #require(try declaredGrants(input))
        let connection = ClusterConnection(
            address: ServerAddress(isSecure: false, host: "127.0.0.1", port: 1),
            credentials: .none
        )
        let client = APIClient(connection, ProcessSurroundings(environment: [:]))
        let request = RequestHead(method: method, target: target, host: "", headers: headers, body: .length)
        return DeclaredAuthority(grants, client: client, version: nil, owners: OwnerKinds(.builtin)).judge(request)
    }

    /// What it comes to, once the body and the objects in the cluster are there.
    private func outcome(_ verdict: Verdict, body: [UInt8] = [], _ objects: [String: Lookup] = [:]) -> Verdict {
        switch verdict {
        case .forward, .answer: verdict
        case .body(let question): outcome(question(body), body: body, objects)
        case .lookUp(let path, let next): outcome(next(objects[path] ?? .unknown), body: body, objects)
        }
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

    /// Every refusal of the recorded file that RBAC decided, apart from the order of keys.
    @Test func refusalsAreTheServersOwn() throws {
        let text = try String(
            contentsOf: Repository.fixtures.appending(path: "recorded/forbidden.jsonl"),
            encoding: .utf8
        )
        var compared = 0
        for line in text.split(separator: "\n") {
            let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            let name = record["name"] as? String ?? ""
            guard record["status"] as? Int == 403, !Self.ofAdmission.contains(name),
                let expected = record["body"] as? [String: Any], let request = record["request"] as? [String: Any]
            else { continue }
            let verdict = try replayed(request)
            #expect(NSDictionary(dictionary: body(verdict) ?? [:]) == NSDictionary(dictionary: expected), "\(name)")
            compared += 1
        }
        #expect(compared == 66)
    }

    private static let ofAdmission = ["quota", "terminating-ns", "admission-policy"]

    /// What the service account that wrote roles was granted.
    private static let roleAdmin = """
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: roleadmin}
        rules:
        - {apiGroups: [rbac.authorization.k8s.io], resources: [roles, clusterroles], verbs: [create]}
        - {apiGroups: [apps], resources: [deployments], verbs: [get, create]}
        - {apiGroups: [""], resources: [configmaps], verbs: [update]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: roleadmin}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: roleadmin}
        subjects: [{kind: ServiceAccount, name: roleadmin, namespace: demo}]

        """

    /// An administrator's impersonation stands for the user; of anybody else it is what was refused.
    private func replayed(_ request: [String: Any]) throws -> Verdict {
        var headers = request["headers"] as? [String: String] ?? [:]
        let client = request["client"] as? String
        let user = client == "admin" ? headers.removeValue(forKey: "Impersonate-User") : client ?? "system:anonymous"
        let verdict = try judge(
            "rules: []\n" + Self.roleAdmin,
            HTTPMethod(rawValue: request["method"] as? String ?? ""),
            request["path"] as? String ?? "",
            headers: HTTPHeaders(headers.map { ($0.key, $0.value) }),
            as: user
        )
        let body = try request["body"].map { Array(try JSONSerialization.data(withJSONObject: $0)) } ?? []
        let owned = #"{"metadata":{"name":"preowned","ownerReferences":[{"apiVersion":"v1","kind":"A","uid":"1"}]}}"#
        return outcome(
            verdict,
            body: body,
            ["/metrics": enforcing, "/api/v1/namespaces/demo/configmaps/preowned": .found(Array(owned.utf8))]
        )
    }

    private var enforcing: Lookup {
        .found(Array(#"x{name="OwnerReferencesPermissionEnforcement",operation="CREATE"} 1"#.utf8))
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
        #expect(isForwarded(outcome(next(.found([])), body: Array("{}".utf8))))
        #expect(isForwarded(outcome(next(.unknown), body: Array("{}".utf8))))
        #expect(message(next(.missing))?.contains("cannot create resource \"deployments\"") ?? false)
        let both = "rules: [{apiGroups: [apps], resources: [deployments], verbs: [patch, create]}]\n"
        #expect(isForwarded(outcome(try judge(both, .PATCH, target, headers: headers), body: Array("{}".utf8))))
        // Another patch creates nothing.
        let other = try judge(patch, .PATCH, target, headers: ["Content-Type": "application/merge-patch+json"])
        #expect(isForwarded(outcome(other, body: Array("{}".utf8))))
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
        #expect(isForwarded(outcome(verdict, body: Array(role("get").utf8))))
        let refused = message(after(verdict, body: role("delete"))) ?? ""
        #expect(
            refused.hasPrefix(
                "roles.rbac.authorization.k8s.io \"r\" is forbidden: user "
                    + "\"system:serviceaccount:demo:myapp-controller\" (groups=["
            )
        )
        #expect(refused.hasSuffix("not currently held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\"]}"))
        let escalating = rules + "- {apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate]}\n"
        let escalated = try judge(escalating, .POST, target)
        #expect(isForwarded(outcome(escalated, body: Array(role("delete").utf8))))
        let binding = try judge(rules, .POST, "/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings")
        let reference = #"{"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"NAME"}}"#
        // One of the manifests is known; another is asked for.
        let own = reference.replacingOccurrences(of: "NAME", with: "op")
        #expect(isForwarded(outcome(binding, body: Array(own.utf8))))
        let other = after(binding, body: reference.replacingOccurrences(of: "NAME", with: "admin"))
        guard case .lookUp("/apis/rbac.authorization.k8s.io/v1/clusterroles/admin", let next) = other else {
            Issue.record("the role is not looked up")
            return
        }
        #expect(message(next(.found(Array(role("delete").utf8))))?.contains("\"b\" is forbidden") ?? false)
    }

    @Test func aBindingToNoRoleIsNotFound() throws {
        let rules = "rules: [{apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}]\n"
        let verdict = try judge(rules, .POST, "/apis/rbac.authorization.k8s.io/v1/namespaces/a/rolebindings")
        let reference = #"{"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"none"}}"#
        let answer = body(
            outcome(
                verdict,
                body: Array(reference.utf8),
                ["/apis/rbac.authorization.k8s.io/v1/namespaces/a/roles/none": .missing]
            )
        )
        #expect(answer?["code"] as? Int == 404)
        #expect(answer?["message"] as? String == "rolebindings.rbac.authorization.k8s.io \"none\" not found")
    }

    @Test func anAggregatedRoleTakesEveryPermission() throws {
        let rules = "rules: [{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [create]}]\n"
        let target = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
        let role = #"{"metadata":{"name":"r"},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"}}]}}"#
        #expect(
            message(after(try judge(rules, .POST, target), body: role))
                == "clusterroles.rbac.authorization.k8s.io \"r\" is forbidden: "
                + "must have cluster-admin privileges to use the aggregationRule"
        )
    }

    // MARK: - Owners

    private static let deployments =
        "rules: [{apiGroups: [apps], resources: [deployments], verbs: [create, update, patch]}"
    private static let owned = #"""
        {"metadata":{"name":"web","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"a","uid":"1",
        "blockOwnerDeletion":true}]}}
        """#
    private static let path = "/apis/apps/v1/namespaces/a/deployments/web"

    @Test func anOwnerThatBlocksAsksForItsFinalizers() throws {
        let body = Array(Self.owned.utf8)
        let target = "/apis/apps/v1/namespaces/a/deployments"
        let create = try judge(Self.deployments + "]\n", .POST, target)
        #expect(
            message(outcome(create, body: body, ["/metrics": enforcing]))?.contains("set finalizers on: , <nil>")
                ?? false
        )
        // Where the plugin is off nothing is asked, and where that cannot be read the server says it.
        #expect(isForwarded(outcome(create, body: body, ["/metrics": .found([])])))
        #expect(isForwarded(outcome(create, body: body)))
        let both = Self.deployments + ", {apiGroups: [apps], resources: [replicasets/finalizers], verbs: [update]}]\n"
        #expect(isForwarded(outcome(try judge(both, .POST, target), body: body, ["/metrics": enforcing])))
    }

    @Test func ownersThatStayAskForNothing() throws {
        let body = Array(Self.owned.utf8)
        let update = try judge(Self.deployments + "]\n", .PUT, Self.path)
        #expect(isForwarded(outcome(update, body: body, ["/metrics": enforcing, Self.path: .found(body)])))
        let changed = outcome(
            update,
            body: body,
            ["/metrics": enforcing, Self.path: .found(Array(#"{"metadata":{"name":"web"}}"#.utf8))]
        )
        #expect(message(changed)?.contains("cannot set an ownerRef on a resource you can't delete: , <nil>") ?? false)
        // A patch leaves alone what it does not name.
        let patch = try judge(
            Self.deployments + "]\n",
            .PATCH,
            Self.path,
            headers: ["Content-Type": "application/merge-patch+json"]
        )
        #expect(isForwarded(outcome(patch, body: Array(#"{"spec":{}}"#.utf8), ["/metrics": enforcing])))
    }

    // MARK: - Pods and people

    @Test func aConnectionToAPodAsksForCreateToo() throws {
        let target = "/api/v1/namespaces/a/pods/b/exec?command=sh"
        let get = "rules: [{apiGroups: [\"\"], resources: [pods/exec], verbs: [get]}]\n"
        #expect(message(try judge(get, .GET, target)) == "pods \"b\" is forbidden: ")
        let both = "rules: [{apiGroups: [\"\"], resources: [pods/exec], verbs: [get, create]}]\n"
        #expect(isForwarded(try judge(both, .GET, target)))
    }

    @Test(
        arguments: [
            ("- {apiGroups: [\"\"], resources: [users], verbs: [impersonate]}", true),
            ("- {apiGroups: [authentication.k8s.io], resources: [users], verbs: [\"impersonate:user-info\"]}", false),
            (
                """
                - {apiGroups: [authentication.k8s.io], resources: [users], verbs: ["impersonate:user-info"]}
                - {apiGroups: [""], resources: [pods], verbs: ["impersonate-on:user-info:list"]}
                """, true
            ),
        ]
    )
    func actingAsSomebodyElseIsAPermissionToo(_ rules: String, _ isAllowed: Bool) throws {
        let headers: HTTPHeaders = ["Impersonate-User": "jane"]
        let verdict = try judge("rules:\n\(rules)\n", .GET, "/api/v1/pods", headers: headers)
        #expect(isForwarded(verdict) == isAllowed)
        guard !isAllowed else { return }
        #expect(message(verdict)?.contains("cannot impersonate-on:user-info:list resource \"pods\"") ?? false)
    }
}
