import Diagnosis
import RBAC
import Syntax
import Traces

/// `diff` as text, in the words of what is compared.
struct DiffText {
    private let report: DiffReport
    private let options: RenderOptions
    private var output: TextOutput
    private var cache: SourceCache

    static func text(_ reports: [DiffReport], _ options: RenderOptions) -> String {
        reports.enumerated().map { index, report in
            var diff = DiffText(report, options)
            if index > 0 { diff.output.line() }
            // Of several clusters a line alone does not say which it is about; the premises do.
            if reports.count > 1, options.verbosity == .quiet { Premises.drawTitle(report.server, into: &diff.output) }
            return diff.text()
        }.joined()
    }

    private init(_ report: DiffReport, _ options: RenderOptions) {
        self.report = report
        self.options = options
        output = TextOutput(options)
        cache = SourceCache(texts: report.texts)
    }

    private mutating func text() -> String {
        if options.verbosity != .quiet { drawPremises() }
        for change in DiffReport.Change.allCases { draw(change) }
        for failure in report.failures {
            Failures.draw(failure, isOneLine: options.verbosity == .quiet, into: &output)
        }
        if options.verbosity != .quiet, !report.failures.isEmpty { output.gap() }
        drawEnd()
        return output.text
    }

    private mutating func drawPremises() {
        let palette = output.palette
        output.line(palette("--- \(name(report.a))", .removal))
        output.line(palette("+++ \(name(report.b))", .addition))
        Premises.draw(report.identities, report.server, into: &output)
        for note in report.notes { output.paragraph(note, label: "note:", style: .note) }
        output.gap()
    }

    private func name(_ side: DiffReport.Side) -> String {
        side.kind == .cluster && side.label == "cluster" ? "the cluster" : printable(side.label)
    }

    // MARK: Differences

    private mutating func draw(_ change: DiffReport.Change) {
        var items = (report.onlyInA + report.onlyInB).filter { $0.change == change }
        if options.verbosity == .verbose { items += report.inBoth.filter { $0.change == change } }
        guard !items.isEmpty else { return }
        let entries = DiffEntry.entries(items)
        if options.verbosity == .quiet {
            for entry in entries { output.line(entry.firstLine(change)) }
            return
        }
        output.line(output.palette(change.heading, .heading))
        for entry in entries { draw(entry, change) }
        output.gap()
    }

    private mutating func draw(_ entry: DiffEntry, _ change: DiffReport.Change) {
        output.paragraph(
            entry.words + entry.weight,
            lead: "  ",
            label: change.sign,
            style: change.style(entry.severity)
        )
        for detail in entry.details(change) { output.paragraph(detail, lead: "      ") }
        guard options.verbosity == .verbose else { return }
        for (index, location) in entry.locations.enumerated() {
            let excerpt = Excerpt(location, lines: cache[location.range.file])
            let style = index == 0 ? change.style(entry.severity) : .note
            let manner = Excerpt.Manner(isPrimary: index == 0, style: style, numberWidth: max(4, excerpt.numberWidth))
            excerpt.draw(manner, into: &output)
        }
    }

    // MARK: The end

    private mutating func drawEnd() {
        if options.verbosity != .quiet, !report.notEvaluated.isEmpty {
            output.line(output.palette("could not be evaluated", .heading))
            for entry in DiffEntry.entries(report.notEvaluated) { draw(entry, .same) }
            output.gap()
        }
        let differences = report.onlyInA.count + report.onlyInB.count
        guard differences > 0 || !isNothingCompared else {
            return output.paragraph(
                "what the manifests name could not be read in the cluster",
                label: "nothing was compared:",
                style: .warning
            )
        }
        guard differences > 0 else {
            let isWhole = report.failures.isEmpty && report.notEvaluated.isEmpty
            return output.paragraph(
                agreement,
                label: isWhole ? "no difference:" : "no difference found:",
                style: isWhole ? .success : .warning
            )
        }
        let (errors, warnings) = (report.count(.error), report.count(.warning))
        output.line(
            counted(differences, "difference") + ": "
                + output.palette(counted(errors, "error"), errors > 0 ? .error : nil) + ", "
                + output.palette(counted(warnings, "warning"), warnings > 0 ? .warning : nil)
                + (report.inBoth.isEmpty ? "" : "; \(report.inBoth.count) on both sides")
        )
    }

    private var isNothingCompared: Bool {
        report.comparison == .roleToCluster && report.inBoth.isEmpty && !report.notEvaluated.isEmpty
    }

