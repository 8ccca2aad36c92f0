import Diagnosis
import RBAC
import Syntax
import Traces

/// `check` as text: errors before warnings, a block a cause; what is fine in one line.
struct CheckText {
    private let report: CheckReport
    private let options: RenderOptions
    private var output: TextOutput

    static func text(_ reports: [CheckReport], _ options: RenderOptions) -> String {
        reports.enumerated().map { index, report in
            var check = CheckText(report, options)
            if reports.count > 1 { check.drawClusterTitle(isFirst: index == 0) }
            return check.text()
        }.joined()
    }

    private init(_ report: CheckReport, _ options: RenderOptions) {
        self.report = report
        self.options = options
        output = TextOutput(options)
    }

    private mutating func drawClusterTitle(isFirst: Bool) {
        if !isFirst { output.line() }
        Premises.drawTitle(report.server, into: &output)
        output.gap()
    }

    private mutating func text() -> String {
        if options.verbosity == .quiet {
            drawFirstLines()
        } else {
            drawPremises()
            drawFindings()
            if options.verbosity == .verbose { drawRequirements() }
        }
        drawFailures()
        drawEnd()
        return output.text
    }

    /// Errors first; otherwise in the order of the report.
    private var findings: [Finding] {
        report.findings.filter { $0.severity == .error } + report.findings.filter { $0.severity != .error }
    }

    private mutating func drawFirstLines() {
        let palette = output.palette
        for finding in findings {
            let place = finding.locations.first.map { location in
                "\(printable(location.range.file)):\(location.range.start.line):\(location.range.start.column): "
            }
            let code = palette("\(finding.severity.rawValue)[\(finding.code.rawValue)]", finding.severity.style)
            output.line("\(place ?? "")\(code): \(printable(finding.title))")
        }
    }

    // MARK: What the answer rests on

    private mutating func drawPremises() {
        Premises.draw(report.identities, report.server, into: &output)
        for note in report.notes { output.paragraph(note, label: "note:", style: .note) }
        if options.verbosity == .verbose {
            for detail in report.details { output.paragraph(detail, label: "read:", style: .secondary) }
        }
        output.gap()
    }

    // MARK: What is wrong

    private mutating func drawFindings() {
        var cache = SourceCache(texts: report.texts)
        var told: Set<String> = []
        for finding in findings {
            let requirements = finding.requirements.filter(report.requirements.indices.contains)
                .map { report.requirements[$0].requirement }
            let block = FindingBlock(
                finding,
                requirements: requirements,
                isVerbose: options.verbosity == .verbose,
                lines: { cache[$0] }
            )
            block.draw(into: &output, told: &told)
            output.gap()
        }
    }

    private mutating func drawFailures() {
        guard !report.failures.isEmpty else { return }
        for failure in report.failures {
            Failures.draw(failure, isOneLine: options.verbosity == .quiet, into: &output)
        }
        let endsHere = report.findings.isEmpty && report.requirements.isEmpty
        if options.verbosity != .quiet, !endsHere { output.gap() }
    }

    private mutating func drawRequirements() {
        guard !report.requirements.isEmpty else { return }
        var table = Table(
            header: ["", "VERB", "RESOURCE", "NAMESPACE", "NAME", "DECLARED", "SELF", "OPERATOR", "GRANTED BY"]
        )
        for judged in report.requirements {
            let mark = judged.isMet.map { $0 ? "ok" : "--" } ?? "??"
            let cells = RequirementCells(judged.requirement)
            let effective = [judged.effectiveSelf, judged.effectiveOperator].map { $0 == .notAsked ? "" : $0.rawValue }
            table.add(
                [mark, cells.verb, cells.resource, cells.namespace, cells.name, judged.declared.rawValue] + effective
                    + [judged.grantedBy.joined(separator: ", ")]
            )
        }
        table.draw(into: &output)
        output.gap()
    }

    // MARK: The end

    private mutating func drawEnd() {
        let summary = report.summary
        let isClear = report.findings.isEmpty && report.failures.isEmpty && summary.met == summary.requirements
        if isClear, options.verbosity != .quiet {
            output.paragraph(allClear(summary), label: "all clear:", style: .success)
            return
        }
        if options.verbosity != .quiet, let verdict = verdict(summary) {
            output.paragraph(verdict)
            output.gap()
        }
        // Where no question was put, counts would look like an answer.
        if report.findings.isEmpty, report.requirements.isEmpty, !report.failures.isEmpty { return }
        let errors = counted(summary.errors, "error")
        let warnings = counted(summary.warnings, "warning")
        output.line(
            output.palette(errors, summary.errors > 0 ? .error : nil) + ", "
                + output.palette(warnings, summary.warnings > 0 ? .warning : nil) + ", \(fixable)"
        )
    }

    /// `5 fixable with --fix`, exactly as many as that mends; what only the markers mend apart.
    private var fixable: String {
        let inManifests = report.fixes(FixOptions()).fixes.count
        let inMarkers = report.fixes(FixOptions(editsManifests: false, editsMarkers: true)).fixes.count
        let markers = inMarkers > 0 ? ", \(inMarkers) with --fix-markers" : ""
        return "\(inManifests) fixable with --fix\(markers)"
    }

    /// `200 of 202 calls are allowed, 1 is not, 1 is unknown`; `nil` where nothing was judged since a step failed.
    private func verdict(_ summary: CheckReport.Summary) -> String? {
        guard summary.requirements > 0 else {
            return report.failures.isEmpty ? "no calls were required: the manifests alone were judged" : nil
        }
        func are(_ count: Int) -> String { count == 1 ? "1 is" : "\(count) are" }
        let isOne = summary.met == 1 || summary.requirements == 1
        var parts = ["\(summary.met) of \(counted(summary.requirements, "call")) \(isOne ? "is" : "are") allowed"]
        if summary.unmet > 0 { parts.append("\(are(summary.unmet)) not") }
        if summary.unknown > 0 { parts.append("\(are(summary.unknown)) unknown") }
        return parts.joined(separator: ", ")
    }

    private func allClear(_ summary: CheckReport.Summary) -> String {
        switch summary.requirements {
        case 0: "nothing to say against the manifests; no calls were required of them (-t, -p and --need name some)"
        case 1: "the 1 call is allowed, and there is nothing to say against the manifests"
        default: "all \(summary.requirements) calls are allowed, and there is nothing to say against the manifests"
        }
    }
}
