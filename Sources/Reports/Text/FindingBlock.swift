import Diagnosis
import RBAC
import Syntax
import Traces

/// One finding as a block of text: what is wrong, where, why, who asked for it, and what to write or run instead.
struct FindingBlock {
    let finding: Finding
    /// The requirements that it is about.
    let requirements: [Requirement]
    private let excerpts: [Excerpt]
    private let margin: String
    private let isVerbose: Bool

    /// A message that the finding explains: `explain` shows it, and what it brought about.
    struct Said {
        var message: String
        /// Where it stands, and how often.
        var place: String
        /// Lines of generic errors.
        var hides: [String]
    }

    private let said: Said?

    /// Places, and lines of evidence and of requirements, that are shown unless all are asked for.
    private static let most = 3

    init(
        _ finding: Finding,
        requirements: [Requirement] = [],
        said: Said? = nil,
        isVerbose: Bool,
        lines: (String) -> SourceLines?
    ) {
        self.finding = finding
        self.requirements = requirements
        self.said = said
        self.isVerbose = isVerbose
        let shown = isVerbose ? finding.locations[...] : finding.locations.prefix(Self.most)
        excerpts = shown.map { Excerpt($0, lines: lines($0.range.file)) }
        margin = String(repeating: " ", count: excerpts.map(\.numberWidth).max() ?? 1)
    }

    /// - Parameter told: prose of the blocks above, which is not said again: ten rules with one fault have one reason.
    func draw(into output: inout TextOutput, told: inout Set<String>) {
        let palette = output.palette
        let style = finding.severity.style
        output.title(finding.title, label: "\(finding.severity.rawValue)[\(finding.code.rawValue)]", style: style)
        drawExcerpts(style, into: &output)
        if let said {
            note("said:", shortened(said.message, to: 600), into: &output)
            note("at:", said.place, into: &output)
            drawList("hides:", said.hides.map { shortened($0, to: 240) }, into: &output)
        }
        if told.insert(finding.explanation).inserted { note("why:", finding.explanation, into: &output) }
        drawList("seen:", finding.evidence, into: &output)
        drawCalls(into: &output)
        if let remedy = finding.remedy, !remedy.isProse || told.insert(remedy.summary).inserted {
            draw(remedy, into: &output)
        }
        output.line(lead(palette) + palette("more:", .note) + " swiftop-rbac explain \(finding.code.rawValue)")
    }

    private func lead(_ palette: Palette) -> String { palette(margin + " = ", .gutter) }

    private func note(_ label: String, _ prose: String, style: Style = .note, into output: inout TextOutput) {
        guard !prose.isEmpty else { return }
        output.paragraph(prose, lead: margin + " = ", label: label, style: style)
    }

    private func drawExcerpts(_ style: Style, into output: inout TextOutput) {
        for (index, excerpt) in excerpts.enumerated() {
            let isPrimary = index == 0
            let manner = Excerpt.Manner(
                isPrimary: isPrimary,
                style: isPrimary ? style : .note,
                numberWidth: margin.utf8.count
            )
            excerpt.draw(manner, into: &output)
        }
        let rest = finding.locations.dropFirst(excerpts.count)
        if !rest.isEmpty {
            let places = rest.prefix(Self.most).map { "\($0.range.file):\($0.range.start.line)" }
            let more = rest.count > Self.most ? " and \(counted(rest.count - Self.most, "more place"))" : ""
            output.paragraph(places.joined(separator: ", ") + more, lead: margin + " ::: ", label: "also", style: nil)
        }
        if excerpts.contains(where: \.hasLines) { output.line(output.palette(margin + " |", .gutter)) }
    }

    private func drawList(_ label: String, _ items: [String], into output: inout TextOutput) {
        for item in isVerbose ? items[...] : items.prefix(Self.most) { note(label, item, into: &output) }
        let rest = isVerbose ? 0 : items.count - Self.most
        if rest > 0 { note(label, "and \(rest) more (-v shows all)", into: &output) }
    }

    /// A message may hold whole objects; nobody reads them here.
    private func shortened(_ text: String, to length: Int) -> String {
        isVerbose || text.count <= length ? text : text.prefix(length) + " […]"
    }

    private func drawCalls(into output: inout TextOutput) {
        let phrases = CallPhrase.phrases(for: requirements)
        for isCalled in [true, false] {
            let lines = phrases.filter { $0.isCalled == isCalled }.map { phrase in
                phrase.context.isEmpty ? phrase.what : "\(phrase.what) (\(phrase.context))"
            }
            drawList(isCalled ? "calls:" : "needs:", lines, into: &output)
        }
    }

    private func draw(_ remedy: Remedy, into output: inout TextOutput) {
        note("help:", remedy.summary, style: .help, into: &output)
        let addition = remedy.yaml(width: output.width)
        if !addition.isEmpty {
            let ruler = output.palette(margin + " |", .gutter)
            output.line(ruler)
            for line in addition { output.line(margin + output.palette(" + " + line, .addition)) }
            output.line(ruler)
        }
        drawVerbatim("marker:", remedy.markers, into: &output)
        drawVerbatim("run:", lines(remedy), into: &output)
    }

    /// Lines to copy: each alone on its line, never wrapped.
    private func drawVerbatim(_ label: String, _ lines: [String], into output: inout TextOutput) {
        guard !lines.isEmpty else { return }
        output.line(lead(output.palette) + output.palette(label, .help))
        for line in lines {
            // A shell finds the end of a here-document at the first column only.
            let isHereDocument = line.hasPrefix(Self.hereDocument)
            for part in isHereDocument ? line.split(separator: "\n", omittingEmptySubsequences: false) : [line[...]] {
                output.line((isHereDocument ? "" : margin + "   ") + printable(String(part)))
            }
        }
    }

    /// The command that applies the YAML shown above names it; any other here-document is printed as it stands.
    private func lines(_ remedy: Remedy) -> [String] {
        let shown = remedy.replacement.first == "---" ? Array(remedy.replacement.dropFirst()) : remedy.replacement
        return remedy.commands.map { command in
            guard command.hasPrefix(Self.hereDocument) else { return command }
            let lines = command.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            return Array(lines[1..<lines.count - 1]) == shown ? "kubectl apply -f -  # the YAML above" : command
        }
    }

    private static let hereDocument = "kubectl apply -f - <<'EOF'\n"
}

extension Remedy {
    /// Whether there is nothing to copy.
    fileprivate var isProse: Bool { replacement.isEmpty && rules.isEmpty && markers.isEmpty && commands.isEmpty }

    /// The lines of YAML to write; the rules where no text was made for the place.
    fileprivate func yaml(width: Int) -> [String] {
        if !replacement.isEmpty {
            return replacement.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }.map {
                printable(String($0))
            }
        }
        return rules.flatMap { RuleYAML.lines($0, width: width - 8) }
    }
}

extension Severity {
    var style: Style {
        switch self {
        case .error: .error
        case .warning: .warning
        }
    }
}
