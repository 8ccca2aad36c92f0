package import Diagnosis
package import Traces

/// Turns what was found out into text or bytes: the only door to this target.
///
/// The same values give the same bytes, and no value makes it fail.
package struct Renderer: Sendable {
    package var options: RenderOptions
    package var tool: Tool

    package init(tool: Tool, options: RenderOptions = RenderOptions()) {
        self.tool = tool
        self.options = options
    }

    /// The answer of `check`, a report a cluster. Text of several has a title for each.
    package func check(_ reports: [CheckReport], as format: ReportFormat) -> String {
        switch format {
        case .text: CheckText.text(reports, options)
        case .json: CheckReportDocument.value(reports, tool: tool).document
        }
    }

    /// The answer of `diff`, a report a cluster.
    package func diff(_ reports: [DiffReport], as format: ReportFormat) -> String {
        switch format {
        case .text: DiffText.text(reports, options)
        case .json: DiffReportDocument.value(reports, tool: tool).document
        }
    }

    /// The answer of `explain` for a log.
    package func explain(_ report: ExplainReport, as format: ReportFormat) -> String {
        switch format {
        case .text: ExplainText.text(report, options)
        case .json: ExplainReportDocument.value(report, tool: tool).document
        }
    }

    /// A refusal of a run, in a few lines.
    package func refusal(_ explained: ExplainedCall) -> String { RunText.refusal(explained, options) }

    /// Said once where nothing goes on any more.
    package func standstill(_ list: RefusedCall) -> String { RunText.standstill(list, options) }

    /// What other manifests change about what was refused before.
    package func reevaluated(mended: [ExplainedCall], left: [ExplainedCall]) -> String {
        RunText.reevaluated(mended, left, options)
    }

    /// What a run showed, in text.
    ///
    /// - Parameter fix: the command that mends what can be mended.
    package func summary(_ report: RunReport, fix: String?) -> String {
        RunText.summary(report, fix: fix, options)
    }

    /// The answer of `trace show`, in the order given.
    ///
    /// - Parameter failures: why the trace is not all there; text leaves them to standard error.
    package func trace(
        _ requirements: [Requirement],
        as format: ReportFormat,
        failures: [CheckReport.Failure] = []
    ) -> String {
        switch format {
        case .text: TraceText.text(requirements, options)
        case .json: TraceDocument.value(requirements, kind: "PermissionTrace", failures: failures).document
        }
    }

    /// The answer of `whoami` as JSON, a report a cluster.
    package func whoAmI(_ reports: [WhoAmIReport]) -> String { WhoAmIDocument.value(reports, tool: tool).document }

    /// A JSON document with nothing in it but why.
    package func failures(_ failures: [CheckReport.Failure], kind: String) -> String {
        let members = DocumentParts.head(kind: kind, tool: tool) + [Member("errors", DocumentParts.errors(failures))]
        return JSONValue.object(members).document
    }

    /// The answer of `generate`: manifests, or the markers that controller-gen makes them of.
    ///
    /// - Parameters:
    ///   - generated: `nil` where there is none, because of the failures.
    ///   - how: what is written of it.
    ///   - failures: text leaves them to standard error.
    package func generated(
        _ generated: GeneratedRoles?,
        _ how: GeneratedOptions,
        as format: ReportFormat,
        failures: [CheckReport.Failure] = []
    ) -> String {
        switch format {
        case .json: return GeneratedDocument.value(generated, how, failures: failures).document
        case .text:
            guard let generated else { return "" }
            guard how.asMarkers else { return GeneratedYAML.text(generated, how, options) }
            return generated.markers.map { $0 + "\n" }.joined()
        }
    }

    /// The long text of a finding code.
    package func code(_ code: CodeText, as format: ReportFormat = .text) -> String {
        switch format {
        case .text: CodePage.text(code, options)
        case .json: CodeDocument.value(code, tool: tool).document
        }
    }

    /// The built-in profiles.
    package func profiles(_ profiles: [ProfileSummary]) -> String { ProfileText.list(profiles, options) }

    /// One profile with what it requires.
    package func profile(_ profile: ProfileSummary, _ requirements: [Requirement]) -> String {
        ProfileText.show(profile, requirements, options)
    }
}
