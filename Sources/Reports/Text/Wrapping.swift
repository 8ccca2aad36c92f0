/// Breaks printable prose into lines of at most `width` columns. A word that is longer than a line gets one of its own.
///
/// A short span in backticks stays together, since it is read, and copied, as a whole.
func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var lineWidth = 0
    for word in unbreakableParts(of: text) {
        let wordWidth = displayWidth(word)
        if !line.isEmpty, lineWidth + 1 + wordWidth > width {
            lines.append(line)
            line = ""
            lineWidth = 0
        }
        lineWidth += (line.isEmpty ? 0 : 1) + wordWidth
        line += line.isEmpty ? word : " " + word
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    return lines
}

/// The words of a text, those of a short span in backticks as one.
private func unbreakableParts(of text: String) -> [String] {
    let longestSpan = 40
    var parts: [String] = []
    var isInSpan = false
    for bytes in text.utf8.split(separator: UInt8(ascii: " ")) {
        let word = Substring(bytes)
        if isInSpan, let last = parts.last, last.utf8.count + word.utf8.count < longestSpan {
            parts[parts.count - 1] = "\(last) \(word)"
        } else {
            parts.append(String(word))
        }
        if !word.utf8.count(where: { $0 == UInt8(ascii: "`") }).isMultiple(of: 2) { isInSpan.toggle() }
    }
    return parts
}
