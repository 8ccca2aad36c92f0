import TestSupport
import Testing

@Suite struct HelpTests {
    private static let commands = [
        [], ["check"], ["diff"], ["explain"], ["trace"], ["trace", "show"], ["trace", "merge"], ["trace", "import"],
        ["profile"], ["profile", "list"], ["profile", "show"], ["whoami"],
    ]

    @Test(arguments: commands) func everyCommandTakesHelp(_ command: [String]) throws {
        let outcome = try CommandRunner().run(command + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.hasPrefix("OVERVIEW: "))
        #expect(outcome.output.contains("USAGE: \((["swiftop-rbac"] + command).joined(separator: " "))"))
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func thereAreCompletions(for shell: String) throws {
        let outcome = try CommandRunner().run(["--generate-completion-script", shell])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("swiftop-rbac"))
        #expect(outcome.output.contains("fail-on"))
    }

    @Test func theVersionIsANumber() throws {
        let outcome = try CommandRunner().run(["--version"])
        #expect(outcome.output.split(separator: ".").count == 3)
    }
}
