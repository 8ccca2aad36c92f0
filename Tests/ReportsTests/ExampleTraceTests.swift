import Foundation
import RBAC
import Reports
import TestSupport
import Testing
import Traces

/// The traces in `Examples/`, which the README shows first.
@Suite struct ExampleTraceTests {
    private func requirements(_ example: String) throws -> [Requirement] {
        let path = Repository.root.appending(path: "Examples/\(example)/rbac-trace.jsonl").path
        let trace = try TraceReader.read(path)
        #expect(trace.warnings.isEmpty)
        return trace.requirements.requirements
    }

    @Test func theGuestbooksTraceIsAWholeRunOfOneAccount() throws {
        let requirements = try requirements("guestbook-operator")
        #expect(
            Set(requirements.map(\.key.user))
                == ["system:serviceaccount:guestbook-system:guestbook-controller-manager"]
        )
        expectGolden(
            Renderer(tool: CheckReportTests.tool).trace(requirements, as: .text),
            CheckReportTests.golden("example-trace.text")
        )
    }

    @Test func theBareRolesTraceHasTwoCalls() throws {
        #expect(try requirements("bare-role").map(\.attributes.verb).sorted() == ["list", "watch"])
    }
}
