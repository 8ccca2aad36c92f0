import Foundation
import RBAC
import TestSupport
import Testing

@testable import KubeAPI

/// Answers that a real API server gave, played back.
@Suite struct RecordedAnswerTests {
    struct Exchange: Sendable {
        var name: String
        var method: String
        var path: String
        var request: JSONValue
        var status: Int
        var contentType: String
        var retryAfter: String?
        var body: JSONValue

        /// The body as it was sent.
        var bytes: [UInt8] { Array((body.string ?? body.serialized).utf8) }
        var response: APIResponse {
            APIResponse(status: status, contentType: contentType, body: bytes)
        }
    }

    static let exchanges: [Exchange] = {
        let data = (try? Data(contentsOf: fixture("recorded/reviews.jsonl"))) ?? Data()
        return data.split(separator: 0x0A).compactMap { line in
            guard let value = try? JSONValue(Array(line)) else { return nil }
            return Exchange(
                name: value["name"].text,
                method: value["request"]["method"].text,
                path: value["request"]["path"].text,
                request: value["request"]["body"],
                status: value["status"].integer ?? 0,
                contentType: value["responseHeaders"]["Content-Type"].text,
                retryAfter: value["responseHeaders"]["Retry-After"].string,
                body: value["body"]
            )
        }
    }()

    private func recorded(_ name: String) throws -> Exchange {
        try #require(Self.exchanges.first { $0.name == name })
    }

    @Test func allAreThere() { #expect(Self.exchanges.count == 239) }

    /// Every access review: what the body says is what is reported, and a refusal is no answer.
    @Test func accessReviews() {
        let reviews = Self.exchanges.filter { $0.method == "POST" && $0.path.contains("accessreviews") }
        #expect(reviews.count > 100)
        for review in reviews {
            let source = CredentialSource()
            let outcome: Result<APIResponse, APIFailure> =
                review.status == 401
                ? .failure(APIFailure(review.response, credential: source)) : .success(review.response)
            let answer = AccessAnswer(outcome, .selfSubjectAccessReview, credential: source)
            let status = review.body["status"]
            guard review.status == 201 else {
                #expect(answer.verdict == .unknown, "\(review.name)")
                #expect(!answer.reason.isEmpty, "\(review.name)")
                continue
            }
            #expect(answer.verdict == (status["allowed"].boolean == true ? .allowed : .denied), "\(review.name)")
            #expect(answer.reason == status["reason"].text, "\(review.name)")
            #expect(answer.evaluationError == status["evaluationError"].text, "\(review.name)")
            #expect(answer.isExplicitDenial == (status["denied"].boolean ?? false), "\(review.name)")
        }
    }

    /// The bodies that are sent are those that the server was asked with.
    @Test func bodiesOfReviews() throws {
        let own = AccessReviewRequest.own(
            RequestAttributes(verb: "list", group: "apps", resource: "deployments", namespace: "demo"),
            .json
        )
        let sent = try JSONValue(own.body)
        #expect(own.path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
        #expect(
            Set(sent["spec"]["resourceAttributes"].members)
                == Set(try recorded("ssar-sa-token-allowed").request["spec"]["resourceAttributes"].members)
        )
        let path = RequestAttributes(verb: "get", nonResourceURL: "/a\"b")
        let url = try JSONValue(AccessReviewRequest.own(path, .json).body)
        #expect(url["spec"]["nonResourceAttributes"]["path"].string == "/a\"b")
        let local = AccessReviewRequest.local(
            UserInfo(name: "u", groups: ["g"]),
            RequestAttributes(verb: "get", resource: "pods", namespace: "demo"),
            .json
        )
        #expect(local.path == "/apis/authorization.k8s.io/v1/namespaces/demo/localsubjectaccessreviews")
        #expect(try JSONValue(local.body)["metadata"]["namespace"].string == "demo")
    }

    /// The whole client against the recorded answers of one kind of request.
    private func client(_ folder: ScratchFolder, _ names: [String]) throws -> (APIClient, StandInServer) {
        let answers = try names.map(recorded)
        let server = try StandInServer { request in
            guard let answer = answers.first(where: { $0.path == request.target && $0.method == request.method }) else {
                return .text("404 page not found\n", status: 404)
            }
            var headers = ["Content-Type: \(answer.contentType)"]
            if let seconds = answer.retryAfter { headers.append("Retry-After: \(seconds)") }
            return .response(status: answer.status, headers: headers, body: Data(answer.bytes))
        }
        let connection = try connection(server.address, timeout: .seconds(2), folder: folder)
        return (APIClient(connection, surroundings()), server)
    }

    @Test(arguments: [
        ("whoami-admin", "admin", Identity.Origin.selfSubjectReview),
        ("whoami-sa-token-pod", "system:serviceaccount:demo:app-controller", .selfSubjectReview),
        ("whoami-anonymous", "system:anonymous", .refusal),
    ])
    func identities(_ name: String, _ user: String, _ origin: Identity.Origin) async throws {
        let folder = try ScratchFolder()
        let (client, server) = try client(folder, [name])
        let identity = try await client.whoAmI()
        #expect(identity.name == user && identity.origin == origin)
        #expect(identity.isAnonymous == (user == "system:anonymous"))
        if name == "whoami-sa-token-pod" {
            #expect(identity.extra["authentication.kubernetes.io/pod-name"] == ["app-0"])
        }
        _ = server
    }

    @Test func rulesReviews() async throws {
        let folder = try ScratchFolder()
        let (complete, first) = try client(folder, ["ssrr-alice"])
        #expect(try await complete.selfSubjectRulesReview(namespace: "demo").isIncomplete == false)
        let (webhook, second) = try client(folder, ["webhook-ssrr"])
        let review = try await webhook.selfSubjectRulesReview(namespace: "demo")
        #expect(review.isIncomplete && review.evaluationError.contains("webhook"))
        _ = (first, second)
    }

