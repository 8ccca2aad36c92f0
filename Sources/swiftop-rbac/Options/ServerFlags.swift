import ArgumentParser
import Diagnosis
import Inputs
import KubeAPI
import Syntax

/// Which API server is asked by a command that asks none by itself, and acts as nobody else.
struct ServerFlags: ParsableArguments {
    @Option(help: "Path of the kubeconfig; default $KUBECONFIG, then ~/.kube/config.", completion: .file())
    var kubeconfig: String?

    @Option(help: "Context of the kubeconfig.")
    var context: String?

    @Option(help: "Address of the API server.")
    var server: String?

    @Option(
        name: .customLong("request-timeout"),
        help: ArgumentHelp("Longest wait for one answer: 10s, 2m; 0 waits for ever.", valueName: "duration")
    )
    var requestTimeout: String?

    /// What the API server serves; empty where none is named.
    ///
    /// - Throws: `CommandFailure` for a wrong flag or kubeconfig (exit status 2), and where the server does not say (3).
    func servedResources() async throws(CommandFailure) -> [KnownResource] {
        guard kubeconfig != nil || context != nil || server != nil else { return [] }
        let options = try CommandFailure.during(.kubeconfig) { () throws(InputError) in try connectionOptions() }
        let surroundings = ProcessSurroundings(environment: Console.environment, isInteractive: Console.isTerminal(0))
        let access = try CommandFailure.reading { () throws(InputFailure) in
            try ClusterInput.connect(options, surroundings, warn: Console.writeMessage)
        }
        switch await access.discovery(refreshed: false) {
        case .answer(let discovery):
            for failure in discovery.failures { Console.writeMessage("warning: \(failure)") }
            return discovery.resources
        case .failure(let failure):
            let hint = failure.hint.map { "\n  hint: \($0)" } ?? ""
            throw CommandFailure(.discovery, "error: \(failure.message)\(hint)", status: .noAnswer)
        }
    }

    private func connectionOptions() throws(InputError) -> ConnectionOptions {
        var options = ConnectionOptions()
        options.kubeconfig = kubeconfig
        options.context = context
        options.server = server
        if let requestTimeout { options.requestTimeout = try ConnectionOptions.timeout(requestTimeout) }
        return options
    }
}
