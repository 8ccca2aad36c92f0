import Foundation
import RBAC
import TestSupport
import Testing

/// Cases that Kubernetes' own authorizer answered.
struct RecordedCaseTests {
    struct Case: Decodable, CustomTestStringConvertible {
        struct User: Decodable {
            var name: String
            var groups: [String]
        }

        struct Request: Decodable {
            var verb: String
            var group: String?
            var resource: String?
            var subresource: String?
            var name: String?
            var namespace: String?
            var path: String?

            /// The table was answered by a program that took an empty path for none, so that `path: ""` stands for a resource
            /// request that names nothing.
            var attributes: RequestAttributes {
                if let path, !path.isEmpty { return RequestAttributes(verb: verb, nonResourceURL: path) }
                return RequestAttributes(
                    verb: verb,
                    group: group ?? "",
                    resource: resource ?? "",
                    subresource: subresource ?? "",
                    namespace: namespace ?? "",
                    name: name ?? ""
                )
            }
        }

        var id: String
        var name: String
        var roles: [KubernetesObject]
        var bindings: [KubernetesObject]
        var user: User
        var request: Request
        var allowed: Bool
        var reason: String

        var testDescription: String { "\(id) \(name)" }
    }

    static let cases: [Case] = {
        let file = Repository.fixtures.appending(path: "rbac/rbac-cases.jsonl")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    }()

    @Test func `The whole table is read`() {
        #expect(Self.cases.count == 251)
    }

    @Test(arguments: cases)
    func `Decision and reason are those of Kubernetes`(_ recorded: Case) {
        let user = UserInfo(name: recorded.user.name, groups: recorded.user.groups)
        let authorizer = Authorizer(policy: Policy(objects: recorded.roles + recorded.bindings))
        let decision = authorizer.authorize(recorded.request.attributes, user: user)
        #expect(decision.isAllowed == recorded.allowed)
        #expect(decision.reason == recorded.reasonOfServer)
    }
}

extension RecordedCaseTests.Case {
    /// The reason as a server gives it.
    ///
    /// A server finds roles through its informers' caches, whose error names the resource in the singular
    /// (`role.rbac.authorization.k8s.io "missing" not found`): so it stands in every recorded review and refusal. The
    /// program that answered this table looked roles up in another way, whose error has the plural; that is in one case.
    var reasonOfServer: String {
        guard id == "rbac-286" else { return reason }
        return reason.replacing("RBAC: roles.rbac", with: "RBAC: role.rbac")
    }
}
