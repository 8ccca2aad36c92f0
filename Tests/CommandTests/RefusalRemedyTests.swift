import Foundation
import TestSupport
import Testing

/// The commands that `explain` gives for what a real API server refused, run as they stand.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
struct RefusalRemedyTests {
    private struct Document: Decodable {
        struct Refusal: Decodable {
            struct Remedy: Decodable { var commands: [String] }
            var code: String
            var remedy: Remedy
        }
        var refusals: [Refusal]
    }

    private static let user = "tester-e"
    private let folder: ScratchFolder
    private let server: EnvTest

    init() throws {
        folder = try ScratchFolder()
        server = try EnvTest.shared()
        try folder.write("kubeconfig", server.kubeconfig(user: "{token: \(server.token(of: Self.user))}"))
    }

    /// What the API server answers, refusals included.
    private func call(_ arguments: [String]) throws -> String {
        var runner = CommandRunner(workingDirectory: folder.url, environment: ["KUBECONFIG": "kubeconfig"])
        runner.program = try #require(EnvTest.assets).appending(path: "kubectl")
        let outcome = try runner.run(arguments)
        return outcome.output + outcome.errors
    }

    private func explain(_ log: String) throws -> [Document.Refusal] {
        let outcome = try CommandRunner(workingDirectory: folder.url)
            .run(["explain", "-o", "json"], input: Data(log.utf8))
        return try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8)).refusals
    }

    /// Grants take a moment to reach the authorizer.
    private func eventually(_ arguments: [String], _ isMended: (String) -> Bool) async throws -> String {
        var answer = try call(arguments)
        for _ in 0..<50 where !isMended(answer) {
            try await Task.sleep(for: .milliseconds(100))
            answer = try call(arguments)
        }
        return answer
    }

    /// One after the other, none of them in the way of another.
    @Test func severalRefusalsOfOneUser() async throws {
        let calls = [
            ["get", "--raw", "/api/v1/namespaces/default/secrets"],
            ["get", "--raw", "/api/v1/namespaces/default/pods"],
            ["delete", "--raw", "/api/v1/namespaces/default/pods/none"],
            ["get", "--raw", "/apis/apps/v1/deployments"],
            ["get", "--raw", "/logs/none"],
        ]
        let log = try calls.map { try call($0) }.joined()
        let refusals = try explain(log)
        #expect(refusals.map(\.code) == Array(repeating: "access-denied", count: calls.count), "\(log)")
        try server.shell(refusals.flatMap(\.remedy.commands).joined(separator: "\n"), in: folder.url)
        for arguments in calls {
            let answer = try await eventually(arguments) { !$0.contains("cannot") }
            #expect(!answer.contains("cannot"), "\(answer)")
        }
    }

    /// kubectl makes no role of such verbs on a path, and none for the identities that they are about.
    @Test(arguments: ["/api", "/api/v1/namespaces/default/configmaps"])
    func impersonation(_ path: String) async throws {
        let arguments = ["get", "--raw", path, "--as", "system:serviceaccount:default:nobody"]
        let refusals = try explain(try call(arguments))
        #expect(refusals.map(\.code) == ["impersonation-refused"])
        try server.shell(refusals.flatMap(\.remedy.commands).joined(separator: "\n"), in: folder.url)
        let answer = try await eventually(arguments) { !$0.contains("impersonate") }
        #expect(!answer.contains("impersonate"), "\(answer)")
    }
}
