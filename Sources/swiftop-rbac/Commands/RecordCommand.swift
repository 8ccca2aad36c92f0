import ArgumentParser
import Diagnosis
import Recorder
import Reports

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
    @OptionGroup(title: "Manifests") var manifests: ManifestOptions
    @OptionGroup(title: "Identity") var identity: RecordIdentityOptions
    @OptionGroup(title: "Connection") var connection: ConnectionFlags
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws { try output.requireFiles() }

    func run() async throws {
        let access = try connection.cluster()
        let session = try RecordSession(recording, manifests, identity, connection, access, isQuiet: output.quiet)
        let recorded = try await session.record(recording.access ?? .`self`, explainer: nil)
        session.tell(recorded)
        for note in recorded.unjudged { Console.writeError("not judged: \(note)") }
        let requirements = recorded.outcome.requirements
        try ReportOutput(options: output).write(isOutputTaken: true) { $0.trace(requirements, as: $1) }
        throw ExitCode(recorded.outcome.status)
    }
}
