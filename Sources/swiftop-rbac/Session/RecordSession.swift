import ArgumentParser
import Diagnosis
import Inputs
import KubeAPI
import Manifests
import RBAC
import Recorder
import Reports
import Syntax

/// What `record` and `run` have in common: the manifests, the cluster, the child and the trace.
struct RecordSession {
    let recording: RecordOptions
    let manifestOptions: ManifestOptions
    let input: CheckInput
    let access: APIServerAccess
    let isQuiet: Bool

    /// - Throws: `CommandFailure` for wrong manifests.
    init(
        _ recording: RecordOptions,
        _ manifestOptions: ManifestOptions,
        _ identity: RecordIdentityOptions,
        _ connection: ConnectionFlags,
        _ access: APIServerAccess,
        isQuiet: Bool
    ) throws(CommandFailure) {
        self.recording = recording
        self.manifestOptions = manifestOptions
        self.access = access
        self.isQuiet = isQuiet
        var input = CheckInput(
            manifests: try InputLoader.manifests(manifestOptions, withMarkers: true),
            requirements: [],
            identity: identity.identity ?? .automatic,
            namespace: connection.namespace,
            // With a server only whoever asks about themselves is judged as somebody else.
            asUser: identity.identity == .currentUser ? connection.asUser : nil,
            asGroups: identity.identity == .currentUser ? connection.asGroups : [],
            includesBootstrapPolicy: !identity.noBootstrapPolicy
        )
        switch identity.identity {
        case .currentUser, .operatorAccount, .both: input.reviewed = identity.identity
        case .automatic, .account, nil: break
        }
        self.input = input
    }

    /// Runs the command to its end, and says what was recorded.
    ///
    /// - Throws: `CommandFailure` where it cannot begin; `ExitCode` as a shell gives it where the command cannot start.
    func record(_ choice: RunAccess, explainer: LiveExplainer?) async throws -> Recorded {
        try requireWatchable(choice, isExplained: explainer != nil)
        let mode = try await AccessModes(input: input, access: access).mode(choice)
        let masking = choice == .`self` ? (try? declaredGrants(input)) ?? nil : nil
        let line = explainer.flatMap { LiveLine.onTerminal($0, masking) }
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
            explainer: explainer,
            display: line
        )
        let watcher = startWatching(mode.authority, explainer)
        defer { watcher?.cancel() }
        do {
            let outcome = try await Recording(options, say: Console.writeError).run()
            return Recorded(outcome: outcome, unjudged: mode.authority?.unjudged ?? [])
        } catch let failure as RunFailure {
            if case .commandNotStarted(let reason) = failure {
                Console.writeMessage(failure.description)
                throw ExitCode(reason.status)
            }
            throw CommandFailure(.connection, failure.description)
        }
    }

    /// What came of the command, and what could not be judged in the server's place.
    struct Recorded {
        var outcome: Recording.Outcome
        var unjudged: [String]
    }

    /// - Throws: `CommandFailure` where there is nothing to watch, or nobody whom a change would tell anything.
    private func requireWatchable(_ choice: RunAccess, isExplained: Bool) throws(CommandFailure) {
        guard recording.watchManifests else { return }
        guard input.manifests != nil else {
            throw CommandFailure(
                .manifests,
                "--watch-manifests: error: no manifests were found\n  hint: name them with -r"
            )
        }
        guard isExplained || choice == .declared else {
            throw CommandFailure(
                .arguments,
                "--watch-manifests: error: with `--access \(choice.rawValue)` nothing goes by the manifests\n"
                    + "  hint: add --access declared, or use `run`"
            )
        }
    }

    private func startWatching(_ authority: DeclaredAuthority?, _ explainer: LiveExplainer?) -> Task<Void, Never>? {
        guard recording.watchManifests, input.manifests != nil else { return nil }
        let watcher = ManifestWatcher(options: manifestOptions, input: input) { input in
            if let grants = (try? declaredGrants(input)) ?? nil { authority?.replace(grants) }
            guard let explainer else { return }
            explainer.replace(input)
            let (mended, left) = await explainer.explainAgain()
            guard !mended.isEmpty || !left.isEmpty else { return }
            let renderer = Renderer(tool: Tool(version: ToolVersion.current), options: .onStandardError())
            Console.writeError(renderer.reevaluated(mended: mended, left: left))
        }
        return Task { await watcher.run() }
    }

    /// `recorded: 31 calls, 14 requirements, in rbac-trace.jsonl`
    func tell(_ recorded: Recorded) {
        let outcome = recorded.outcome
        guard outcome.calls > 0 else { return Console.writeError("recorded: nothing\n\(Recording.silence)") }
        guard !isQuiet || !outcome.isWritten else { return }
        let calls = outcome.calls == 1 ? "1 call" : "\(outcome.calls) calls"
        let distinct = outcome.requirements.count
        Console.writeError(
            "recorded: \(calls), \(distinct == 1 ? "1 requirement" : "\(distinct) requirements"), "
                + (outcome.isWritten ? "in \(recording.traceFile)" : "not all of it written")
        )
    }
}
