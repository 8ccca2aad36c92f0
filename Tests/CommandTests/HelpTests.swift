import TestSupport
import Testing

@Suite struct HelpTests {
    @Test func runsTheBuiltProgram() throws {
        let outcome = try CommandRunner().run(["--help"])
        #expect(outcome.status == 0)
    }
}
