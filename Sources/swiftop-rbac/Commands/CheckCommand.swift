import ArgumentParser
import Diagnosis
import Inputs
import Manifests
import Reports
import Syntax
import Traces

/// `check`: is everything that the operator calls declared, and granted?
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        // Read alone, it need not be read as a request for a completion script first; the whole program is asked for that.
        _superCommandName: "swiftop-rbac",
        abstract: "Says which calls of an operator its manifests, and the cluster, do not allow; why; and the fix.",
        discussion: """
            Without flags it reads the manifests of the project (config/default, config/rbac, deploy or role.yaml) and \
            rbac-trace.jsonl, and asks the cluster of the kubeconfig. --offline asks none.
            """
    )

    @OptionGroup(title: "Manifests") var manifests: ManifestOptions
    @OptionGroup(title: "Requirements") var requirements: RequirementOptions
    @OptionGroup(title: "Identity") var identity: IdentityOptions
    @OptionGroup(title: "Connection") var connection: ConnectionFlags
    @OptionGroup(title: "Fixes") var fixes: FixFlags
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp("Which severity gives exit status 1: error, warning or never.", valueName: "severity")
    )
    var failOn: FailOn = .error

    @Option(
        help: ArgumentHelp("Leave out what this file knows: fail only on what is new.", valueName: "file"),
        completion: .file()
    )
    var baseline: String?

    @Option(
        name: .customLong("write-baseline"),
        help: ArgumentHelp("Write what is found now to this file, for --baseline.", valueName: "file"),
        completion: .file()
    )
    var writeBaseline: String?

    func run() async throws {
        let known = try baseline.map(readBaseline)
        // What is wrong with the files is told first, and the cluster is asked the first questions while they are read.
        let clusters = Result { () throws(CommandFailure) in try self.clusters() }
        let manifests = try InputLoader.manifests(self.manifests, withMarkers: true)
        let required = try InputLoader.required(requirements, manifests: manifests, namespace: connection.namespace)
        guard manifests != nil || required.hasTrace || !required.requirements.requirements.isEmpty else {
            // A job that runs in the wrong folder is not to be green.
            throw CommandFailure(
                .manifests,
                "error: nothing to check: of \(DefaultPaths.names) none is here, and no call is named\n"
                    + "  hint: name manifests with -r, or calls with -t, -p or --need"
            )
        }
        var input = CheckInput(
            manifests: manifests,
            requirements: required.requirements.requirements,
            hasTrace: required.hasTrace,
            identity: identity.identity ?? .automatic,
            namespace: connection.namespace,
            asUser: connection.asUser,
            asGroups: connection.asGroups,
            isOffline: identity.offline,
            includesBootstrapPolicy: !identity.noBootstrapPolicy
        )
        var reports = try await reports(input, clusters.get(), known)
        if fixes.isAsked {
            if let changed = try Fixing(flags: fixes, reports: reports).run() {
                // What was written is read again; a dry run is judged by what it would have written.
                input.manifests =
                    fixes.dryRun ? changed : try InputLoader.manifests(self.manifests, withMarkers: true, isAgain: true)
                reports = try await self.reports(input, clusters.get(), known)
            }
        }
        if let writeBaseline {
            let text = Baseline(of: reports).text
            try CommandFailure.during(.baseline) { () throws(InputError) in
                try FileOutput.write(text, to: writeBaseline)
            }
        }
        try ReportOutput(options: output).write(isOutputTaken: fixes.dryRun) { renderer, format in
            renderer.check(reports, as: format)
        }
        // Not thrown: all that was read and found would be taken apart on the way.
        leave(status(of: reports).rawValue)
    }

    /// Whether these arguments of the program ask a server, as far as can be told before they are parsed.
    static func asksServer(_ arguments: [String]) -> Bool {
        arguments.first == configuration.commandName
            && !arguments.contains { ["--offline", "--help", "-h", "--version"].contains($0) }
    }

    func validate() throws {
        if identity.offline { try connection.requireUser() }
        guard fixes.dryRun, output.outputs.contains(where: { $0.file == nil }) else { return }
        throw ValidationError(
            "`--dry-run` prints the diff to standard output, and `-o` would, too\n"
                + "  hint: write the report to a file: -o json=report.json"
        )
    }

    private func readBaseline(_ path: String) throws(CommandFailure) -> Baseline {
        try CommandFailure.during(.baseline) { () throws(InputError) in
            try Baseline(yaml: FileAccess.read(path), file: path)
        }
    }

    /// `nil` where no server is to be asked.
    private func clusters() throws(CommandFailure) -> [EagerAccess]? {
        if identity.offline { return nil }
        let progress = ProgressBar.onTerminal()
        return try connection.clusters().map { access in
            var access = access
            access.reviewsAsToken = identity.reviewAsToken
            access.progress = progress
            return EagerAccess(access)
        }
    }

    /// One report a cluster, all asked at once; one without a cluster where none is asked.
    private func reports(
        _ input: CheckInput,
        _ clusters: [EagerAccess]?,
        _ known: Baseline?
    ) async throws -> [CheckReport] {
        let reports = try await reports(input, clusters)
        return known.map { reports.map($0.applied) } ?? reports
    }

    private func reports(_ input: CheckInput, _ clusters: [EagerAccess]?) async throws -> [CheckReport] {
        guard let clusters else { return [try await report(input, cluster: nil)] }
        return try await clusters.concurrently { cluster in
            await Result(asking: { () async throws(CommandFailure) in try await report(input, cluster: cluster) })
        }.map { try $0.get() }
    }

    private func report(
        _ input: CheckInput,
        cluster: (any ClusterAccess)?
    ) async throws(CommandFailure) -> CheckReport {
        do throws(InputError) {
            return try await Diagnosis.check(input, cluster: cluster)
        } catch { throw CommandFailure(.arguments, error.description) }
    }

    /// No answer comes before findings: what was found is printed all the same.
    private func status(of reports: [CheckReport]) -> ExitStatus {
        if reports.contains(where: \.hasNoAnswer) { return .noAnswer }
        let summaries = reports.map(\.summary)
        let fails = summaries.contains { failOn.fails(errors: $0.errors, warnings: $0.warnings) }
        return fails ? .findings : .success
    }
}
