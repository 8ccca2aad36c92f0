import Diagnosis
import Foundation
import RBAC
import Testing

/// What remedies say, where more than granting a rule has to be thought of.
@Suite struct RemedyTests {
    private static let pods = "- {apiGroups: [''], resources: [pods], verbs: [list]}"

    private func remedy(_ code: FindingCode, _ yaml: String, _ needs: [String]) async throws -> Remedy {
        let report = try await Situation(yaml, needs: needs).check()
        return try #require(report.principal(code)?.remedy)
    }

    @Test func aRoleBelongsWhereItsBindingIs() async throws {
        let yaml = Manifest.documents(
            Manifest.role("local", namespace: "other", Self.pods),
            Manifest.binding("local", to: "Role/local", namespace: "demo")
        )
        let moved = try await remedy(.roleRefDangling, yaml, ["list pods -n demo"])
        #expect(moved.replacement == ["metadata:", "  namespace: demo"])
        #expect(moved.commands.first?.contains("  namespace: demo\nrules:\n- apiGroups: [\"\"]") == true)
        let bound = try await remedy(.roleRefDangling, yaml, ["list pods -n other"])
        #expect(
            bound.commands == [
                "kubectl create rolebinding local-binding -n other --role=local --serviceaccount=demo:operator"
            ]
        )
    }

    @Test func rolesThatTwoRemediesMakeHaveTwoNames() async throws {
        let yaml = Manifest.documents(
            Manifest.role("local", namespace: "demo", Self.pods),
            Manifest.binding("local", to: "Role/local", namespace: "demo")
        )
        let report = try await Situation(yaml, needs: ["list pods", "list nodes"]).check()
        let commands = report.findings.flatMap { $0.remedy?.commands ?? [] }
        let names = commands.compactMap { $0.split(separator: " ").dropFirst(3).first.map(String.init) }
        #expect(
            Set(names) == [
                "operator-cluster-role", "operator-cluster-rolebinding", "operator-cluster-role-2",
                "operator-cluster-role-2-binding",
            ]
        )
    }

    /// `kubectl create` asks the server for every resource, and takes one rule.
    @Test func whatKubectlCannotCreateIsApplied() async throws {
        let yaml = Manifest.documents(
            Manifest.role(
                "local",
                namespace: "demo",
                "- {apiGroups: ['', example.com], resources: [pods, apps], verbs: [list]}"
            ),
            Manifest.binding("local", to: "Role/local", namespace: "demo")
        )
        let remedy = try await remedy(.namespaceScopeTooNarrow, yaml, ["list pods", "list apps.example.com"])
        #expect(remedy.commands.count == 1)
        #expect(remedy.commands.first?.hasPrefix("kubectl apply -f - <<'EOF'\napiVersion: rbac") == true)
        #expect(remedy.commands.first?.hasSuffix("  namespace: demo\nEOF") == true)
    }

    /// The group that is written has the resource too, as another call shows.
    @Test func aGroupThatIsCalledIsNotRenamed() async throws {
        let yaml = Manifest.documents(
            Manifest.role("- {apiGroups: [a.example.com], resources: [things], verbs: [list]}"),
            Manifest.binding()
        )
        let needs = ["list things.b.example.com", "list things.a.example.com"]
        #expect(try await remedy(.apiGroupWrong, yaml, needs).summary.hasPrefix("add "))
        #expect(try await remedy(.apiGroupWrong, yaml, [needs[0]]).summary.hasPrefix("write "))
    }
}
