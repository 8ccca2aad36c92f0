/// One row below a source line: marks, connectors and labels at their columns.
struct AnnotationRow: Sendable {
    private var cells: [(character: Character, style: Style?)] = []

    /// Writes over what stands at `column` (from 0). Nothing is written to the right of text that is not ASCII, so a cell
    /// is a column.
    mutating func put(_ text: String, at column: Int, _ style: Style?) {
        for (offset, character) in text.enumerated() {
            while cells.count <= column + offset { cells.append((" ", nil)) }
            cells[column + offset] = (character, style)
        }
    }

    /// The row as text, neighbours of one style painted together.
    func painted(_ palette: Palette) -> String {
        var result = ""
        var run = ""
        var runStyle: Style?
        for cell in cells {
            if cell.style != runStyle {
                result += palette(run, runStyle)
                run = ""
                runStyle = cell.style
            }
            run.append(cell.character)
        }
        return result + palette(run, runStyle)
    }
}

extension AnnotationRow {
    /// A mark of one line in printed columns.
    struct PlacedMark: Hashable, Sendable {
        var span: Range<Int>
        var text: String
    }

    /// The rows that mark parts of one line: all marks in the first, the last one's label beside it, those of the others
    /// below, each hanging from its mark.
    static func rows(for marks: [PlacedMark], sign: Character, style: Style, width: Int) -> [AnnotationRow] {
        let marks = withoutRepeats(marks.sorted { $0.span.lowerBound < $1.span.lowerBound })
        var first = AnnotationRow()
        for mark in marks {
            first.put(String(repeating: sign, count: mark.span.count), at: mark.span.lowerBound, style)
        }
        var hanging = marks.filter { !$0.text.isEmpty }
        let end = marks.map(\.span.upperBound).max() ?? 0
        if let last = hanging.last, last.span.upperBound == end, end + 1 + displayWidth(last.text) <= width {
            first.put(last.text, at: end + 1, style)
            hanging.removeLast()
        }
        return [first] + hangingRows(hanging, style: style, width: width)
    }

    /// Neighbours often say the same (`no such verb`); it is said at the last of them.
    private static func withoutRepeats(_ marks: [PlacedMark]) -> [PlacedMark] {
        var said: Set<String> = []
        return marks.reversed().map { mark in
            var mark = mark
            mark.text = printable(mark.text)
            if !said.insert(mark.text).inserted { mark.text = "" }
            return mark
        }.reversed()
    }

    private static func hangingRows(_ marks: [PlacedMark], style: Style, width: Int) -> [AnnotationRow] {
        guard !marks.isEmpty else { return [] }
        var connectors = AnnotationRow()
        for mark in marks { connectors.put("|", at: mark.span.lowerBound, style) }
        var rows = [connectors]
        for (index, mark) in marks.enumerated().reversed() {
            let column = mark.span.lowerBound
            for line in wrapped(mark.text, width: max(24, width - column)) {
                var row = AnnotationRow()
                for other in marks[..<index] where other.span.lowerBound < column {
                    row.put("|", at: other.span.lowerBound, style)
                }
                row.put(line, at: column, style)
                rows.append(row)
            }
        }
        return rows
    }
}
