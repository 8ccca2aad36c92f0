import ArgumentParser
import Diagnosis
import Inputs
import KubeAPI
import Recorder
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
    @OptionGroup(title: "Manifests") var manifests: ManifestOptions
    @OptionGroup(title: "Identity") var identity: RecordIdentityOptions
    @OptionGroup(title: "Connection") var connection: ConnectionFlags

    func run() async throws {
        let session = try RecordSession(recording, manifests, identity, connection)
        let outcome = try await session.record(recording.access ?? .self, explainer: nil)
        throw ExitCode(outcome.status)
    }
}
