import Foundation
import RBAC
import TestSupport
import Testing

@testable import KubeAPI

@Suite struct ReviewTests {
    let folder: ScratchFolder
    init() throws { folder = try ScratchFolder() }

    private static let op = ServiceAccountName(namespace: "demo", name: "op").user
    private static let questions = [
        RequestAttributes(verb: "list", group: "apps", version: "v1", resource: "deployments", namespace: "demo"),
        RequestAttributes(verb: "list", resource: "nodes"),
        RequestAttributes(verb: "get", nonResourceURL: "/metrics"),
    ]

    private func ask(
        refused: Set<String> = [],
        impersonation: Bool = true,
        change: (inout ConnectionOptions) -> Void = { _ in }
    ) async throws -> (reviews: SubjectReviews, requests: [StandInServer.Request]) {
        var api = StandInAPI { review in
            StandInAPI.Decision(review.user == Self.op.name && review["resource"] != "nodes", reason: review.kind)
        }
        api.refusedKinds = refused
        api.refusesImpersonation = !impersonation
        let made = api
        let server = try StandInServer { made.reply(to: $0) }
        let client = client(try connection(server.address, folder: folder, change: change))
        return (await client.subjectAccessReviews(for: Self.op, Self.questions), server.requests)
    }

    @Test func bySubject() async throws {
        let (reviews, requests) = try await ask()
        #expect(reviews.answers.map(\.verdict) == [.allowed, .denied, .allowed])
        #expect(reviews.answers.allSatisfy { $0.method == .subjectAccessReview })
        let spec = try #require(requests[0].json["spec"] as? [String: Any])
        #expect(spec["groups"] as? [String] == Self.op.groups)
        #expect(
            spec["resourceAttributes"] as? [String: String]
                == ["verb": "list", "group": "apps", "version": "v1", "resource": "deployments", "namespace": "demo"]
        )
    }

    @Test func locallyThenByImpersonation() async throws {
        let (reviews, requests) = try await ask(refused: ["SubjectAccessReview"])
        #expect(reviews.answers.map(\.verdict) == [.allowed, .denied, .allowed])
        #expect(reviews.answers.map(\.method) == [.localSubjectAccessReview, .impersonation, .impersonation])
        let impersonated = try #require(requests.last)
        #expect(impersonated.headers("impersonate-user") == [Self.op.name])
        #expect(impersonated.headers("impersonate-group").isEmpty)
        #expect(reviews.refusals.count == 1)
    }

    @Test func nobody() async throws {
        let (reviews, _) = try await ask(
            refused: ["SubjectAccessReview", "LocalSubjectAccessReview"],
            impersonation: false
        )
        #expect(reviews.answers.allSatisfy { $0.verdict == .unknown && $0.method == .none })
        #expect(reviews.refusals.map(\.namespace) == ["", "demo", ""])
        #expect(reviews.refusals[2].message.contains("cannot impersonate"))
        #expect(reviews.answers[0].reason.contains("cannot create resource \"subjectaccessreviews\""))
    }

    @Test func nobodyImpersonatesTwice() async throws {
        let (reviews, requests) = try await ask(refused: ["SubjectAccessReview", "LocalSubjectAccessReview"]) {
            $0.impersonation = Impersonation(user: "boss")
        }
        #expect(reviews.answers.allSatisfy { $0.verdict == .unknown })
        #expect(requests.allSatisfy { $0.headers("impersonate-user") == ["boss"] })
    }

    @Test func identityOfOlderServers() async throws {
        let older = try StandInServer { request in
            request.path.contains("v1beta1/selfsubjectreviews")
                ? .json(["kind": "SelfSubjectReview", "status": ["userInfo": ["username": "old"]]], status: 201)
                : .text("404 page not found\n", status: 404)
        }
        let client = client(try connection(older.address, folder: folder))
        #expect(try await client.whoAmI() == Identity(name: "old", origin: .selfSubjectReview))
    }

    @Test func identityWithoutTheReview() async throws {
        let refusal = "forbidden: User \"ali\" cannot get path \"/swiftop.dev/whoami\""
        let ancient = try StandInServer { request in
            request.method == "GET"
                ? .json(["kind": "Status", "message": refusal, "code": 403], status: 403)
                : .text("404 page not found\n", status: 404)
        }
        let client = client(try connection(ancient.address, folder: folder))
        #expect(try await client.whoAmI() == Identity(name: "ali", origin: .refusal))
        let silent = try StandInServer { request in
            request.path == "/version"
                ? .json(["gitVersion": "v1.25.0"]) : .text("404 page not found\n", status: 404)
        }
        let other = APIClient(try connection(silent.address, folder: folder), surroundings())
        #expect(try await other.whoAmI() == Identity(name: "", origin: .unknown))
        let nothing = try StandInServer { _ in .text("404 page not found\n", status: 404) }
        let none = APIClient(try connection(nothing.address, folder: folder), surroundings())
        await #expect(throws: APIFailure.self) { try await none.whoAmI() }
    }

    @Test func textsFromTheServerAreOneHarmlessLine() async throws {
        let server = try StandInServer { _ in
            .json(["kind": "Status", "message": "a\u{1B}[31m\nb\u{202E}", "code": 400], status: 400)
        }
        let client = client(try connection(server.address, folder: folder))
        let failure = await #expect(throws: APIFailure.self) { try await client.serverVersion() }
        #expect(failure?.description == "the server answered 400: a [31m b")
    }
}
