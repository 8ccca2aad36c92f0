import Foundation
import TestSupport
import Testing

/// `generate` with a server: which resources there are, and which of them live in namespaces, is what that server says.
@Suite(.enabled(if: EnvTest.isPresent, "\(EnvTest.absence)"))
struct GenerateServerTests {
    private let server: EnvTest

    init() throws { server = try EnvTest.shared() }

    private func generate(_ arguments: [String]) throws -> CommandRunner.Outcome {
        let folder = try ScratchFolder()
        return try CommandRunner(workingDirectory: folder.url, environment: ["HOME": folder.path])
            .run(["generate", "-q"] + arguments)
    }

    @Test(.timeLimit(.minutes(2))) func asksWhatAResourceIs() async throws {
        try server.apply(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: landmarks.maps.example.com}
            spec:
              group: maps.example.com
              names: {plural: landmarks, singular: landmark, kind: Landmark, shortNames: [lmk]}
              scope: Cluster
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
            """
        )
        let need = ["--scope", "namespace", "--need", "get lmk -n demo x"]
        let expected = """
              - apiGroups:
                - maps.example.com
                resources:
                - landmarks
                verbs:
                - get
            """.replacing(#/(?m)^  /#, with: "")
        var outcome = try generate(need + ["--kubeconfig", server.adminKubeconfig])
        // A definition takes a moment to be served.
        for _ in 0..<100 where !outcome.output.contains("maps.example.com") {
            try await Task.sleep(for: .milliseconds(100))
            outcome = try generate(need + ["--kubeconfig", server.adminKubeconfig])
        }
        #expect(outcome.output.contains(expected), "\(outcome)")
        // Of cluster scope: a Role could not grant it, wherever it was said to be.
        #expect(
            outcome.output.contains("kind: ClusterRole\n") && !outcome.output.contains("kind: Role\n"),
            "\(outcome)"
        )
        let alone = try generate(need)
        #expect(alone.output.contains("- lmk\n") && alone.output.contains("kind: Role\n"), "\(alone)")
    }

    @Test func saysWhereNobodyAnswers() throws {
        let arguments = ["--need", "get pods", "--server", "https://127.0.0.1:1", "--request-timeout", "2s"]
        let outcome = try generate(arguments)
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.output.isEmpty && outcome.errors.contains("error: "), "\(outcome)")
        let missing = try generate(["--need", "get pods", "--kubeconfig", "/nonexistent/config"])
        #expect(missing.status != 0 && missing.errors.contains("/nonexistent/config"), "\(missing)")
    }
}