    @Test func busyServer() async throws {
        let folder = try ScratchFolder()
        let (client, server) = try client(folder, ["busy-ssar"])
        let answer = await client.selfSubjectAccessReviews(questions(1))[0]
        #expect(answer.reason == "the server answered 429: Too many requests, please try again later.")
        #expect(answer.failure?.connectivity == .unreachable)
        _ = server
    }

    @Test func tokens() async throws {
        let folder = try ScratchFolder()
        let account = ServiceAccountName(namespace: "demo", name: "app-controller")
        let (client, server) = try client(folder, ["tokenrequest-admin"])
        #expect(try await client.requestToken(for: account).value == "REDACTED-TOKEN")
        let (refused, other) = try self.client(folder, ["tokenrequest-alice-forbidden"])
        let failure = await #expect(throws: APIFailure.self) { try await refused.requestToken(for: account) }
        #expect(failure?.isForbidden == true)
        _ = (server, other)
    }

    /// A list whose continuation has expired goes on as the server offers.
    @Test func pages() async throws {
        let folder = try ScratchFolder()
        let first = try recorded("list-clusterroles-page-1")
        let second = try recorded("list-clusterroles-page-2")
        let expired = try recorded("list-continue-expired")
        let server = try StandInServer { request in
            let answer =
                switch request.number {
                case 1: first
                case 2: expired
                default: second
                }
            let last = request.number == 4 ? JSONValue.object([.init(key: "items", value: .array([]))]) : answer.body
            return .response(
                status: answer.status,
                headers: ["Content-Type: application/json"],
                body: Data(last.serialized.utf8)
            )
        }
        let client = APIClient(try connection(server.address, folder: folder), surroundings())
        let items = try await client.list("/apis/rbac.authorization.k8s.io/v1/clusterroles", pageSize: 2).get()
        #expect(items.count == 4)
        let token = expired.body["metadata"]["continue"].text
        #expect(server.requests[2].target.hasSuffix("continue=\(APIRequest.query(token))"))
    }

    // MARK: Discovery

    private func document(_ name: String) throws -> JSONValue {
        try JSONValue(Array(try Data(contentsOf: fixture("recorded/discovery/\(name).json"))))
    }

    private func discover(_ names: [String], broken: Set<String> = []) async throws -> APIResources {
        let documents = try names.map(document)
        let server = try StandInServer { request in
            if broken.contains(request.path) { return .text("down", status: 503) }
            guard let match = documents.first(where: { $0["path"].text == request.path }) else {
                return .json(["kind": "APIResourceList", "resources": [Any]()])
            }
            return .response(
                status: 200,
                headers: ["Content-Type: \(match["contentType"].text)"],
                body: Data(match["body"].serialized.utf8)
            )
        }
        let folder = try ScratchFolder()
        let client = APIClient(try connection(server.address, folder: folder), surroundings())
        return try await client.apiResources()
    }

    @Test func bothFormsOfDiscoveryAgree() async throws {
        let aggregated = try await discover(["api-aggregated-v2", "apis-aggregated-v2"])
        let older = try await discover(["api", "apis", "api-v1", "apis-apps-v1", "apis-example.com-v1"])
        #expect(aggregated.failures.isEmpty && older.failures.isEmpty)
        #expect(aggregated.groups.map(\.name) == older.groups.map(\.name))
        for group in ["", "apps", "example.com"] {
            let resources = { (all: APIResources) in
                all.group(group)?.versions.first?.resources.sorted { $0.name < $1.name }
            }
            let left = try #require(resources(aggregated))
            let right = try #require(resources(older))
            #expect(left.map(\.name) == right.map(\.name))
            for (a, b) in zip(left, right) {
                #expect(a.kind == b.kind && a.isNamespaced == b.isNamespaced && a.shortNames == b.shortNames)
                #expect(a.subresources.keys.sorted() == b.subresources.keys.sorted(), "\(a.name)")
            }
        }
    }

    @Test func whatIsServed() async throws {
        let resources = try await discover(["api-aggregated-v2", "apis-aggregated-v2"])
        func service(_ group: String, _ version: String, _ resource: String, _ sub: String = "") -> APIResources.Service
        {
            resources.service(group: group, version: version, resource: resource, subresource: sub)
        }
        #expect(service("", "v1", "pods") == .served(isNamespaced: true))
        #expect(service("", "", "nodes") == .served(isNamespaced: false))
        #expect(service("", "v1", "pods", "log") == .served(isNamespaced: true))
        #expect(service("nope.example.com", "v1", "widgets") == .groupNotServed)
        #expect(service("apps", "v1", "widgets") == .resourceNotServed)
        #expect(service("apps", "v1beta1", "deployments") == .versionNotServed(served: ["v1"]))
        #expect(
            service("example.com", "v1", "myapps", "finalizers") == .subresourceNotServed(served: ["scale", "status"])
        )
        #expect(resources.matches("ma").map(\.resource.name) == ["myapps"])
        #expect(resources.matches("MyApp").map(\.group) == ["example.com"])
        #expect(resources.matches("deployment", group: "apps").map(\.resource.name) == ["deployments"])
        #expect(resources.matches("events").map(\.group) == ["", "events.k8s.io"])
    }

    @Test func partsThatAreDownAreNotCalledUnserved() async throws {
        let resources = try await discover(["api", "apis", "api-v1"], broken: ["/apis/apps/v1"])
        #expect(resources.service(group: "apps", version: "v1", resource: "deployments", subresource: "") == .unknown)
        #expect(resources.failures.count == 1)
    }
}
