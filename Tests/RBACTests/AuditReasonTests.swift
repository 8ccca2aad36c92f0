import Foundation
import RBAC
import TestSupport
import Testing

/// Reasons that an API server wrote into its audit log, over its own bootstrap policy.
struct AuditReasonTests {
    struct Event: Decodable {
        struct User: Decodable {
            var username: String?
            var groups: [String]?

            var info: UserInfo { UserInfo(name: username ?? "", groups: groups ?? []) }
        }

        struct ObjectReference: Decodable {
            var resource: String?
            var subresource: String?
            var apiGroup: String?
            var namespace: String?
            var name: String?
        }

        var requestURI: String
        var verb: String
        var user: User
        var impersonatedUser: User?
        var objectRef: ObjectReference?
        var annotations: [String: String]?

        var reason: String { annotations?["authorization.k8s.io/reason"] ?? "" }

        var request: RequestAttributes {
            guard let objectRef, let resource = objectRef.resource else {
                let path = requestURI.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)[0]
                return RequestAttributes(verb: verb, nonResourceURL: String(path))
            }
            return RequestAttributes(
                verb: verb,
                group: objectRef.apiGroup ?? "",
                resource: resource,
                subresource: objectRef.subresource ?? "",
                namespace: objectRef.namespace ?? "",
                // The log takes a new object's name from the answer; the authorizer had none.
                name: verb == "create" ? "" : objectRef.name ?? ""
            )
        }
    }

    static func events() throws -> [Event] {
        try ["apiserver-1.36.2-metadata", "apiserver-1.36.2-bootstrap-metadata"].flatMap { name in
            try String(contentsOf: SharedCorpus.path("corpus/audit/\(name).jsonl"), encoding: .utf8)
                .split(separator: "\n").map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
        }
    }

    @Test(.enabled(if: SharedCorpus.isPresent, "reference data not there"))
    func `A bootstrap binding that allowed a request is named again`() throws {
        let policy = Policy(
            objects: try BootstrapPolicyTests.objects(
                "cluster-roles",
                "cluster-role-bindings",
                "controller-roles",
                "controller-role-bindings",
                "namespace-roles",
                "namespace-role-bindings"
            )
        )
        let authorizer = Authorizer(policy: policy)
        let named = policy.bindings.map { "RBAC: allowed by \($0.kind.rawValue) \"\($0.name)" }
        let events = try Self.events().filter { event in named.contains { event.reason.hasPrefix("\($0)\"") } }
        #expect(events.count >= 28)
        for event in events {
            let user = (event.impersonatedUser ?? event.user).info
            #expect(authorizer.authorize(event.request, user: user).reason == event.reason, "\(event.requestURI)")
        }
    }
}
