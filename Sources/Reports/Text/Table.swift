/// Rows of cells in aligned columns, two spaces apart.
struct Table: Sendable {
    private let header: [String]
    private var rows: [[String]] = []

    /// - Parameter header: The column names, in capitals as kubectl writes them.
    init(header: [String]) { self.header = header }

    /// Cells beyond the header's count are dropped, missing ones empty; text is made printable.
    mutating func add(_ cells: [String]) { rows.append(cells.prefix(header.count).map(printable)) }

    var isEmpty: Bool { rows.isEmpty }

    /// Without the columns that no row fills. Linear in the text.
    func draw(into output: inout TextOutput) {
        let filled = header.indices.filter { column in
            rows.contains { $0.indices.contains(column) && !$0[column].isEmpty }
        }
        let widths = filled.map { column in
            rows.reduce(displayWidth(header[column])) {
                max($0, displayWidth($1.indices.contains(column) ? $1[column] : ""))
            }
        }
        output.line(output.palette(joined(header, filled, widths), .secondary))
        for row in rows { output.line(joined(row, filled, widths)) }
    }

    private func joined(_ cells: [String], _ columns: [Int], _ widths: [Int]) -> String {
        var line = ""
        for (position, column) in columns.enumerated() {
            let cell = cells.indices.contains(column) ? cells[column] : ""
            line += position == columns.count - 1 ? cell : padded(cell, to: widths[position] + 2)
        }
        return line
    }
}
