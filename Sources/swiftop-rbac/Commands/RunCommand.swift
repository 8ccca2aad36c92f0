import ArgumentParser
import Diagnosis
import Inputs
import Recorder
import Reports
import Syntax

/// `run -- CMD…`: a check, then the command behind the recording proxy, every refusal explained as it happens.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Checks the operator's permissions, runs it, and explains every refusal as it happens.",
        discussion: """
            The command runs behind a proxy on this machine with the permissions that --access chooses; by default those \
            of the operator's service account where it is in the cluster and you may impersonate it, else those that the \
            manifests grant; your own where there are no manifests.

            Exit status: 1 if the check stopped it; else the command's own where that is not 0; else 1 for a call of this \
            run with a finding at or above --fail-on.
            """
    )

    @OptionGroup(title: "Recording") var recording: RecordOptions
    @OptionGroup(title: "Manifests") var manifests: ManifestOptions
    @OptionGroup(title: "Requirements of the check before") var requirements: RequirementOptions
    @OptionGroup(title: "Identity") var identity: RecordIdentityOptions
    @OptionGroup(title: "Connection") var connection: ConnectionFlags
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp("Which severity gives exit status 1: error, warning or never.", valueName: "severity")
    )
    var failOn: FailOn = .error

    func validate() throws { try output.requireFiles() }

    func run() async throws {
        let clusters = try connection.clusters(hasOffline: false)
        guard let first = clusters.first else { return }
        let session = try RecordSession(recording, manifests, identity, connection, first, isQuiet: output.quiet)
        let input = session.input
        let access: RunAccess
        if let chosen = recording.access {
            access = chosen
        } else {
            let choice = await DefaultAccess(input: input, client: first.client).choose()
            access = choice.access
            if let note = choice.note { Console.writeMessage("note: \(note)") }
        }
        let diagnosis = RunDiagnosis(input, access: access, cluster: first)
        if input.manifests != nil {
            try await RunPreflight(
                diagnosis: diagnosis,
                clusters: clusters,
                requirements: requirements(recordedIn: recording.traceFile),
                output: output,
                failOn: failOn,
                force: recording.force
            ).run()
        } else if requirements.isAsked {
            Console.writeMessage(
                "note: there are no manifests, so nothing is checked before: -t, -p and --need are for that check"
            )
        }
        let report = try await report(session, diagnosis)
        if let check = report.check {
            try ReportOutput(options: output).write(isOutputTaken: true) { $0.check([check], as: $1) }
        }
        let fails = failOn.fails(errors: report.counts.errors, warnings: report.counts.warnings)
        throw ExitCode(report.status != 0 ? report.status : fails ? ExitStatus.findings.rawValue : 0)
    }

    /// The trace of an earlier run is what is known, also where it is not the default one.
    private func requirements(recordedIn trace: String) -> RequirementOptions {
        var requirements = requirements
        if requirements.traces.isEmpty, requirements.needs.isEmpty,
            trace != DefaultPaths.traceName, DefaultPaths.exists(trace)
        {
            requirements.traces = [trace]
        }
        return requirements
    }

    private func report(_ session: RecordSession, _ diagnosis: RunDiagnosis) async throws -> RunReport {
        let renderer = Renderer(tool: Tool(version: ToolVersion.current), options: .onStandardError(output))
        let explainer = LiveExplainer(diagnosis) { Console.writeError(renderer.refusal($0)) }
        let standstill = Task { await explainer.watchForStandstill { Console.writeError(renderer.standstill($0)) } }
        let recorded = try await session.record(diagnosis.access, explainer: explainer)
        let stoodStill = explainer.standstill != nil
        standstill.cancel()
        let refusals = await explainer.finish()
        session.tell(recorded)
        let requirements = recorded.outcome.requirements
        var check: CheckReport?
        if session.input.manifests != nil, recorded.outcome.calls > 0 {
            check = try await explainer.diagnosis.check(requirements, hasTrace: true)
        }
        let report = RunReport(
            access: diagnosis.access,
            check: check,
            refusals: refusals,
            calls: recorded.outcome.calls,
            requirements: requirements.count,
            unjudged: recorded.unjudged,
            status: recorded.outcome.status,
            waitedFor: explainer.refusedList,
            stoodStill: stoodStill
        )
        if recorded.outcome.calls > 0 { Console.writeError(renderer.summary(report, fix: fix(report))) }
        return report
    }

    /// The command that writes the fix, with what this run was given.
    private func fix(_ report: RunReport) -> String? {
        var flags = manifests.roles.flatMap { ["-r", $0] }
        if recording.traceFile != DefaultPaths.traceName { flags += ["-t", recording.traceFile] }
        if let namespace = connection.namespace { flags += ["-n", namespace] }
        if case .account(let account) = identity.identity { flags += ["--identity", "\(account)"] }
        return report.fixCommand(flags)
    }
}
