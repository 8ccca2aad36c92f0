import ArgumentParser
import KubeAPI
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

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        Console.keepStreams()
        // It takes as long as all that comes before the first request.
        if CheckCommand.asksServer(arguments) { Transport.openLibrary() }
        MainThreadExecutor().run {
            do {
                var command = try parsed(arguments)
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
                leave(ExitStatus.success.rawValue)
            } catch {
                endProgram(with: error, arguments: arguments)
            }
        }
    }

    /// The command that the arguments name. What they say is read as the command's own where that is all there is to
    /// it, which leaves out a pass over the tree of commands; help and errors need that tree.
    private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        if let name = arguments.first,
            let command = configuration.subcommands.first(where: { $0.configuration.commandName == name }),
            let parsed = try? command.parseAsRoot(Array(arguments.dropFirst())), type(of: parsed) == command
        {
            return parsed
        }
        return try parseAsRoot(arguments)
    }
}
