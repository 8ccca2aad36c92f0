import Diagnosis
import Syntax

/// Draws the source lines of a location as compilers do: line numbers, a ruler, the lines, and what is meant underlined.
struct Excerpt: Sendable {
    let location: FindingLocation
    private let lines: SourceLines?
    private let plan: ExcerptPlan?

    init(_ location: FindingLocation, lines: SourceLines?) {
        self.location = location
        self.lines = lines
        plan = lines.flatMap { ExcerptPlan(location, in: $0) }
    }

    /// Columns that its line numbers take.
    var numberWidth: Int { String(plan?.lastLine ?? 1).utf8.count }

    /// Whether there are source lines to draw, rather than the name of the place alone.
    var hasLines: Bool { plan != nil }

    /// How an excerpt is drawn among its neighbours.
    struct Manner: Sendable {
        /// The place to look at first is pointed at by `-->` and underlined by `^` in the finding's own colour.
        var isPrimary: Bool
        var style: Style
        /// Columns of the line numbers of all excerpts of the finding.
        var numberWidth: Int

        var sign: Character { isPrimary ? "^" : "-" }

        /// What stands left of everything that is no source line.
        var margin: String { String(repeating: " ", count: numberWidth) }
    }

    func draw(_ manner: Manner, into output: inout TextOutput) {
        let palette = output.palette
        let start = location.range.start
        let place = "\(printable(location.range.file)):\(max(1, start.line)):\(max(1, start.column))"
        output.line(manner.margin + palette(manner.isPrimary ? "--> " : "::: ", .gutter) + place)
        guard let plan, let lines else { return }
        output.line(palette(manner.margin + " |", .gutter))
        let drawing = LineDrawing(plan: plan, manner: manner, palette: palette, width: output.width)
        for row in plan.rows {
            switch row {
            case .elision(let next): output.line(drawing.elision(before: next))
            case .line(let number):
                for line in lines[number].map({ drawing.rows(for: number, $0) }) ?? [] { output.line(line) }
            }
        }
        if plan.omittedLabels > 0 {
            let more = "and \(counted(plan.omittedLabels, "more place")) here"
            output.line(manner.margin + palette(" | ", .gutter) + palette(more, .secondary))
        }
    }
}

/// Draws the lines of one excerpt: each with its number and, below it, what is marked in it.
private struct LineDrawing {
    let plan: ExcerptPlan
    let manner: Excerpt.Manner
    let palette: Palette
    let width: Int

    /// Whether there is a column for brackets between the ruler and the text.
    private var hasLane: Bool { !plan.brackets.isEmpty }
    private var laneWidth: Int { hasLane ? 2 : 0 }
    /// Columns for the text.
    private var room: Int { max(20, width - manner.numberWidth - 3 - laneWidth) }
    private var ruler: String { palette(manner.margin + " | ", .gutter) }

    func elision(before next: Int) -> String {
        guard plan.brackets.contains(where: { $0.lines.contains(next) && $0.lines.lowerBound < next }) else {
            return palette("...", .gutter)
        }
        return palette(padded("...", to: manner.numberWidth + 3), .gutter) + palette("|", manner.style)
    }

    /// The line, its marks, and the end of a bracket.
    func rows(for number: Int, _ content: Substring.UnicodeScalarView) -> [String] {
        let marks = plan.marks[number] ?? []
        let bracket = plan.brackets.first { $0.lines.contains(number) }
        let focus = marks.compactMap(\.columns?.lowerBound).min() ?? 1
        let layout = LineLayout(content, focus: focus, width: room)
        var rows = [sourceLine(number, layout, opensBracket: bracket?.lines.lowerBound == number, bracket != nil)]
        if !marks.isEmpty {
            let lane = lane(bracket == nil ? "  " : "| ")
            rows += markRows(marks, layout).map { ruler + lane + $0.painted(palette) }
        }
        if let bracket, bracket.lines.upperBound == number {
            rows += closingRows(of: bracket, layout).map { ruler + $0.painted(palette) }
        }
        return rows
    }

    private func lane(_ text: String) -> String { hasLane ? palette(text, manner.style) : "" }

    private func sourceLine(_ number: Int, _ layout: LineLayout, opensBracket: Bool, _ isInBracket: Bool) -> String {
        let digits = String(number)
        let gutter = String(repeating: " ", count: max(0, manner.numberWidth - digits.utf8.count)) + digits + " | "
        return palette(gutter, .gutter) + lane(opensBracket ? "/ " : isInBracket ? "| " : "  ") + layout.text
    }

    private func markRows(_ marks: [ExcerptPlan.Mark], _ layout: LineLayout) -> [AnnotationRow] {
        let placed = marks.map { mark in
            let span = mark.columns.map { layout.span(from: $0.lowerBound, to: $0.upperBound) } ?? layout.content
            return AnnotationRow.PlacedMark(span: span, text: mark.text)
        }
        return AnnotationRow.rows(for: placed, sign: manner.sign, style: manner.style, width: room)
    }

    /// `|____^ label` below the last line of a bracket.
    private func closingRows(of bracket: ExcerptPlan.Bracket, _ layout: LineLayout) -> [AnnotationRow] {
        let end = bracket.endColumn.map { layout.span(from: $0, to: $0).lowerBound } ?? layout.content.upperBound
        let stroke = "|" + String(repeating: "_", count: max(1, end)) + String(manner.sign)
        let text = printable(bracket.text)
        var row = AnnotationRow()
        row.put(stroke, at: 0, manner.style)
        if stroke.utf8.count + 1 + displayWidth(text) <= room + laneWidth {
            row.put(text, at: stroke.utf8.count + 1, manner.style)
            return [row]
        }
        return [row]
            + wrapped(text, width: room).map { line in
                var row = AnnotationRow()
                row.put(line, at: laneWidth, manner.style)
                return row
            }
    }
}
