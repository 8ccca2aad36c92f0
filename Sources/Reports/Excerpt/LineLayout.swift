/// One source line as it is printed, and where each of its scalars stands there.
///
/// Tabs are expanded, control characters escaped, and of a very long line only the part around what is pointed at is kept.
struct LineLayout: Sendable {
    private static let tabStop = 4
    /// Scalars that are looked at on each side of what is pointed at, since a minified file is one line of megabytes.
    private static let reach = 2_000

    /// What is printed.
    private(set) var text = ""
    /// Scalars at the start of the line that were not looked at.
    private let skipped: Int
    /// The first column of each further scalar, and one more for the end; counted from 0 before the cut.
    private var columns: [Int] = []
    /// Columns that are printed, before the cut.
    private var window: Range<Int>
    /// Columns that the mark for a cut at the front takes.
    private var leadWidth = 0
    /// The first column that holds no space.
    private(set) var contentStart = 0

    /// - Parameters:
    ///   - focus: the scalar, from 1, that has to be seen.
    ///   - width: columns that may be taken.
    init(_ line: Substring.UnicodeScalarView, focus: Int, width: Int) {
        skipped = focus > Self.reach ? focus - Self.reach : 0
        let near = line.dropFirst(skipped).prefix(2 * Self.reach)
        let plain = String(near)
        if plain.utf8.count <= width, plain.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            // As nearly all lines are: each scalar is a column, and nothing is cut.
            text = plain
            columns = Array(0...plain.utf8.count)
            window = 0..<plain.utf8.count
            contentStart = plain.utf8.prefix { $0 == UInt8(ascii: " ") }.count
            if contentStart == plain.utf8.count { contentStart = 0 }
            return
        }
        let cells = Self.cells(of: near, columns: &columns)
        let total = columns.last ?? 0
        window = 0..<total
        contentStart = cells.first { $0.text != " " }?.column ?? 0
        if total > width { cut(around: focus, to: width, of: total) }
        text = cells.reduce(into: leadWidth > 0 ? "..." : "") { text, cell in
            if window.contains(cell.column) { text += cell.text }
        }
        if window.upperBound < total { text += "..." }
    }

    private struct Cell {
        var text: String
        var column: Int
    }

    private static func cells(of line: Substring.UnicodeScalarView, columns: inout [Int]) -> [Cell] {
        var cells: [Cell] = []
        var column = 0
        for character in Substring(line) {
            let content: String
            if let byte = character.asciiValue, (0x20..<0x7F).contains(byte) {
                cells.append(Cell(text: String(character), column: column))
                columns.append(column)
                column += 1
                continue
            }
            if character == "\t" {
                content = String(repeating: " ", count: tabStop - column % tabStop)
                cells += (0..<content.utf8.count).map { Cell(text: " ", column: column + $0) }
            } else {
                content = printable(String(character))
                cells.append(Cell(text: content, column: column))
            }
            columns += repeatElement(column, count: character.unicodeScalars.count)
            column += displayWidth(content)
        }
        columns.append(column)
        return cells
    }

    private mutating func cut(around focus: Int, to width: Int, of total: Int) {
        let focusColumn = columns[clamped(focus)]
        let room = max(8, width - 6)
        let start = focusColumn < room * 3 / 4 ? 0 : min(focusColumn - room / 3, total - room)
        window = max(0, start)..<min(total, max(0, start) + room)
        leadWidth = window.lowerBound > 0 ? 3 : 0
    }

    /// The index into `columns` of a scalar that is counted from 1.
    private func clamped(_ scalar: Int) -> Int {
        max(0, min(max(1, scalar) - 1 - skipped, columns.count - 1))
    }

    /// Columns, from 0, that the scalars from `start` up to and not including `end` (both from 1) take where they are
    /// printed; at least one.
    func span(from start: Int, to end: Int) -> Range<Int> {
        let lower = printedColumn(columns[clamped(start)])
        let upper = printedColumn(columns[clamped(end)])
        return lower..<max(lower + 1, upper)
    }

    /// Columns from the first character that is no space to the end of the line.
    var content: Range<Int> {
        let lower = printedColumn(contentStart)
        return lower..<max(lower + 1, printedColumn(columns.last ?? 0))
    }

    private func printedColumn(_ column: Int) -> Int {
        max(window.lowerBound, min(column, window.upperBound)) - window.lowerBound + leadWidth
    }
}
