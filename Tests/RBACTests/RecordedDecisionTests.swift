import Foundation
import RBAC
import TestSupport
import Testing

/// Decisions of Kubernetes' own authorizer, v1.36.2: the answer and the reason must be the same.
@Suite struct RecordedDecisionTests {
    @Test func agreesWithEveryRecordedDecision() throws {
        let text = try String(contentsOf: Repository.fixtures.appending(path: "rbac/cases.jsonl"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 251)
        for line in lines {
            let recorded = try JSONDecoder().decode(RecordedCase.self, from: Data(line.utf8))
            let authorizer = Authorizer(policy: recorded.policy)
            let decision = authorizer.authorize(recorded.request.attributes, user: recorded.userInfo)
            #expect(decision.isAllowed == recorded.allowed, "\(recorded.id) \(recorded.name)")
            #expect(Self.sorted(decision.reason) == Self.sorted(Self.asServed(recorded.reason)), "\(recorded.id) \(recorded.name)")
        }
    }

    /// A server's lister names the resource in the singular; the recorder's in-memory resolver used the plural.
    private static func asServed(_ reason: String) -> String {
        reason.replacingOccurrences(of: "RBAC: roles.rbac", with: "RBAC: role.rbac")
            .replacingOccurrences(of: "RBAC: clusterroles.rbac", with: "RBAC: clusterrole.rbac")
    }

    /// The order of several errors is not stable on the server; the parts are.
    private static func sorted(_ reason: String) -> [String] {
        guard reason.hasPrefix("RBAC: ["), reason.hasSuffix("]") else { return [reason] }
        return reason.dropFirst("RBAC: [".count).dropLast().components(separatedBy: ", ").sorted()
    }
}

private struct RecordedCase: Decodable {
    struct Metadata: Decodable {
        var name: String
        var namespace: String?
    }
    struct Rule: Decodable {
        var verbs: [String]?
        var apiGroups: [String]?
        var resources: [String]?
        var resourceNames: [String]?
        var nonResourceURLs: [String]?
    }
    struct RoleObject: Decodable {
        var kind: String
        var metadata: Metadata
        var rules: [Rule]?
    }
    struct BindingObject: Decodable {
        struct Reference: Decodable {
            var apiGroup: String?
            var kind: String
            var name: String
        }
        struct SubjectObject: Decodable {
            var kind: String
            var apiGroup: String?
            var name: String
            var namespace: String?
        }
        var kind: String
        var metadata: Metadata
        var roleRef: Reference
        var subjects: [SubjectObject]?
    }
    struct User: Decodable {
        var name: String
        var groups: [String]?
    }
    struct Request: Decodable {
        var verb: String
        var group: String?
        var resource: String?
        var subresource: String?
        var name: String?
        var namespace: String?
        var path: String?

        var attributes: RequestAttributes {
            // Recorded with Go's zero values: an empty path was sent as a resource request with nothing in it.
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
    var roles: [RoleObject]
    var bindings: [BindingObject]
    var user: User
    var request: Request
    var allowed: Bool
    var reason: String

    var userInfo: UserInfo { UserInfo(name: user.name, groups: user.groups ?? []) }

    var policy: Policy {
        Policy(
            roles: roles.map { role in
                Role(
                    kind: Role.Kind(rawValue: role.kind) ?? .role,
                    namespace: role.metadata.namespace ?? "",
                    name: role.metadata.name,
                    rules: (role.rules ?? []).map { rule in
                        Role.Rule(
                            PolicyRule(
                                verbs: rule.verbs ?? [],
                                apiGroups: rule.apiGroups ?? [],
                                resources: rule.resources ?? [],
                                resourceNames: rule.resourceNames ?? [],
                                nonResourceURLs: rule.nonResourceURLs ?? []
                            )
                        )
                    }
                )
            },
            bindings: bindings.map { binding in
                Binding(
                    kind: Binding.Kind(rawValue: binding.kind) ?? .roleBinding,
                    namespace: binding.metadata.namespace ?? "",
                    name: binding.metadata.name,
                    roleRef: RoleRef(kind: binding.roleRef.kind, name: binding.roleRef.name),
                    subjects: (binding.subjects ?? []).map { subject in
                        Subject(
                            kind: subject.kind,
                            apiGroup: subject.apiGroup ?? "",
                            name: subject.name,
                            namespace: subject.namespace ?? ""
                        )
                    }
                )
            }
        )
    }
}
