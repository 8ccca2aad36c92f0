import Diagnosis
import Syntax

/// A text of a situation, in which places are named by what stands there, never by numbers.
struct SourceFile {
    var name: String
    var text: String

    /// The first place where `needle` stands, after the first place where `context` stands. A needle that is not there
    /// gives the start of the text, which no expected rendering can hide.
    func range(_ needle: String, after context: String = "") -> SourceRange {
        let from = context.isEmpty ? text.startIndex : text.firstRange(of: context)?.upperBound ?? text.startIndex
        guard let found = text[from...].firstRange(of: needle) else {
            return SourceRange(file: name, start: .start, end: .start)
        }
        return SourceRange(file: name, start: location(found.lowerBound), end: location(found.upperBound))
    }

    /// From where `first` stands to where `last` ends.
    func range(from first: String, to last: String) -> SourceRange {
        var range = range(first)
        range.end = self.range(last, after: first).end
        return range
    }

    func label(_ needle: String, after context: String = "", _ text: String) -> FindingLocation.Label {
        FindingLocation.Label(range: range(needle, after: context), text: text)
    }

    private func location(_ index: String.Index) -> SourceLocation {
        let before = text[..<index]
        let scalars = before.unicodeScalars
        var line = 1
        var column = 1
        for scalar in scalars {
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return SourceLocation(line: line, column: column, offset: before.utf8.count)
    }
}
