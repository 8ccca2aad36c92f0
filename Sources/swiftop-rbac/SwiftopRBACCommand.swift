import ArgumentParser
import Reports

/// The command line: one file a command below `Commands`, and no logic here.
@main
struct SwiftopRBACCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiftop-rbac",
        abstract: "Finds the permissions that a Kubernetes operator lacks, says why, and what to write where.",
        discussion: """
            It holds what an operator calls (a trace, a profile) against what its manifests grant and what the API \
            server grants, and explains every difference before it turns into a 403.

            Exit status: 0 nothing found, 1 findings, 2 wrong input, 3 no answer from the server.
            """,
        version: ToolVersion.current,
        subcommands: [
            CheckCommand.self, RunCommand.self, RecordCommand.self, DiffCommand.self, ExplainCommand.self,
            GenerateCommand.self,
            TraceCommand.self, ProfileCommand.self, WhoAmICommand.self,
        ]
    )

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            endProgram(with: error, arguments: arguments)
        }
    }
}