    private var agreement: String {
        switch report.comparison {
        case .roleToCluster where !report.notEvaluated.isEmpty:
            "what could be read of the cluster is as the manifests say"
        case .roleToTrace: "\(report.a.label) and \(report.b.label) agree: all that is called is granted, and no more"
        case .roleToRole: "\(report.a.label) and \(report.b.label) grant the same"
        case .roleToCluster: "the cluster holds what the manifests say"
        }
    }
}

/// One line of a comparison: a rule, or the requirements that differ in the verb alone.
private struct DiffEntry {
    var words: String
    /// The severity in words, where others beside it weigh differently.
    var weight = ""
    var severity: Severity?
    var locations: [FindingLocation]
    /// What role grants it, through which binding, to whom; or how often it was called.
    var context: String
    var counterpart: [PolicyRule] = []
    var note: String?

    static func entries(_ items: [DiffReport.Item]) -> [DiffEntry] {
        var entries: [DiffEntry] = []
        var called: [Severity?: [(Requirement, DiffReport.Item)]] = [:]
        for item in items {
            switch item.content {
            case .requirement(let requirement): called[item.severity, default: []].append((requirement, item))
            case .rule(let granted): entries.append(DiffEntry(granted, item))
            }
        }
        let severities: [Severity?] = [.error, .warning, nil]
        return severities.flatMap { severity in
            CallPhrase.phrases(for: (called[severity] ?? []).map(\.0)).map { phrase in
                DiffEntry(phrase, severity, hasUnlike: called.count > 1)
            }
        } + entries
    }

    /// - Parameter hasUnlike: whether others weigh differently, so that the weight has to be said.
    private init(_ phrase: CallPhrase, _ severity: Severity?, hasUnlike: Bool) {
        words = phrase.what
        weight = hasUnlike ? severity.map { " (\($0.rawValue))" } ?? "" : ""
        self.severity = severity
        locations = []
        context = phrase.context
    }

    private init(_ granted: DiffReport.GrantedRule, _ item: DiffReport.Item) {
        words = granted.rule.map(RuleWords.words) ?? "all that \(granted.role) grants"
        switch granted.namespace {
        case .none: words += granted.rule?.resources.isEmpty == true ? "" : ", cluster-wide"
        case .some(""): words += ", in one namespace that the manifests leave open"
        case .some(let namespace): words += " in \(namespace)"
        }
        severity = item.severity
        locations = item.locations
        var parts = [granted.role]
        if let binding = granted.binding { parts.append("via \(binding)") }
        if !granted.subjects.isEmpty { parts.append("to \(enumerated(granted.subjects))") }
        context = parts.joined(separator: " ")
        counterpart = item.counterpart
        note = item.note
    }

    private var place: String? {
        locations.first.map { "\($0.range.file):\($0.range.start.line):\($0.range.start.column)" }
    }

    /// For `-q`.
    func firstLine(_ change: DiffReport.Change) -> String {
        let prefix = place.map { "\($0): " } ?? ""
        return printable("\(prefix)\(severity.map { "\($0.rawValue): " } ?? "")\(change.word): \(words)")
    }

    /// The lines below the words.
    func details(_ change: DiffReport.Change) -> [String] {
        var lines = counterpart.map { "\(change.counterpartLabel) \(RuleWords.words($0))" }
        if let note { lines.append(note) }
        let context = [place, context.isEmpty ? nil : context].compactMap(\.self).joined(separator: ", ")
        return context.isEmpty ? lines : lines + [context]
    }
}

extension DiffReport.Change {
    fileprivate var heading: String {
        switch self {
        case .neededNotGranted: "needed and not granted"
        case .notExercised: "granted and not exercised"
        case .exercisedInPart: "granted by a wildcard and exercised in part"
        case .added: "added"
        case .removed: "removed"
        case .widened: "widened"
        case .narrowed: "narrowed"
        case .notApplied: "not applied: in the manifests, not in the cluster"
        case .notInManifests: "in the cluster, not in the manifests"
        case .same: "on both sides"
        }
    }

    /// The heading in short, for a line that stands alone.
    fileprivate var word: String { heading.prefix { $0 != ":" }.description }

    fileprivate var sign: String {
        switch self {
        case .neededNotGranted, .added, .notInManifests: "+"
        case .notExercised, .removed, .notApplied: "-"
        case .exercisedInPart, .widened, .narrowed: "~"
        case .same: "="
        }
    }

    fileprivate func style(_ severity: Severity?) -> Style {
        if let severity { return severity.style }
        return self == .same ? .secondary : .note
    }

    fileprivate var counterpartLabel: String {
        switch self {
        case .widened: "was:"
        case .narrowed: "now:"
        case .exercisedInPart: "called:"
        default: "there:"
        }
    }
}
