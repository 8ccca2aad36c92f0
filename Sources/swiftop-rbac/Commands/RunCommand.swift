import ArgumentParser
import Diagnosis
import Inputs
import KubeAPI
import RBAC
import Recorder
import Reports
import Syntax
import Traces

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
    @OptionGroup(title: "Requirements") var requirements: RequirementOptions
    @OptionGroup(title: "Identity") var identity: RecordIdentityOptions
    @OptionGroup(title: "Connection") var connection: ConnectionFlags

    @Flag(help: "Start the command although the check failed.")
    var force = false

    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp("Which severity gives exit status 1: error, warning or never.", valueName: "severity")
    )
    var failOn: FailOn = .error

    func run() async throws {
        let session = try RecordSession(recording, manifests, identity, connection)
        try await preflight(session)
        let choice = await choice(session)
        let hasManifests = session.input.manifests != nil
        let explainer = LiveExplainer(hasManifests ? session.input : nil) { Console.writeError($0) }
        let standstill = Task { await explainer.watchForStandstill() }
        defer { standstill.cancel() }
        let outcome = try await session.record(choice, explainer: explainer)
        var fails = false
        if hasManifests, outcome.calls > 0 {
            let summary = try await RunSummary(session.input, outcome.requirements)
            let lines = summary.lines(
                trace: recording.traceFile,
                refusedLists: explainer.refusedLists,
                status: outcome.status
            )
            for line in lines { Console.writeError(line) }
            let counts = summary.report.summary
            fails = failOn.fails(errors: counts.errors, warnings: counts.warnings)
        } else {
            let refused = explainer.refused
            if refused.calls > 0 { Console.writeError("refused: \(refused.calls) calls of \(refused.kinds) kinds") }
            fails = failOn.fails(errors: refused.calls, warnings: 0)
        }
        throw ExitCode(outcome.status != 0 ? outcome.status : fails ? ExitStatus.findings.rawValue : 0)
    }

    // MARK: - Before

    /// - Throws: `ExitCode` where the check says that the command would fail.
    private func preflight(_ session: RecordSession) async throws {
        guard let manifests = session.input.manifests else { return }
        let required = try InputLoader.required(requirements, manifests: manifests, namespace: connection.namespace)
        var input = session.input
        input.requirements = required.requirements.requirements
        input.hasTrace = required.hasTrace
        input.isOffline = false
        let report: CheckReport
        do throws(InputError) {
            report = try await Diagnosis.check(input, cluster: session.access)
        } catch { throw CommandFailure(.arguments, error.description) }
        let counts = report.summary
        let fails = failOn.fails(errors: counts.errors, warnings: counts.warnings)
        let hasNoAnswer = report.hasNoAnswer
        if fails || hasNoAnswer {
            let renderer = Renderer(tool: Tool(version: ToolVersion.current), options: RenderOptions())
            Console.writeError(renderer.check([report], as: .text))
        } else {
            Console.writeError("preflight: \(counts.requirements) requirements known, \(counts.met) of them met")
        }
        guard fails || hasNoAnswer, !force else { return }
        Console.writeError("the command was not started; --force starts it all the same")
        throw ExitCode(hasNoAnswer ? ExitStatus.noAnswer.rawValue : ExitStatus.findings.rawValue)
    }

    /// Contract: the default of `--access`.
    private func choice(_ session: RecordSession) async -> AccessChoice {
        if let access = recording.access { return access }
        guard session.input.manifests != nil, let grants = (try? declaredGrants(session.input)) ?? nil else {
            return .self
        }
        guard let account = ServiceAccountName(userName: grants.user.name),
            session.access.client.connection.impersonation.isEmpty
        else { return .declared }
        let client = session.access.client
        let question = RequestAttributes(
            verb: "impersonate",
            resource: "serviceaccounts",
            namespace: account.namespace,
            name: account.name
        )
        let answers = await client.selfSubjectAccessReviews([question])
        guard answers.first?.verdict == .allowed else { return .declared }
        let place = "/api/v1/namespaces/\(APIRequest.segment(account.namespace))/serviceaccounts/"
        let found = await client.send([APIRequest(.get, place + APIRequest.segment(account.name))])
        guard case .success(let response) = found.first, response.status == 200 else { return .declared }
        return .operator
    }
}
