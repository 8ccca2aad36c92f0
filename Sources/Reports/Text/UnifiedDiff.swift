/// The difference of two texts in the form that `patch -p1` and `git apply` take.
///
/// Format: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
package struct UnifiedDiff {
    private let path: String
    private let old: [ArraySlice<UInt8>]
    private let new: [ArraySlice<UInt8>]
    private static let context = 3

    /// - Parameter path: as seen from the folder where the patch is to be applied.
    package static func text(_ path: String, from old: String, to new: String) -> String {
        guard old != new || !old.utf8.elementsEqual(new.utf8) else { return "" }
        return UnifiedDiff(path: path, old: lines(of: old), new: lines(of: new)).text()
    }

    /// Lines with their line feeds; other line breaks are part of a line, as `diff` has it.
    private static func lines(of text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
            lines.append(bytes[start..<end])
            start = end
        }
        return lines
    }

    /// A line of the script: kept in both, or in one only.
    private enum Step {
        case kept(ArraySlice<UInt8>), removed(ArraySlice<UInt8>), added(ArraySlice<UInt8>)

        var isKept: Bool { if case .kept = self { true } else { false } }
    }

    private func text() -> String {
        let steps = steps
        // Named as git names them; a tab ends a name with blanks.
        let end = path.contains(where: \.isWhitespace) ? "\t" : ""
        let name = path.hasPrefix("/") ? String(path.dropFirst()) : path
        var output = Array("--- a/\(name)\(end)\n+++ b/\(name)\(end)\n".utf8)
        var oldLine = 0
        var newLine = 0
        var position = 0
        for hunk in hunks(steps) {
            for step in steps[position..<hunk.lowerBound] { advance(&oldLine, &newLine, step) }
            let header = (oldLine, newLine)
            var body: [UInt8] = []
            for step in steps[hunk] {
                advance(&oldLine, &newLine, step)
                body += line(step)
            }
            position = hunk.upperBound
            output += Array(
                "@@ -\(range(header.0, oldLine)) +\(range(header.1, newLine)) @@\n".utf8
            )
            output += body
        }
        return String(decoding: output, as: UTF8.self)
    }

    private func advance(_ oldLine: inout Int, _ newLine: inout Int, _ step: Step) {
        switch step {
        case .kept: (oldLine, newLine) = (oldLine + 1, newLine + 1)
        case .removed: oldLine += 1
        case .added: newLine += 1
        }
    }

    /// `FIRST,COUNT`; of no lines, the line before them.
    private func range(_ start: Int, _ end: Int) -> String {
        end - start == 1 ? "\(start + 1)" : "\(end == start ? start : start + 1),\(end - start)"
    }

    private func line(_ step: Step) -> [UInt8] {
        let (sign, text): (UInt8, ArraySlice<UInt8>) =
            switch step {
            case .kept(let text): (UInt8(ascii: " "), text)
            case .removed(let text): (UInt8(ascii: "-"), text)
            case .added(let text): (UInt8(ascii: "+"), text)
            }
        let isCut = text.last != UInt8(ascii: "\n")
        return [sign] + text + (isCut ? Array("\n\\ No newline at end of file\n".utf8) : [])
    }

    /// What stands in front of and behind all differences is not compared line by line.
    private var steps: [Step] {
        var front = 0
        while front < min(old.count, new.count), old[front] == new[front] { front += 1 }
        var back = 0
        while back < min(old.count, new.count) - front, old[old.count - 1 - back] == new[new.count - 1 - back] {
            back += 1
        }
        let middle = (old: Array(old[front..<old.count - back]), new: Array(new[front..<new.count - back]))
        let difference = middle.new.difference(from: middle.old)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var result = old[..<front].map(Step.kept)
        var (left, right) = (0, 0)
        while left < middle.old.count || right < middle.new.count {
            if removed.contains(left) {
                result.append(.removed(middle.old[left]))
                left += 1
            } else if added.contains(right) {
                result.append(.added(middle.new[right]))
                right += 1
            } else {
                result.append(.kept(middle.old[left]))
                (left, right) = (left + 1, right + 1)
            }
        }
        return result + old[(old.count - back)...].map(Step.kept)
    }

    /// Changes with the lines around them; those that are near each other together.
    private func hunks(_ steps: [Step]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, step) in steps.enumerated() where !step.isKept {
            let range = max(0, index - Self.context)..<min(steps.count, index + Self.context + 1)
            if let last = hunks.last, range.lowerBound <= last.upperBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }
}
