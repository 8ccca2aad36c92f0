import Foundation
import TestSupport
import Testing

/// From a real API server's audit log to a role that is enough, and no larger than that.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)")) struct AuditEndToEndTests {
    private static let user = "audit-load"

    private static let load = [
        ["get", "pods", "--all-namespaces"], ["create", "configmap", "made", "-n", "audit-load", "--from-literal=a=b"],
        ["apply", "--server-side", "-n", "audit-load", "-f", "-"],
        ["delete", "configmap", "made", "applied", "-n", "audit-load"],
    ]
    private static let applied = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\n"

    /// Runs the load as the user, and counts what the server's audit log says was refused to him meanwhile: kubectl goes on
    /// without some of what it asks for.
    private func refusals(_ server: EnvTest) throws -> Int {
        let before = try refusedEvents(server)
        for command in Self.load {
            _ = try? server.kubectl(["--as", Self.user] + command, input: Self.applied)
        }
        // What a refused deletion left.
        try server.kubectl(["delete", "configmap", "made", "applied", "-n", "audit-load", "--ignore-not-found"])
        return try refusedEvents(server) - before
    }

    private func refusedEvents(_ server: EnvTest) throws -> Int {
        try String(contentsOfFile: server.auditLog, encoding: .utf8).split(separator: "\n").count { line in
            line.contains("\"impersonatedUser\":{\"username\":\"\(Self.user)\"") && line.contains("\"code\":403")
        }
    }

    @Test func aGeneratedRoleIsEnoughAndNotOneRuleTooMany() throws {
        let server = try EnvTest.shared()
        try server.kubectl(["create", "namespace", "audit-load"])
        let binding = ["clusterrolebinding", "audit-load-everything"]
        try server.kubectl(["create"] + binding + ["--clusterrole", "cluster-admin", "--user", Self.user])
        #expect(try refusals(server) == 0)
        try server.kubectl(["delete"] + binding)
        #expect(try refusals(server) >= Self.load.count)

        let runner = CommandRunner()
        let imported = try runner.run(["trace", "import", server.auditLog, "--user", Self.user])
        #expect(imported.status == 0, "\(imported.errors)")
        let generated = try runner.run(
            ["generate", "-t", "-", "--with-binding", "-o", "json"],
            input: Data(imported.output.utf8)
        )
        #expect(generated.status == 0, "\(generated.errors)")
        try server.apply(generated.output)
        #expect(try refusals(server) == 0, "\(generated.output)")

        let rules = try Rules(generated.output)
        #expect(rules.places.count >= 2, "\(generated.output)")
        for place in rules.places {
            try server.apply(try rules.without(place))
            let rule = try rules.text(place)
            #expect(try refusals(server) > 0, "not needed: \(rule)")
        }
        try server.kubectl(["delete", "namespace", "audit-load", "--wait=false"])
    }

    /// The rules of a list of roles.
    private struct Rules {
        private let list: [String: Any]
        private let items: [[String: Any]]

        init(_ json: String) throws {
            list = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
            items = try #require(list["items"] as? [[String: Any]])
        }

        var places: [(item: Int, rule: Int)] {
            items.indices.flatMap { item in
                (items[item]["rules"] as? [Any] ?? []).indices.map { (item, $0) }
            }
        }

        func without(_ place: (item: Int, rule: Int)) throws -> String {
            var (list, items) = (list, items)
            var rules = items[place.item]["rules"] as? [Any] ?? []
            rules.remove(at: place.rule)
            items[place.item]["rules"] = rules
            list["items"] = items
            return try Self.text(list)
        }

        func text(_ place: (item: Int, rule: Int)) throws -> String {
            try Self.text((items[place.item]["rules"] as? [Any] ?? [])[place.rule])
        }

        private static func text(_ value: Any) throws -> String {
            String(decoding: try JSONSerialization.data(withJSONObject: value, options: .sortedKeys), as: UTF8.self)
        }
    }
}
