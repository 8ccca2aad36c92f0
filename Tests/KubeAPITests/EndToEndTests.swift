import Foundation
import RBAC
import TestSupport
import Testing

@testable import KubeAPI

/// The same questions to a real API server.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
struct EndToEndTests {
    let folder: ScratchFolder
    let server: EnvTest

    init() throws {
        folder = try ScratchFolder()
        server = try EnvTest.shared()
        try server.apply(Self.objects)
    }

    private static let objects = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: demo}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: op, namespace: demo}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: op, labels: {a: b}}
        rules:
        - {apiGroups: [apps], resources: [deployments], verbs: [get, list]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: op}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: op}
        subjects: [{kind: ServiceAccount, name: op, namespace: demo}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: local, namespace: demo}
        rules:
        - {apiGroups: [authorization.k8s.io], resources: [localsubjectaccessreviews], verbs: [create]}
        - {apiGroups: [""], resources: [serviceaccounts], resourceNames: [op], verbs: [impersonate]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: local, namespace: demo}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: local}
        subjects: [{kind: User, name: client ec, apiGroup: rbac.authorization.k8s.io}]

        """

    private static let operatorUser = ServiceAccountName(namespace: "demo", name: "op").user
    private static let list = RequestAttributes(verb: "list", group: "apps", resource: "deployments", namespace: "demo")
    private static let delete = RequestAttributes(
        verb: "delete",
        group: "apps",
        resource: "deployments",
        namespace: "demo",
        name: "x"
    )
    private static let metrics = RequestAttributes(verb: "get", nonResourceURL: "/metrics")

    private func client(
        _ user: String,
        change: (inout ConnectionOptions) -> Void = { _ in }
    ) throws -> APIClient {
        var options = ConnectionOptions()
        options.kubeconfig = try folder.write("kubeconfig", server.kubeconfig(user: user))
        change(&options)
        let surroundings = surroundings()
        return APIClient(try ClusterConnection.load(options, surroundings), surroundings)
    }

    private func admin() throws -> APIClient { try client("{token: \(server.adminToken)}") }

    private func certificate(_ kind: String) throws -> APIClient {
        let tls = Repository.fixtures.appending(path: "tls")
        return try client(
            "{client-certificate: \"\(tls.path)/client-\(kind).pem\", client-key: \"\(tls.path)/client-\(kind).key\"}"
        )
    }

    @Test func versionAndIdentity() async throws {
        let admin = try admin()
        #expect(try await admin.serverVersion().text.hasPrefix("v1."))
        let identity = try await admin.whoAmI()
        #expect(identity.name == "admin" && identity.origin == .selfSubjectReview)
        #expect(identity.groups == ["system:masters", "system:authenticated"])
    }

    @Test(arguments: ["ec", "rsa", "ed25519"])
    func clientCertificates(_ kind: String) async throws {
        #expect(try await certificate(kind).whoAmI().name == "client \(kind)")
    }

    @Test func certificatesFromInlineData() async throws {
        let tls = Repository.fixtures.appending(path: "tls")
        let certificate = try Data(contentsOf: tls.appending(path: "client-ec.pem")).base64EncodedString()
        let key = try Data(contentsOf: tls.appending(path: "client-ec.key")).base64EncodedString()
        let client = try client("{client-certificate-data: \(certificate), client-key-data: \(key)}")
        #expect(try await client.whoAmI().name == "client ec")
    }

    @Test func impersonationOfTheConnection() async throws {
        let client = try client("{token: \(server.adminToken)}") {
            $0.impersonation = Impersonation(user: "jörg", groups: ["g1", "g2"], extra: ["example.com/Scope x": ["a"]])
        }
        let identity = try await client.whoAmI()
        #expect(identity.name == "jörg")
        #expect(identity.groups == ["g1", "g2", "system:authenticated"])
        #expect(identity.extra == ["example.com/scope x": ["a"]])
    }

    @Test func wrongTokenIsUnauthorized() async throws {
        let client = try client("{token: wrong}")
        let answers = await client.selfSubjectAccessReviews([Self.list])
        #expect(answers[0].verdict == .unknown)
        #expect(answers[0].failure?.connectivity == .credentialsRefused)
        #expect(answers[0].reason.contains("(401): token of user `tester` in \(folder.path)/kubeconfig:"))
    }

    @Test func ownReviews() async throws {
        let answers = try await admin().selfSubjectAccessReviews([Self.list, Self.metrics])
        #expect(answers.map(\.verdict) == [.allowed, .allowed])
        let others = try await certificate("rsa").selfSubjectAccessReviews([Self.list, Self.metrics])
        #expect(others.map(\.verdict) == [.denied, .denied])
    }

    @Test func manyReviewsShareOneConnection() async throws {
        let answers = try await admin().selfSubjectAccessReviews(questions(500))
        #expect(answers.allSatisfy { $0.verdict == .allowed && $0.reason.isEmpty })
    }

    @Test func reviewsForTheOperator() async throws {
        let result = try await admin().subjectAccessReviews(for: Self.operatorUser, [Self.list, Self.delete])
        #expect(result.answers.map(\.verdict) == [.allowed, .denied])
        #expect(result.answers[0].method == .subjectAccessReview)
        #expect(
            result.answers[0].reason
                == "RBAC: allowed by ClusterRoleBinding \"op\" of ClusterRole \"op\" to ServiceAccount \"op/demo\""
        )
        #expect(result.refusals.isEmpty)
    }

    /// The user may ask in one namespace, and impersonate.
    @Test func fallbacksForTheOperator() async throws {
        let elsewhere = RequestAttributes(verb: "list", group: "apps", resource: "deployments")
        let result = try await certificate("ec")
            .subjectAccessReviews(for: Self.operatorUser, [Self.list, elsewhere, Self.delete])
        #expect(result.answers.map(\.verdict) == [.allowed, .allowed, .denied])
        #expect(
            result.answers.map(\.method) == [.localSubjectAccessReview, .impersonation, .localSubjectAccessReview]
        )
        #expect(result.refusals.map(\.method) == [.subjectAccessReview])
    }

    @Test func nobodyMayBeAsked() async throws {
        let result = try await certificate("rsa").subjectAccessReviews(for: Self.operatorUser, [Self.list])
        #expect(result.answers.map(\.verdict) == [.unknown])
        #expect(
            result.refusals.map(\.method) == [.subjectAccessReview, .localSubjectAccessReview, .impersonation]
        )
        #expect(result.refusals.last?.message.contains("cannot impersonate") == true)
    }

    @Test func tokenOfTheOperator() async throws {
        let admin = try admin()
        let token = try await admin.requestToken(for: ServiceAccountName(namespace: "demo", name: "op"))
        let op = admin.acting(withToken: token, named: "requested token")
        #expect(try await op.whoAmI().name == "system:serviceaccount:demo:op")
        #expect(await op.selfSubjectAccessReviews([Self.list]).map(\.verdict) == [.allowed])
    }

    @Test func whatIsServed() async throws {
        let cache = DiscoveryCache(folder: "\(folder.path)/cache")
        let client = try admin()
        let asked = try await client.apiResources(cache: cache)
        let cached = try await client.apiResources(cache: cache)
        #expect(asked.failures.isEmpty)
        // Groups of other tests' own come and go.
        func builtin(_ resources: APIResources) -> [APIResources.Group] {
            resources.groups.filter { !$0.name.hasSuffix(".com") }
        }
        #expect(builtin(asked) == builtin(cached))
        #expect(
            asked.service(group: "apps", version: "v1", resource: "deployments", subresource: "scale")
                == .served(isNamespaced: true)
        )
        #expect(asked.matches("deploy").map(\.resource.name) == ["deployments"])
    }

    /// A CRD loses its `status`: what was kept of discovery must not say that it still has it.
    @Test(.timeLimit(.minutes(5))) func theCacheIsNoOlderThanTheServer() async throws {
        let crd = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: things.cache.example.com}
            spec:
              group: cache.example.com
              names: {kind: Thing, plural: things}
              scope: Namespaced
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object}}

            """
        let cache = DiscoveryCache(folder: "\(folder.path)/cache")
        let client = try admin()
        func service() async throws -> APIResources.Service {
            try await client.apiResources(cache: cache)
                .service(group: "cache.example.com", version: "v1", resource: "things", subresource: "status")
        }
        try server.apply(crd + "    subresources: {status: {}}\n")
        while try await service() != .served(isNamespaced: true) { try await Task.sleep(for: .milliseconds(50)) }
        try server.apply(crd)
        while try await service() != .subresourceNotServed(served: []) { try await Task.sleep(for: .milliseconds(50)) }
        try server.kubectl(["delete", "crd", "things.cache.example.com"])
        while try await service() != .groupNotServed { try await Task.sleep(for: .milliseconds(50)) }
    }

    @Test func liveRolesAndBindings() async throws {
        let policy = try await admin().livePolicy()
        #expect(policy.isComplete)
        #expect(policy.policy.roles.contains { $0.kind == .clusterRole && $0.name == "op" && $0.rules.count == 1 })
        #expect(policy.labels["op"] == ["a": "b"])
        #expect(policy.aggregations["edit"]?.isEmpty == false)
        let binding = policy.policy.bindings.first { $0.kind == .clusterRoleBinding && $0.name == "op" }
        #expect(binding?.subjects.first?.namespace == "demo")
        #expect(policy.policy.roles.allSatisfy { policy.sources.indices.contains($0.source.rawValue) })
    }

    @Test func rolesThatMayNotBeRead() async throws {
        let policy = try await certificate("rsa").livePolicy(namespaces: ["demo"])
        #expect(policy.unreadable.map(\.what).contains("clusterroles"))
        #expect(policy.unreadable.map(\.what).contains("roles in demo"))
        #expect(policy.unreadable.allSatisfy { $0.failure.isForbidden })
    }

    @Test func rulesOfOneself() async throws {
        let review = try await certificate("ec").selfSubjectRulesReview(namespace: "demo")
        #expect(review.rules.contains { $0.verbs == ["impersonate"] && $0.resourceNames == ["op"] })
        #expect(!review.isIncomplete)
    }

    @Test func listsInPages() async throws {
        let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
        // Other tests make roles of their own meanwhile.
        func builtin(_ items: [JSONValue]) -> [JSONValue] {
            items.filter { $0["metadata"]["name"].text.hasPrefix("system:") }
        }
        let all = builtin(try await admin().list(path).get())
        let pages = builtin(try await admin().list(path, pageSize: 7).get())
        #expect(all == pages && all.count > 50)
    }

    @Test func expiredCertificateOfTheServer() async throws {
        let text = server.kubeconfig(user: "{token: \(server.adminToken)}")
            .replacing("  cluster:\n", with: "  cluster:\n    tls-server-name: expired.test\n")
        var options = ConnectionOptions()
        options.kubeconfig = try folder.write("expired", text)
        let client = APIClient(try ClusterConnection.load(options, surroundings()), surroundings())
        let answers = await client.selfSubjectAccessReviews([Self.list])
        #expect(answers[0].failure == .transport(.certificateExpired(host: "expired.test")))
    }

    /// libcurl 7.88 may stop for good where an answer overflows its buffer while others share the connection: the
    /// request then hung until its time-out although the server had sent everything.
    @Test func aLongListBesideOthersComesWhole() async throws {
        let roles = (0..<700).map { number in
            """
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: long-\(number), labels: {test: long-list}}
            rules:
            - {apiGroups: [apps], resources: [deployments], verbs: [get, list]}
            - {apiGroups: [""], resources: [pods, secrets], verbs: [get]}

            """
        }
        try server.apply(roles.joined())
        for round in 0..<50 {
            let client = try client("{token: \(server.adminToken)}") { $0.requestTimeout = .seconds(15) }
            let policy = await client.livePolicy()
            #expect(policy.unreadable.isEmpty, "round \(round): \(policy.unreadable)")
            #expect(policy.policy.roles.count > 700)
            guard policy.unreadable.isEmpty else { break }
        }
        let all = "/apis/rbac.authorization.k8s.io/v1/clusterroles?labelSelector=test%3Dlong-list"
        let deleted = try await admin().send([APIRequest(.delete, all)]).first
        #expect(try deleted?.get().status == 200)
    }
}
