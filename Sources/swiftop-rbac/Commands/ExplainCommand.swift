import ArgumentParser
import Diagnosis
import Manifests
import Reports
import Syntax
import Traces

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `explain`: what a refusal means, or a finding code.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says which permission was missing, from an error message, a Status body or a whole log.",
        discussion: """
            Reads standard input where nothing is named: kubectl logs deploy/my-operator | swiftop-rbac explain. In a \
            terminal, paste what is to be explained. With -r \
            it says where in the manifests the fix goes, with --kubeconfig, --context or --server whether it is still \
            refused. `explain CODE` prints the long text of a finding code.

            Exit status: 1 a refusal was found, 0 none, 2 wrong input.
            """
    )

    @Argument(
        help: ArgumentHelp("A finding code, or the text of an error; - is standard input.", valueName: "code|text|-"),
        completion: .list(FindingCode.allCases.map(\.rawValue))
    )
    var texts: [String] = []

    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp("Log to read. Repeatable.", valueName: "file"),
        completion: .file()
    )
    var files: [String] = []

    @OptionGroup(title: "What else is known") var evidence: ExplainEvidence
    @OptionGroup(title: "Connection") var connection: ConnectionFlags
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        if texts.count == 1, files.isEmpty, evidence.traces.isEmpty, let code = FindingCode(named: texts[0]) {
            return try write(code)
        }
        var scanner = LogScanner(lookup: ResourceLookup(.builtin))
        for trace in evidence.traces { scanner.scan(try InputLoader.trace(trace)) }
        try read(into: &scanner)
        for warning in scanner.warnings { Console.writeMessage("warning: \(warning)") }
        let report = try await explained(Explainer.report(scanner.found()))
        if report.refusals.isEmpty { try refuseUnknownCode() }
        try ReportOutput(options: output).write { renderer, format in renderer.explain(report, as: format) }
        throw ExitCode(status(of: report).rawValue)
    }

    /// No answer comes before findings: what was found is printed all the same.
    private func status(of report: ExplainReport) -> ExitStatus {
        if report.failures.contains(where: { $0.stage == .connection }) { return .noAnswer }
        return report.refusals.contains(where: \.isRefusal) ? .findings : .success
    }

    // MARK: - Codes

    private func write(_ code: FindingCode) throws(CommandFailure) {
        try ReportOutput(options: output).write { renderer, format in renderer.code(code.text, as: format) }
    }

    /// A single word that holds no refusal was meant as a code.
    private func refuseUnknownCode() throws(CommandFailure) {
        guard texts.count == 1, files.isEmpty, texts[0] != "-", !texts[0].contains(where: \.isWhitespace) else {
            return
        }
        let near = FindingCode.suggestions(for: texts[0]).map { "`\($0.rawValue)`" }
        let hint =
            near.isEmpty
            ? "the codes are: \(FindingCode.allCases.map(\.rawValue).joined(separator: ", "))"
            : "did you mean \(near.prefix(3).joined(separator: " or "))?"
        throw CommandFailure(.arguments, "error: no finding has the code `\(texts[0])`\n  hint: \(hint)")
    }

    // MARK: - Inputs

    private func read(into scanner: inout LogScanner) throws(CommandFailure) {
        let wantsInput = texts == ["-"] || texts.isEmpty && files.isEmpty && evidence.traces.isEmpty
        if wantsInput {
            if Console.isTerminal(STDIN_FILENO) {
                scanner.scan(TerminalPaste(STDIN_FILENO).read())
            } else {
                try read("-", into: &scanner)
            }
        } else if !texts.isEmpty {
            scanner.scan(MessageWords.text(texts))
        }
        for file in files { try read(file, into: &scanner) }
    }

    private func read(_ path: String, into scanner: inout LogScanner) throws(CommandFailure) {
        do throws(InputError) {
            try scanner.scan(path: path)
        } catch { throw CommandFailure(.log, error.description) }
    }

    // MARK: - What else is known

    private func explained(_ report: ExplainReport) async throws -> ExplainReport {
        var surroundings = ExplainSurroundings(namespace: connection.namespace)
        if !evidence.roles.isEmpty {
            var options = ManifestOptions()
            options.roles = evidence.roles
            surroundings.manifests = try InputLoader.manifests(options)
        }
        if connection.namesServer {
            guard connection.contexts.count <= 1 else {
                throw CommandFailure(
                    .arguments,
                    "error: `explain` asks one cluster\n  hint: give --context once"
                )
            }
            surroundings.cluster = try connection.clusters().first
        }
        do throws(InputError) {
            return try await Explainer.diagnosed(report, surroundings)
        } catch { throw CommandFailure(.arguments, error.description) }
    }
}

/// Manifests and traces, of which `explain` has no default.
struct ExplainEvidence: ParsableArguments {
    @Option(
        name: [.short, .customLong("role")],
        help: ArgumentHelp(
            "Manifests that the fix goes into: file, folder, kustomization folder. Repeatable.",
            valueName: "path"
        ),
        completion: .file()
    )
    var roles: [String] = []

    @Option(
        name: [.short, .customLong("trace")],
        help: ArgumentHelp("Trace whose refused calls are explained. Repeatable.", valueName: "path"),
        completion: .file()
    )
    var traces: [String] = []
}
