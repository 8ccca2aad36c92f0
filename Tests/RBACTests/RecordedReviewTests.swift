import Foundation
import RBAC
import TestSupport
import Testing

/// Access reviews that an API server answered, over the roles and bindings that it had then.
struct RecordedReviewTests {
    struct Exchange: Decodable {
        struct Request: Decodable {
            var body: Review?
            var headers: [String: String]

            enum CodingKeys: CodingKey { case body, headers }

            /// Bodies that are no objects, and headers sent several times, are of exchanges that no test here looks at.
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                body = try? container.decode(Review.self, forKey: .body)
                headers = (try? container.decode([String: String].self, forKey: .headers)) ?? [:]
            }
        }

        var name: String
        var client: String
        var status: Int
        var request: Request
        var answer: Review?
        var items: [KubernetesObject]

        enum CodingKeys: CodingKey { case name, client, status, request, body }

        private struct List: Decodable {
            var kind: String
            var items: [KubernetesObject.Item]
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            client = try container.decode(String.self, forKey: .client)
            status = try container.decode(Int.self, forKey: .status)
            request = try container.decode(Request.self, forKey: .request)
            answer = try? container.decode(Review.self, forKey: .body)
            let list = try? container.decode(List.self, forKey: .body)
            items =
                list.map { list in list.items.map { $0.object(kind: String(list.kind.dropLast("List".count))) } } ?? []
        }
    }

    struct Review: Decodable {
        struct Spec: Decodable {
            var user: String?
            var groups: [String]?
            var resourceAttributes: RecordedCaseTests.Case.Request?
            var nonResourceAttributes: RecordedCaseTests.Case.Request?
        }

        struct Status: Decodable {
            var allowed: Bool
            var reason: String?
        }

        var kind: String
        var spec: Spec?
        var status: Status?
    }

    static let exchanges: [Exchange] = {
        let file = Repository.fixtures.appending(path: "recorded/reviews.jsonl")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Exchange.self, from: Data($0.utf8)) }
    }()

    /// The reviews that RBAC alone answered, in the state that the first lines hold.
    static let reviews = exchanges.filter { exchange in
        exchange.status == 201 && exchange.answer?.status != nil && exchange.user != nil
            && !["webhook", "node", "aggregated-before"].contains(where: exchange.name.contains)
    }

    static let authorizer: Authorizer = {
        var policy = Policy(objects: exchanges.filter { $0.name.hasPrefix("state-") }.flatMap(\.items))
        policy.roles += BootstrapPolicy.defaultGrants.roles
        policy.bindings += BootstrapPolicy.defaultGrants.bindings
        return Authorizer(policy: policy)
    }()

    @Test func `Enough was recorded`() {
        #expect(Self.reviews.count > 60)
        #expect(Self.authorizer.policy.bindings.count > 20)
    }

    @Test(arguments: reviews.map(\.name))
    func `Access is answered as by the server`(_ name: String) throws {
        let exchange = try #require(Self.reviews.first { $0.name == name })
        let (user, spec) = (try #require(exchange.user), try #require(exchange.request.body?.spec))
        let request = try #require(
            spec.resourceAttributes?.attributes
                ?? spec.nonResourceAttributes.map {
                    RequestAttributes(verb: $0.verb ?? "", nonResourceURL: $0.path ?? "")
                }
        )
        let status = try #require(exchange.answer?.status)
        let access = Self.authorizer.access(of: user)
        let decision = access.decide(request)
        #expect(decision.isAllowed == status.allowed)
        if decision.isAllowed {
            // Which of several bindings a server meets first is left to chance.
            #expect(reasons(for: access.grants(of: request), request, user).contains(status.reason ?? ""))
        } else {
            // So is the order of errors.
            #expect(parts(decision.reason) == parts(status.reason ?? ""))
        }
    }

    private func reasons(for grants: [Decision.Grant], _ request: RequestAttributes, _ user: UserInfo) -> [String] {
        let policy = Self.authorizer.policy
        return grants.map { grant in
            Authorizer(policy: Policy(roles: policy.roles, bindings: [policy.bindings[grant.binding]]))
                .authorize(request, user: user).reason
        }
    }

    private func parts(_ reason: String) -> Set<String> {
        Set(reason.split { "[],".contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) })
    }
}

extension RecordedReviewTests.Exchange {
    /// Whose access was asked for; `nil` where a member of `system:masters` asked for the own, which RBAC has no part in.
    var user: UserInfo? {
        if let name = request.headers["Impersonate-User"] {
            return .impersonated(name: name, groups: request.headers["Impersonate-Group"].map { [$0] } ?? [])
        }
        guard let review = request.body, let spec = review.spec else { return nil }
        if review.kind != "SelfSubjectAccessReview" {
            guard spec.groups?.contains("system:masters") != true else { return nil }
            return UserInfo(name: spec.user ?? "", groups: spec.groups ?? [])
        }
        switch client {
        case "alice": return UserInfo(name: "alice", groups: ["system:authenticated"])
        case "sa-token": return ServiceAccountName(namespace: "demo", name: "app-controller").user
        default: return nil
        }
    }
}
