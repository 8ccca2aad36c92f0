import Diagnosis
import Syntax

/// Which lines of a file an excerpt shows, and what it marks in them. Any range makes a plan, or none: ranges come from
/// whoever made the finding, and a text may have changed since.
struct ExcerptPlan: Sendable {
    /// A marked part of one line.
    struct Mark: Hashable, Sendable {
        /// Scalars from 1, the end not included; `nil` for all that the line holds.
        var columns: Range<Int>?
        var text: String
    }

    /// A mark over several lines, drawn as a bracket beside them.
    struct Bracket: Hashable, Sendable {
        var lines: ClosedRange<Int>
        /// The scalar of the last line, from 1, before which it ends; `nil` for the line's end.
        var endColumn: Int?
        var text: String
    }

    enum Row: Hashable, Sendable {
        case line(Int)
        /// Lines are left out before this one.
        case elision(before: Int)
    }

    private(set) var rows: [Row] = []
    private(set) var marks: [Int: [Mark]] = [:]
    /// In order; no two share a line.
    private(set) var brackets: [Bracket] = []
    /// Labels beyond the most that an excerpt shows.
    private(set) var omittedLabels = 0

    /// Lines up to which a stretch is shown whole.
    private static let longestWhole = 12
    /// Lines shown of a longer stretch in which nothing in particular is marked.
    private static let longestUnmarked = 5
    private static let mostLabels = 8

    /// `nil` where the range starts outside the text.
    init?(_ location: FindingLocation, in lines: SourceLines) {
        guard let whole = Self.lines(of: location.range, in: lines) else { return nil }
        let labels = location.labels.filter { $0.range.file == location.range.file }
        for label in labels.prefix(Self.mostLabels) { add(label, in: lines) }
        omittedLabels = max(0, labels.count - Self.mostLabels)
        let isMarked = !marks.isEmpty || !brackets.isEmpty
        if !isMarked { markStart(of: location.range, whole) }
        chooseRows(whole, isMarked: isMarked, in: lines)
    }

    /// The last line that is shown; it decides how wide line numbers are.
    var lastLine: Int {
        rows.reduce(1) { if case .line(let number) = $1 { number } else { $0 } }
    }

    /// The lines of a range, limited to the text.
    private static func lines(of range: SourceRange, in lines: SourceLines) -> ClosedRange<Int>? {
        let first = range.start.line
        guard first >= 1, first <= lines.count else { return nil }
        return first...max(first, min(range.lastLine, lines.count))
    }

    private mutating func add(_ label: FindingLocation.Label, in lines: SourceLines) {
        guard let span = Self.lines(of: label.range, in: lines) else { return }
        let (start, end) = (label.range.start, label.range.end)
        if span.count > 1, !brackets.contains(where: { $0.lines.overlaps(span) }) {
            let endColumn = span.upperBound == end.line ? end.column : nil
            brackets.append(Bracket(lines: span, endColumn: endColumn, text: label.text))
            brackets.sort { $0.lines.lowerBound < $1.lines.lowerBound }
            return
        }
        let first = max(1, start.column)
        let columns = first..<(end.line == start.line ? max(first, end.column) : Int.max)
        marks[span.lowerBound, default: []].append(Mark(columns: span.count > 1 ? nil : columns, text: label.text))
    }

    /// Without labels a stretch within one line is underlined, of a longer one the first line.
    private mutating func markStart(of range: SourceRange, _ whole: ClosedRange<Int>) {
        let first = max(1, range.start.column)
        let isWithinLine = range.start.line == range.end.line && range.end.column > first
        let columns = isWithinLine ? first..<range.end.column : nil
        marks[whole.lowerBound] = [Mark(columns: columns, text: "")]
    }

    private mutating func chooseRows(_ whole: ClosedRange<Int>, isMarked: Bool, in lines: SourceLines) {
        let marked = marks.keys + brackets.flatMap { [$0.lines.lowerBound, $0.lines.upperBound] }
        let first = min(whole.lowerBound, marked.min() ?? whole.lowerBound)
        var last = max(whole.upperBound, marked.max() ?? whole.upperBound)
        while last > first, !marked.contains(last), Self.isBlank(last, in: lines) { last -= 1 }
        if last - first < Self.longestWhole {
            rows = (first...last).map(Row.line)
        } else if isMarked {
            rows = Self.rows(showing: interesting(marked, in: first...last, of: lines))
        } else {
            rows = (first..<first + Self.longestUnmarked).map(Row.line) + [.elision(before: last)]
        }
    }

    /// Of a long stretch: its first line, the marked lines with a neighbour on each side, and the keys between that say
    /// which list a marked entry stands in, unless there are many.
    private func interesting(_ marked: [Int], in stretch: ClosedRange<Int>, of lines: SourceLines) -> [Int] {
        var shown: Set = [stretch.lowerBound]
        for line in marked { shown.formUnion([line - 1, line, line + 1].filter(stretch.contains)) }
        let mostKeys = 8
        let openers = stretch.prefix(80).filter { Self.opensList($0, in: lines) }
        if openers.count <= mostKeys { shown.formUnion(openers) }
        return shown.sorted()
    }

    private static func rows(showing lines: [Int]) -> [Row] {
        var rows: [Row] = []
        var previous: Int?
        for line in lines {
            if let previous, line - previous == 2 {
                // An elision would take the same line as what it hides.
                rows.append(.line(previous + 1))
            } else if let previous, line - previous > 2 {
                rows.append(.elision(before: line))
            }
            rows.append(.line(line))
            previous = line
        }
        return rows
    }

    private static func isBlank(_ number: Int, in lines: SourceLines) -> Bool {
        lines[number]?.allSatisfy { $0 == " " || $0 == "\t" } ?? true
    }

    private static func opensList(_ number: Int, in lines: SourceLines) -> Bool {
        lines[number]?.last { $0 != " " && $0 != "\t" } == ":"
    }
}
