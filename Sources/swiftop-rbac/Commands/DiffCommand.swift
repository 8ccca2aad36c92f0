import ArgumentParser
import Diagnosis
import Inputs
import Manifests
import RBAC
import Reports
import Syntax
import Traces

/// `diff A B`: what only one side has.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compares two sides: manifests with a trace, with other manifests, or with a cluster.",
        discussion: """
            A and B are each a manifest path, a trace path (told apart by their content), - for standard input, or the \
            word `cluster`. A dump of a cluster's RBAC objects (kubectl get clusterroles,clusterrolebindings,roles,\
            rolebindings -A -o yaml) stands for the cluster too.

            Exit status: 1 for what is needed and not granted, and for any difference between manifests, or between \
            manifests and a cluster.
            """
    )

    @Argument(help: ArgumentHelp("One side.", valueName: "a"), completion: .file()) var a: String
    @Argument(help: ArgumentHelp("The other side.", valueName: "b"), completion: .file()) var b: String

    @OptionGroup(title: "Identity") var identity: DiffIdentityOptions
    @OptionGroup(title: "Connection") var connection: ConnectionFlags
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp("Which severity gives exit status 1: error, warning or never.", valueName: "severity")
    )
    var failOn: FailOn = .error

    func validate() throws {
        if ![a, b].contains("cluster") { try connection.requireUser() }
    }

    func run() async throws {
        if a == b, a == "-" {
            throw CommandFailure(
                .arguments,
                "error: both sides are standard input\n  hint: name a file for one of them"
            )
        }
        let reports = try await reports(DiffSide.read(a), DiffSide.read(b))
        try ReportOutput(options: output).write { renderer, format in renderer.diff(reports, as: format) }
        throw ExitCode(status(of: reports).rawValue)
    }

    private func reports(_ a: DiffSide, _ b: DiffSide) async throws -> [DiffReport] {
        switch (a, b) {
        case (.manifests(let role, let label), .trace(let trace, let traceLabel)):
            return [try await report(role, label, trace, traceLabel, traceIsA: false)]
        case (.trace(let trace, let traceLabel), .manifests(let role, let label)):
            return [try await report(role, label, trace, traceLabel, traceIsA: true)]
        case (.manifests(let old, let oldLabel), .manifests(let new, let newLabel)):
            return [try await report(old, oldLabel, new, newLabel)]
        case (.manifests(let role, let label), .cluster):
            return try await clusterReports(role, label, clusterIsA: false)
        case (.cluster, .manifests(let role, let label)):
            return try await clusterReports(role, label, clusterIsA: true)
        case (.trace, .trace):
            throw unsupported("two traces", "merge them (trace merge), or compare each with the manifests")
        case (.trace, .cluster), (.cluster, .trace):
            throw unsupported("a trace and a cluster", "ask with check -t TRACE")
        case (.cluster, .cluster):
            throw unsupported("a cluster with itself", "name the manifests as one side")
        }
    }

    private func unsupported(_ what: String, _ hint: String) -> CommandFailure {
        CommandFailure(.arguments, "error: \(what) cannot be compared\n  hint: \(hint)")
    }

    // MARK: - The three uses

    private func report(
        _ role: ManifestSet,
        _ label: String,
        _ trace: Trace,
        _ traceLabel: String,
        traceIsA: Bool
    ) async throws -> DiffReport {
        let judged = try await check(role, trace.requirements.requirements)
        var report = diffTrace(
            role: input(role, .init(kind: .manifests, label: label), judged),
            trace: .init(kind: .trace, label: traceLabel),
            judged: judged.requirements,
            traceIsA: traceIsA
        )
        report.identities = judged.identities
        report.notes = judged.notes
        return report
    }

    private func report(
        _ old: ManifestSet,
        _ oldLabel: String,
        _ new: ManifestSet,
        _ newLabel: String
    ) async throws -> DiffReport {
        let isLive = (old.isClusterDump, new.isClusterDump)
        let first = input(
            old,
            .init(kind: isLive == (true, false) ? .cluster : .manifests, label: oldLabel),
            try await check(old, [])
        )
        let second = input(
            new,
            .init(kind: isLive == (false, true) ? .cluster : .manifests, label: newLabel),
            try await check(new, [])
        )
        if isLive == (true, false) { return diffCluster(manifests: second, cluster: first, clusterIsA: true) }
        if isLive == (false, true) { return diffCluster(manifests: first, cluster: second) }
        return diffRoles(first, second)
    }

    /// One report for each cluster that was named.
    private func clusterReports(_ role: ManifestSet, _ label: String, clusterIsA: Bool) async throws -> [DiffReport] {
        let ours = input(role, .init(kind: .manifests, label: label), try await check(role, []))
        return try await connection.clusters(hasOffline: false).concurrently { access in
            async let server = access.server()
            let live = await access.liveObjects(inNamespaces: ours.namespaces)
            let side = DiffReport.Side(kind: .cluster, label: "cluster")
            let theirs = DiffInput(side: side, policy: live.policy, gaps: live.gaps, operator: ours.user)
            var report = diffCluster(manifests: ours, cluster: theirs, clusterIsA: clusterIsA)
            report.server = await server
            return report
        }
    }

    // MARK: - Parts

    private func input(_ set: ManifestSet, _ side: DiffReport.Side, _ judged: CheckReport) -> DiffInput {
        let user = judged.identities.first { $0.role == .operator }?.user
        let account = user.flatMap { ServiceAccountName(userName: $0.name) }
        return DiffInput(
            side: side,
            manifests: set,
            declared: set.declaredPolicy(defaultNamespace: connection.namespace ?? account?.namespace ?? ""),
            operator: user
        )
    }

    /// Whose access is meant, and how the manifests judge the calls.
    private func check(_ set: ManifestSet, _ requirements: [Requirement]) async throws -> CheckReport {
        let input = CheckInput(
            manifests: set,
            requirements: requirements,
            hasTrace: !requirements.isEmpty,
            identity: identity.identity ?? .automatic,
            namespace: connection.namespace,
            asUser: connection.asUser,
            asGroups: connection.asGroups,
            isOffline: true,
            includesBootstrapPolicy: !identity.noBootstrapPolicy
        )
        do throws(InputError) {
            return try await Diagnosis.check(input, cluster: nil)
        } catch { throw CommandFailure(.arguments, error.description) }
    }

    private func status(of reports: [DiffReport]) -> ExitStatus {
        if reports.contains(where: { !$0.failures.isEmpty }) { return .noAnswer }
        let differs = reports.contains { report in
            report.comparison == .roleToTrace
                ? failOn.fails(errors: report.count(.error), warnings: report.count(.warning))
                : failOn != .never && !(report.onlyInA.isEmpty && report.onlyInB.isEmpty)
        }
        return differs ? .findings : .success
    }
}

/// Whose permissions are compared.
struct DiffIdentityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Whose access is meant: a service account as NAMESPACE/NAME.", valueName: "identity")
    )
    var identity: IdentityChoice?

    @Flag(
        name: .customLong("no-bootstrap-policy"),
        help: "Leave out what every cluster grants by default, such as discovery."
    )
    var noBootstrapPolicy = false
}
