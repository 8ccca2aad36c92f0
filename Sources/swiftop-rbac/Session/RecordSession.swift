import ArgumentParser
import Diagnosis
import Inputs
import KubeAPI
import Manifests
import Recorder
import Reports
import Syntax

/// What `record` and `run` have in common: the manifests, the cluster, the child and the trace.
struct RecordSession {
    let recording: RecordOptions
    let manifestOptions: ManifestOptions
    let input: CheckInput
    let access: APIServerAccess

    /// - Throws: `CommandFailure` for wrong manifests, flags or kubeconfigs.
    init(
        _ recording: RecordOptions,
        _ manifestOptions: ManifestOptions,
        _ identity: RecordIdentityOptions,
        _ connection: ConnectionFlags
    ) throws(CommandFailure) {
        self.recording = recording
        self.manifestOptions = manifestOptions
        input = CheckInput(
            manifests: try InputLoader.manifests(manifestOptions),
            requirements: [],
            identity: identity.identity ?? .automatic,
            namespace: connection.namespace,
            includesBootstrapPolicy: !identity.noBootstrapPolicy
        )
        access = try connection.cluster()
    }

    /// Runs the command to its end, and says what was recorded.
    ///
    /// - Throws: `CommandFailure` where it cannot begin; `ExitCode` as a shell gives it where the command cannot start.
    func record(_ choice: AccessChoice, explainer: LiveExplainer?) async throws -> Recording.Outcome {
        let mode = try await AccessModes(manifests: input.manifests, input: input, access: access).mode(choice)
        let options = RecordingOptions(
            command: recording.command,
            connection: mode.connection,
            surroundings: .current(),
            traceFile: recording.traceFile,
            appends: recording.append,
            tool: "swiftop-rbac \(ToolVersion.current)",
            mode: mode.words,
            authority: mode.authority,
            owners: OwnerKinds(KnownResources.of(input.manifests)),
            explainer: explainer
        )
        let watcher = startWatching(mode.authority, explainer)
        defer { watcher?.cancel() }
        do {
            let outcome = try await Recording(options) { Console.writeError($0) }.run()
            Console.writeError(summary(outcome))
            for note in mode.authority?.unjudged ?? [] { Console.writeError("not judged: \(note)") }
            return outcome
        } catch let failure as RunFailure {
            if case .commandNotStarted(let reason) = failure {
                Console.writeError(failure.description)
                throw ExitCode(reason.status)
            }
            throw CommandFailure(.connection, failure.description)
        }
    }

    private func startWatching(_ authority: DeclaredAuthority?, _ explainer: LiveExplainer?) -> Task<Void, Never>? {
        guard recording.watchManifests, input.manifests != nil else { return nil }
        let watcher = ManifestWatcher(options: manifestOptions, input: input) { input in
            if let grants = (try? declaredGrants(input)) ?? nil { authority?.replace(grants) }
            explainer?.replace(input)
        }
        return Task { await watcher.run() }
    }

    private func summary(_ outcome: Recording.Outcome) -> String {
        guard outcome.calls > 0 else { return "recorded: nothing\n\(Recording.silence)" }
        let calls = outcome.calls == 1 ? "1 call" : "\(outcome.calls) calls"
        let distinct = outcome.requirements.count
        return "recorded: \(calls), \(distinct == 1 ? "1 requirement" : "\(distinct) requirements"), "
            + (outcome.isWritten ? "in \(recording.traceFile)" : "not all of it written")
    }
}
