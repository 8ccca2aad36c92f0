import Foundation
import SwiftopRBAC
import TestSupport
import Testing

/// The recorder as a program uses it; the traces are read by the command.
@Suite struct TraceRecorderTests {
    private let folder: ScratchFolder
    private var path: String { folder.url.appending(path: "rbac-trace.jsonl").path }

    init() throws { folder = try ScratchFolder() }

    private func show() throws -> String {
        let outcome = try CommandRunner(workingDirectory: folder.url).run(["trace", "show"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        return outcome.output
    }

    @Test func callsAreShownByTheCommand() async throws {
        let recorder = TraceRecorder(path: path, userAgent: "op/1") { Issue.record("\($0)") }
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<25 {
                        recorder.record(method: "GET", path: "/api/v1/secrets?resourceVersion=0", status: 403)
                        recorder.record(method: "PATCH", path: "/apis/a.b/v1/namespaces/n/xs/y/status", status: nil)
                    }
                }
            }
        }
        try recorder.close()
        expectGolden(try show(), Repository.fixtures.appending(path: "library/recorded.text"))
    }

    /// What the tutorial shows is what the command prints of a recorded trace.
    @Test func theTutorialShowsWhatCheckPrints() throws {
        try folder.write(
            "role.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata:
              name: manager-role
            rules:
            - apiGroups: [""]
              resources: [secrets]
              verbs: [get]

            """
        )
        let recorder = TraceRecorder(path: path) { Issue.record("\($0)") }
        recorder.record(method: "GET", path: "/api/v1/secrets?limit=500&resourceVersion=0", status: 200)
        recorder.record(method: "GET", path: "/api/v1/secrets?watch=true&resourceVersion=4711", status: 200)
        try recorder.close()
        let check = try CommandRunner(workingDirectory: folder.url).run(["check", "--offline"])
        expectGolden(
            "$ swiftop-rbac check --offline\n" + check.output,
            Repository.root.appending(path: "Sources/SwiftopRBAC/SwiftopRBAC.docc/Resources/check.txt")
        )
    }

    @Test func severalProgramsExtendOneTrace() throws {
        for agent in ["a", "b"] {
            let recorder = TraceRecorder(path: path, existing: .extended, userAgent: agent) { Issue.record("\($0)") }
            recorder.record(method: "GET", path: "/api/v1/pods", status: 200)
            try recorder.close()
        }
        #expect(try show().contains("2 calls"))
        #expect(try folder.names("") == ["rbac-trace.jsonl"])
    }

    @Test func aFailureSaysWhatToDo() throws {
        let missing = folder.url.appending(path: "no/trace.jsonl").path
        let recorder = TraceRecorder(path: missing) { _ in }
        recorder.record(method: "GET", path: "/api/v1/pods", status: 200)
        let failure = #expect(throws: TraceRecorder.Failure.self) { try recorder.flush() }
        #expect(failure?.path == missing)
        #expect(
            failure?.description
                == "\(missing): error: the trace cannot be written: no such file or directory\n"
                + "  hint: record to a place that you may write to"
        )
    }

    /// Whoever forgets `close` loses nothing.
    @Test func releasingARecorderWritesTheRest() throws {
        var recorder: TraceRecorder? = TraceRecorder(path: path) { Issue.record("\($0)") }
        recorder?.record(method: "DELETE", path: "/api/v1/nodes/n", status: 200)
        recorder = nil
        #expect(try show().contains("nodes"))
    }
}
