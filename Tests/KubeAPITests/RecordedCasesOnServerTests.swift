import Foundation
import RBAC
import TestSupport
import Testing

@testable import KubeAPI

/// The table of decisions, its objects applied to a real API server: reviews and evaluator give the same answers.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
struct RecordedCasesOnServerTests {
    private let server: EnvTest
    private let client: APIClient
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        // Some of the table's bindings are to everybody, or to every service account.
        server = try EnvTest.shared(for: "the table of decisions")
        var options = ConnectionOptions()
        options.kubeconfig = try folder.write("kubeconfig", server.kubeconfig(user: "{token: \(server.adminToken)}"))
        client = APIClient(try ClusterConnection.load(options, surroundings()), surroundings())
    }

    /// Cases of the same objects: these are applied once, then all are asked.
    private struct Situation {
        var objects: [Object]
        var cases: [JSONValue]
    }

    private struct Object {
        var kind: String
        var namespace: String
        var name: String
        var body: JSONValue

        var collection: String {
            let plural = kind.lowercased() + "s"
            let root = "/apis/rbac.authorization.k8s.io/v1"
            return namespace.isEmpty ? "\(root)/\(plural)" : "\(root)/namespaces/\(namespace)/\(plural)"
        }

        init(_ body: JSONValue) {
            self.body = body
            kind = body["kind"].text
            namespace = body["metadata"]["namespace"].text
            name = body["metadata"]["name"].text
        }

        init(_ json: String) throws { self.init(try JSONValue(Array(json.utf8))) }
    }

    /// Every case that a server takes, with names that are not those of the server's own roles.
    private static func situations() throws -> [Situation] {
        let text = try String(contentsOf: fixture("rbac/rbac-cases.jsonl"), encoding: .utf8)
        var order: [String] = []
        var byObjects: [String: Situation] = [:]
        for line in text.split(separator: "\n") {
            let renamed = ["admin", "cluster-admin"].reduce(String(line)) { line, name in
                line.replacing(
                    "\"metadata\": {\"name\": \"\(name)\"",
                    with: "\"metadata\": {\"name\": \"case-\(name)\""
                )
                .replacing("Role\", \"name\": \"\(name)\"", with: "Role\", \"name\": \"case-\(name)\"")
            }
            let document = try JSONValue(Array(renamed.utf8))
            guard document["sar_valid"].boolean == true, document["objects_valid_on_server"].boolean == true else {
                continue
            }
            let objects = document["roles"].array + document["bindings"].array
            let key = JSONValue.array(objects).serialized
            if byObjects[key] == nil { order.append(key) }
            byObjects[key, default: Situation(objects: objects.map(Object.init), cases: [])].cases.append(document)
        }
        return order.compactMap { byObjects[$0] }
    }

    @Test func reviewsAndEvaluatorAgree() async throws {
        let situations = try Self.situations()
        #expect(situations.reduce(0) { $0 + $1.cases.count } == 249)
        let namespaces = Set(situations.flatMap { $0.objects.map(\.namespace) }).subtracting(["", "default"]).sorted()
        _ = await client.send(
            namespaces.map { .create("/api/v1/namespaces", "{\"metadata\":{\"name\":\"\($0)\"}}", isRepeatable: false) }
        )
        for (index, situation) in situations.enumerated() {
            // What the server has seen of these it has seen of all that was made, or deleted, before them.
            let beacons = try Self.beacons(index)
            try await create(situation.objects)
            try await create(beacons)
            try await waitForBeacon(index)
            await compare(situation)
            try await delete(situation.objects + beacons)
        }
    }

    private func compare(_ situation: Situation) async {
        var reader = LivePolicyReader()
        for object in situation.objects {
            if let kind = Role.Kind(rawValue: object.kind) { reader.addRole(kind, object.body) }
            if let kind = Binding.Kind(rawValue: object.kind) { reader.addBinding(kind, object.body) }
        }
        let authorizer = Authorizer(policy: reader.result.policy)
        let questions = situation.cases.map { ($0["id"].text, Self.user($0["user"]), Self.attributes($0["request"])) }
        let outcomes = await client.send(questions.map { AccessReviewRequest.subject($0.1, $0.2) })
        for ((id, user, attributes), outcome) in zip(questions, outcomes) {
            let answer = AccessAnswer(outcome, .subjectAccessReview, credential: CredentialSource())
            // A server lets the privileged group pass before it asks any authorizer.
            if user.groups.contains("system:masters") {
                #expect(answer.verdict == .allowed && answer.reason.isEmpty, "\(id)")
                continue
            }
            let decision = authorizer.authorize(attributes, user: user)
            #expect(answer.verdict == (decision.isAllowed ? .allowed : .denied), "\(id): \(answer)")
            #expect(answer.reason == decision.reason, "\(id)")
        }
    }

    private static func user(_ user: JSONValue) -> UserInfo {
        UserInfo(name: user["name"].text, groups: user["groups"].strings)
    }

    private static func attributes(_ request: JSONValue) -> RequestAttributes {
        if !request["path"].text.isEmpty {
            return RequestAttributes(verb: request["verb"].text, nonResourceURL: request["path"].text)
        }
        return RequestAttributes(
            verb: request["verb"].text,
            group: request["group"].text,
            resource: request["resource"].text,
            subresource: request["subresource"].text,
            namespace: request["namespace"].text,
            name: request["name"].text
        )
    }

    // MARK: Objects on the server

    private func create(_ objects: [Object]) async throws {
        let requests = objects.map { APIRequest.create($0.collection, $0.body.serialized, isRepeatable: false) }
        for outcome in await client.send(requests) { _ = try APIClient.success(outcome, credential: .init()) }
    }

    private func delete(_ objects: [Object]) async throws {
        let requests = objects.map { APIRequest(.delete, "\($0.collection)/\(APIRequest.segment($0.name))") }
        for outcome in await client.send(requests) { _ = try APIClient.success(outcome, credential: .init()) }
    }

    /// A user who may `see` because of a ClusterRole and its binding, and in `default` because of a Role and its.
    private static func beacons(_ index: Int) throws -> [Object] {
        let name = "beacon-\(index)"
        return try [("Cluster", "", "lights"), ("", "\"namespace\":\"default\",", "lamps")].flatMap {
            prefix,
            place,
            seen in
            let metadata = "\"metadata\":{\(place)\"name\":\"\(name)\"}"
            return [
                try Object(
                    """
                    {"kind":"\(prefix)Role",\(metadata),
                     "rules":[{"apiGroups":["beacons"],"resources":["\(seen)"],"verbs":["see"]}]}
                    """
                ),
                try Object(
                    """
                    {"kind":"\(prefix.isEmpty ? "RoleBinding" : "ClusterRoleBinding")",\(metadata),
                     "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"\(prefix)Role","name":"\(name)"},
                     "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"\(name)"}]}
                    """
                ),
            ]
        }
    }

    private func waitForBeacon(_ index: Int) async throws {
        let questions = ["lights", "lamps"].map {
            RequestAttributes(verb: "see", group: "beacons", resource: $0, namespace: "default")
        }
        for _ in 0..<1000 {
            let answers = await client.subjectAccessReviews(for: UserInfo(name: "beacon-\(index)"), questions).answers
            if answers.allSatisfy({ $0.verdict == .allowed }) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("the server does not see its own objects")
    }
}
