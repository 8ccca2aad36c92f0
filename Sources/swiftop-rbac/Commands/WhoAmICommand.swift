import ArgumentParser
import Diagnosis
import Inputs
import KubeAPI
import RBAC
import Reports
import Syntax

/// `whoami`: who the API server says you are.
struct WhoAmICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Prints who the API server says you are, and through which credential."
    )

    @OptionGroup var connection: ConnectionFlags

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp(
            "Form of the result: text or json; to standard output, or with =FILE to a file.",
            valueName: "format[=file]"
        )
    )
    var output = OutputTarget(format: .text)

    func run() async throws {
        let clusters = try connection.clusters(hasOffline: false)
        let identities = await clusters.concurrently { access in
            await Result(asking: { () async throws(APIFailure) in try await access.client.whoAmI() })
        }
        var texts: [String] = []
        var reports: [WhoAmIReport] = []
        for (access, identity) in zip(clusters, identities) {
            let connection = access.client.connection
            var report = report(connection)
            do throws(APIFailure) {
                let identity = try identity.get()
                add(identity, to: &report)
                texts.append(text(identity, connection, namesContext: clusters.count > 1))
                if identity.isAnonymous, connection.impersonation.user != identity.name {
                    report.failures.append(anonymous(connection))
                }
            } catch {
                let hint = error.hint.map { "\n  hint: \($0)" } ?? ""
                let place = clusters.count > 1 ? "context `\(connection.context)`: " : ""
                report.failures.append(.init(stage: .connection, message: "error: \(place)\(error)\(hint)"))
            }
            reports.append(report)
        }
        let isText = output.format == .text
        let result =
            isText
            ? texts.joined(separator: "\n") : Renderer(tool: Tool(version: ToolVersion.current)).whoAmI(reports)
        if let file = output.file {
            try CommandFailure.during(.output) { () throws(InputError) in try FileOutput.write(result, to: file) }
        } else {
            Console.writeOutput(result)
        }
        let failures = reports.flatMap(\.failures)
        guard !failures.isEmpty else { return }
        // The document that was asked for is written, and says why.
        for failure in failures { Console.writeMessage(failure.message) }
        throw ExitCode(ExitStatus.noAnswer.rawValue)
    }

    private func report(_ connection: ClusterConnection) -> WhoAmIReport {
        WhoAmIReport(
            context: connection.context,
            server: connection.address.description,
            credential: connection.credentials.source.description,
            impersonates: connection.impersonation.user.isEmpty ? nil : connection.impersonation.user
        )
    }

    private func add(_ identity: Identity, to report: inout WhoAmIReport) {
        report.user = UserInfo(name: identity.name, groups: identity.groups)
        report.uid = identity.uid
        report.extra = identity.extra
        report.toldBy = identity.origin.rawValue
    }

    private func text(_ identity: Identity, _ connection: ClusterConnection, namesContext: Bool) -> String {
        var lines: [(label: String, value: String)] = []
        if namesContext { lines.append(("context", connection.context)) }
        lines.append(("user", identity.name.isEmpty ? "(the server does not say)" : identity.name))
        if !identity.uid.isEmpty { lines.append(("uid", identity.uid)) }
        if !identity.groups.isEmpty { lines.append(("groups", identity.groups.joined(separator: ", "))) }
        for (key, values) in identity.extra.sorted(by: { $0.key < $1.key }) {
            lines.append(("extra", "\(key): \(values.joined(separator: ", "))"))
        }
        if let told = origin(identity.origin) { lines.append(("told by", told)) }
        lines.append(("credential", connection.credentials.source.description))
        if !connection.impersonation.user.isEmpty {
            lines.append(("acting as", "\(connection.impersonation.user) (impersonation)"))
        }
        lines.append(("server", connection.address.description))
        let width = 12
        return lines.map { line in
            let label = "\(line.label):"
            return label + String(repeating: " ", count: width - label.count)
                + PlainText.oneLine(line.value, limit: 2000)
                + "\n"
        }.joined()
    }

    /// Where the name comes from where no `SelfSubjectReview` says it, as on older servers.
    private func origin(_ origin: Identity.Origin) -> String? {
        switch origin {
        case .selfSubjectReview, .unknown: nil
        case .refusal: "a refusal of the server (403)"
        case .token: "the claims of the token; the server does not say"
        }
    }

    private func anonymous(_ connection: ClusterConnection) -> CheckReport.Failure {
        let source = connection.credentials.source
        return .init(
            stage: .connection,
            message: source.isAnonymous
                ? "error: the server sees `system:anonymous`, and there are no credentials to send\n"
                    + "  hint: choose other credentials with --context or --kubeconfig"
                : "error: the server sees `system:anonymous`: it does not take the \(source)\n"
                    + "  hint: it may not know this kind of credential; choose others with --context or --kubeconfig"
        )
    }
}
