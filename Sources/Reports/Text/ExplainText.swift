import Diagnosis
import RBAC
import Syntax

/// `explain` as text: a block a refusal, in the order of the log.
struct ExplainText {
    private let report: ExplainReport
    private let options: RenderOptions
    private var output: TextOutput

    static func text(_ report: ExplainReport, _ options: RenderOptions) -> String {
        var text = ExplainText(report, options)
        return text.text()
    }

    private init(_ report: ExplainReport, _ options: RenderOptions) {
        self.report = report
        self.options = options
        output = TextOutput(options)
    }

    private mutating func text() -> String {
        if options.verbosity == .quiet {
            drawFirstLines()
        } else {
            if let server = report.server { Premises.draw([], server, into: &output) }
            for note in report.notes { output.paragraph(note, label: "note:", style: .note) }
            output.gap()
            drawRefusals()
        }
        for failure in report.failures {
            Failures.draw(failure, isOneLine: options.verbosity == .quiet, into: &output)
        }
        drawEnd()
        return output.text
    }

    private mutating func drawFirstLines() {
        for refusal in report.refusals {
            let severity = refusal.severity
            let code = output.palette("\(severity.rawValue)[\(refusal.code.rawValue)]", severity.style)
            let fix = refusal.locations.first.map { " (\(printable($0.range.file)):\($0.range.start.line))" } ?? ""
            output.line("\(printable(place(refusal))): \(code): \(printable(refusal.title))\(fix)")
        }
    }

    private mutating func drawRefusals() {
        var cache = SourceCache(texts: report.texts)
        var told: Set<String> = []
        for refusal in report.refusals {
            let finding = Finding(
                code: refusal.code,
                severity: refusal.severity,
                isPrincipal: true,
                title: refusal.title,
                explanation: refusal.explanation,
                locations: refusal.locations,
                remedy: refusal.remedy
            )
            let block = FindingBlock(
                finding,
                said: FindingBlock.Said(
                    message: refusal.message,
                    place: "\(place(refusal))\(times(refusal))",
                    hides: refusal.cause
                ),
                isVerbose: options.verbosity == .verbose,
                lines: { cache[$0] }
            )
            block.draw(into: &output, told: &told)
            output.gap()
        }
    }

    private func place(_ refusal: ExplainReport.Refusal) -> String {
        refusal.file.isEmpty ? "line \(refusal.firstLine)" : "\(refusal.file):\(refusal.firstLine)"
    }

    private func times(_ refusal: ExplainReport.Refusal) -> String {
        refusal.count == 1 ? "" : ", and \(counted(refusal.count - 1, "time")) more up to line \(refusal.lastLine)"
    }

    private mutating func drawEnd() {
        let refusals = report.refusals.filter(\.isRefusal)
        guard !report.refusals.isEmpty else {
            if report.failures.isEmpty { output.line("no refusal was found") }
            return
        }
        let total = refusals.reduce(0) { $0 + $1.count }
        var ending = counted(refusals.count, "refusal")
        if total > refusals.count { ending += ", found \(total) times" }
        let unexplained = report.refusals.count - refusals.count
        if unexplained > 0 {
            ending += "\(refusals.isEmpty ? "; " : ", ")\(counted(unexplained, "error")) without a known cause"
        }
        output.line(ending)
    }
}

extension ExplainReport.Refusal {
    /// A refusal is an error, whatever weight its code has where it is only foreseen.
    fileprivate var severity: Severity { isRefusal ? .error : .warning }
}
