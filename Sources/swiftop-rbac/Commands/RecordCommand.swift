import ArgumentParser
import Diagnosis
import Inputs
import KubeAPI
import Recorder
import Reports
import Syntax

/// `record -- CMD…`: runs a command and writes down what it asks of the API server.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Runs a command and records its calls to the API server as a trace.",
        discussion: """
            The command gets a kubeconfig that leads through a proxy on this machine, which adds your credentials on \
            the way. Its input and output stay as they are, and so does its exit status.
            """
    )

    @OptionGroup(title: "Recording") var recording: RecordOptions
    @OptionGroup(title: "Connection") var connection: ConnectionFlags

    func run() async throws {
        let cluster = try connection.cluster().client.connection
        let options = RecordingOptions(
            command: recording.command,
            connection: cluster,
            surroundings: .current(),
            traceFile: recording.traceFile,
            appends: recording.append,
            tool: "swiftop-rbac \(ToolVersion.current)"
        )
        do {
            let outcome = try await Recording(options) { Console.writeError($0) }.run()
            Console.writeError(summary(outcome))
            throw ExitCode(outcome.status)
        } catch let failure as RunFailure {
            if case .commandNotStarted(let reason) = failure {
                Console.writeError(failure.description)
                throw ExitCode(reason.status)
            }
            throw CommandFailure(.connection, failure.description)
        }
    }

    private func summary(_ outcome: Recording.Outcome) -> String {
        guard outcome.calls > 0 else { return "recorded: nothing\n\(Recording.silence)" }
        let calls = outcome.calls == 1 ? "1 call" : "\(outcome.calls) calls"
        let distinct = outcome.requirements.count
        return "recorded: \(calls), \(distinct == 1 ? "1 requirement" : "\(distinct) requirements"), "
            + (outcome.isWritten ? "in \(recording.traceFile)" : "not all of it written")
    }
}
