import ArgumentParser
import Diagnosis
import Inputs
import Reports
import Syntax
import Traces

/// The check that precedes a run: of what is known of its calls, as whoever they will reach the server as.
struct RunPreflight {
    let diagnosis: RunDiagnosis
    /// One report each; the command runs against the first.
    let clusters: [APIServerAccess]
    let requirements: RequirementOptions
    let output: OutputOptions
    let failOn: FailOn
    let force: Bool

    /// - Throws: `CommandFailure` for input that cannot be read, `ExitCode` where the command would fail; with `--force` neither.
    func run() async throws {
        do {
            let reports = try await reports()
            let status = tell(reports)
            guard status != .success, !force else { return }
            try ReportOutput(options: output).write(isOutputTaken: true) { $0.check(reports, as: $1) }
            Console.writeError("the command was not started; --force starts it all the same")
            throw ExitCode(status.rawValue)
        } catch let failure as CommandFailure where force {
            for failure in failure.failures { Console.writeMessage(failure.message) }
        }
    }

    private func reports() async throws(CommandFailure) -> [CheckReport] {
        let input = diagnosis.input
        let required = try InputLoader.required(requirements, manifests: input.manifests, namespace: input.namespace)
        let results = await clusters.concurrently { cluster in
            await Result(asking: { () async throws(InputError) in
                try await RunDiagnosis(input, access: diagnosis.access, cluster: cluster)
                    .check(required.requirements.requirements, hasTrace: required.hasTrace)
            })
        }
        do throws(InputError) {
            var reports: [CheckReport] = []
            for result in results { reports.append(try result.get()) }
            return reports
        } catch { throw CommandFailure(.arguments, error.description) }
    }

    private func tell(_ reports: [CheckReport]) -> ExitStatus {
        let summaries = reports.map(\.summary)
        let fails = summaries.contains { failOn.fails(errors: $0.errors, warnings: $0.warnings) }
        let hasNoAnswer = reports.contains(where: \.hasNoAnswer)
        if fails || hasNoAnswer {
            let renderer = Renderer(tool: Tool(version: ToolVersion.current), options: .onStandardError(output))
            Console.writeError(renderer.check(reports, as: .text))
        } else if !output.quiet {
            Console.writeError("preflight: \(words(reports))")
        }
        return hasNoAnswer ? .noAnswer : fails ? .findings : .success
    }

    private func words(_ reports: [CheckReport]) -> String {
        guard let report = reports.first else { return "" }
        let counts = report.summary
        let warnings = reports.reduce(0) { $0 + $1.summary.warnings }
        let rest =
            warnings == 0
            ? "" : "; \(warnings == 1 ? "1 warning" : "\(warnings) warnings"), which swiftop-rbac check shows"
        guard counts.requirements > 0 else { return "the manifests alone were checked: no calls are known yet\(rest)" }
        return "\(counts.met) of \(counts.requirements) known calls are allowed\(rest)"
    }
}
