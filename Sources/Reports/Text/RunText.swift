import Diagnosis
import RBAC
import Syntax

/// What is said about a run: each refusal as it happens, and a summary.
struct RunText {
    private let options: RenderOptions
    private var output: TextOutput

    init(_ options: RenderOptions) {
        self.options = options
        output = TextOutput(options)
    }

    // MARK: - While it runs

    /// Three lines: the call, the cause, and what mends it where.
    static func refusal(_ explained: ExplainedCall, _ options: RenderOptions) -> String {
        var text = RunText(options)
        text.draw(explained)
        return text.output.text
    }

    private mutating func draw(_ explained: ExplainedCall) {
        let (call, refusal) = (explained.call, explained.refusal)
        let code = output.palette("[\(refusal.code.rawValue)]", .secondary)
        if options.verbosity == .quiet { return output.line(line(refusal)) }
        let label = output.palette(call.status == 404 ? "not served:" : "denied:", .error)
        output.line("\(label) \(printable(Self.words(call))) (\(call.status))")
        output.line("  why: \(printable(refusal.title)) \(code)\(Self.place(refusal.locations.first?.range))")
        guard let remedy = refusal.remedy else { return }
        output.line(
            "  fix: \(printable(remedy.summary))\(Self.place(remedy.edit?.place(besides: refusal.locations.first)))"
        )
        for detail in Self.details(remedy) { output.line("       \(output.palette(printable(detail), .addition))") }
    }

    /// `config/rbac/role.yaml:4:9: error[rule-missing]: no rule mentions …`
    private func line(_ refusal: ExplainReport.Refusal) -> String {
        let start = refusal.locations.first.map { location in
            "\(printable(location.range.file)):\(location.range.start.line):\(location.range.start.column): "
        }
        return (start ?? "") + output.palette("error[\(refusal.code.rawValue)]", .error)
            + ": \(printable(refusal.title))"
    }

    private static func place(_ range: SourceRange?) -> String {
        guard let range else { return "" }
        return " (\(printable(range.file)):\(range.start.line):\(range.start.column))"
    }

    /// The rules, or the commands where no edit mends it, a line each; of many the first.
    private static func details(_ remedy: Remedy) -> [String] {
        let areLines = !remedy.commands.isEmpty && remedy.commands.allSatisfy { !$0.contains("\n") }
        if remedy.edits.isEmpty, areLines { return Array(remedy.commands.prefix(3)) }
        let lines = remedy.rules.prefix(3).map { "- \(RuleYAML.flow($0))" }
        return remedy.rules.count > 3 ? lines + ["and \(counted(remedy.rules.count - 3, "more rule"))"] : lines
    }

    /// `list and watch secrets in demo`
    static func words(_ call: RefusedCall) -> String {
        let request = call.request
        let isPair = call.isInformer && ["list", "watch"].contains(request.verb)
        let verb = isPair ? "list and watch" : request.verb.isEmpty ? "OPTIONS" : request.verb
        let name = request.name.isEmpty ? "" : " \"\(request.name)\""
        let place = request.namespace.isEmpty ? "" : " in \(request.namespace)"
        return "\(verb) \(request.target)\(name)\(place)"
    }

    static func standstill(_ list: RefusedCall, _ options: RenderOptions) -> String {
        var output = TextOutput(options)
        output.paragraph(
            "for 30 s nothing but refusals has come: a cache waits for `\(words(list))`, and whoever waits for the cache waits "
                + "with it",
            label: "note:",
            style: .note
        )
        return output.text
    }

    static func reevaluated(_ mended: [ExplainedCall], _ left: [ExplainedCall], _ options: RenderOptions) -> String {
        var text = RunText(options)
        text.draw("now granted by the manifests:", .success, mended.map { words($0.call) })
        text.draw("still not granted:", .error, left.map { "\(words($0.call)): \(cause($0.refusal))" })
        return text.output.text
    }

    // MARK: - At the end

    static func summary(_ report: RunReport, fix: String?, _ options: RenderOptions) -> String {
        var text = RunText(options)
        text.draw(report, fix)
        return text.output.text
    }

    private static let mostItems = 20
    private static let mostRules = 5

    private mutating func draw(_ report: RunReport, _ fix: String?) {
        draw("denied:", .error, report.refusals.filter { $0.call.status != 404 }.map(Self.item))
        draw("not served:", .error, report.refusals.filter { $0.call.status == 404 }.map(Self.item))
        drawDeath(report)
        draw("masked, allowed to you and not granted to the operator:", .error, report.masked.map(Self.cause))
        draw("needed, and not granted:", .error, report.foreseen.map(Self.cause))
        draw("not judged:", .warning, report.unjudged)
        if options.verbosity != .quiet {
            draw(
                "granted, and not exercised in this run (one run proves no permission superfluous):",
                .note,
                report.notExercised.map(Self.cause),
                most: Self.mostRules
            )
        }
        if report.refusals.isEmpty, report.masked.isEmpty, report.foreseen.isEmpty,
            report.check?.failures.isEmpty ?? false
        {
            output.line("\(output.palette("run:", .success)) every call of this run is granted")
        }
        if let fix { output.line("\(output.palette("to mend it:", .help)) \(fix)") }
    }

    private static func item(_ explained: ExplainedCall) -> String {
        let times = explained.count == 1 ? "" : " (\(explained.count) times)"
        return "\(words(explained.call))\(times): \(cause(explained.refusal))"
    }

    private static func cause(_ refusal: ExplainReport.Refusal) -> String {
        cause(refusal.title, refusal.locations, refusal.code)
    }

    private static func cause(_ finding: Finding) -> String { cause(finding.title, finding.locations, finding.code) }

    private static func cause(_ title: String, _ locations: [FindingLocation], _ code: FindingCode) -> String {
        let place = locations.first.map { " (\($0.range.file):\($0.range.start.line))" } ?? ""
        return "\(title)\(place) [\(code.rawValue)]"
    }

    private mutating func draw(_ title: String, _ style: Style, _ items: [String], most: Int = Self.mostItems) {
        guard !items.isEmpty else { return }
        output.line(output.palette(title, style))
        let most = options.verbosity == .verbose ? items.count : most
        for item in items.prefix(most) { output.line("  \(printable(item))") }
        if items.count > most { output.line("  and \(items.count - most) more (-v shows them)") }
    }

    /// What a manager dies of is rarely what it says.
    private mutating func drawDeath(_ report: RunReport) {
        guard let call = report.waitedFor, report.status != 0 || report.stoodStill else { return }
        let words = printable(Self.words(call))
        let how =
            report.stoodStill
            ? "nothing went on any more because `\(words)` is refused"
            : "the command ended with status \(report.status), probably because `\(words)` is refused"
        output.paragraph(
            "\(how): the cache never fills, and whoever waits for it ends with a time-out that says nothing of it "
                + "(\"timed out waiting for cache to be synced\", \"failed waiting for all runnables to end\"), or never",
            label: "note:",
            style: .note
        )
    }
}

extension ManifestEdit {
    /// Where somebody who makes the edit by hand would begin; `nil` where the cause is shown in the same object.
    fileprivate func place(besides location: FindingLocation?) -> SourceRange? {
        if let shown = location?.range, shown.file == object.file,
            (object.start.line...object.end.line).contains(shown.start.line)
        {
            return nil
        }
        switch self {
        case .extendRule(_, let rule, _, _): return rule
        case .addRule(let role, _, _): return role
        }
    }
}
