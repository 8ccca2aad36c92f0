/// A text cut into lines once, so that each excerpt of it costs no more than the lines it shows.
struct SourceLines: Sendable {
    private let text: String
    private let lines: [Range<String.Index>]

    /// Lines end as YAML 1.1 ends them, which is how positions are counted: LF, CRLF, CR, NEL, LS, PS. A byte order mark
    /// is no part of the first line. Linear in the text.
    init(_ text: String) {
        var text = text
        text.makeContiguousUTF8()
        self.text = text
        var lines: [Range<String.Index>] = []
        let scalars = text.unicodeScalars
        var start = scalars.first == "\u{FEFF}" ? scalars.index(after: scalars.startIndex) : scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            var next = scalars.index(after: index)
            switch scalars[index] {
            case "\r":
                if next < scalars.endIndex, scalars[next] == "\n" { next = scalars.index(after: next) }
                fallthrough
            case "\n", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(start..<index)
                start = next
            default: break
            }
            index = next
        }
        if start < scalars.endIndex { lines.append(start..<scalars.endIndex) }
        self.lines = lines
    }

    /// How many lines there are; a line end at the end of the text begins no further one.
    var count: Int { lines.count }

    /// A line by its number, from 1; `nil` outside the text.
    subscript(number: Int) -> Substring.UnicodeScalarView? {
        guard number >= 1, number <= lines.count else { return nil }
        return text.unicodeScalars[lines[number - 1]]
    }
}
