/// Lines of a report in the making.
struct TextOutput: Sendable {
    private(set) var text = ""
    let palette: Palette
    let width: Int

    init(_ options: RenderOptions) {
        palette = Palette(isEnabled: options.color)
        width = options.width
    }

    /// Ends a line; no line of a report ends in spaces.
    mutating func line(_ content: String = "") {
        var content = content[...]
        while content.utf8.last == UInt8(ascii: " ") { content.removeLast() }
        text += content
        text += "\n"
    }

    /// An empty line, unless there is one or nothing to be set apart from.
    mutating func gap() {
        if !text.isEmpty, !text.hasSuffix("\n\n") { text += "\n" }
    }

    /// The title of a block after its label; further lines are indented.
    mutating func title(_ text: String, label: String, style: Style) {
        let indent = 2
        for (index, content) in wrapped("\(label): \(printable(text))", width: width - indent).enumerated() {
            if index > 0 {
                line(String(repeating: " ", count: indent) + palette(content, .heading))
            } else {
                line(palette(label, style) + palette(String(content.dropFirst(label.count)), .heading))
            }
        }
    }

    /// Prose after a label; further lines stand below its first word.
    ///
    /// - Parameters:
    ///   - lead: what precedes the label on the first line, such as the ruler of a source excerpt.
    ///   - label: a short word in a style of its own; empty for none.
    mutating func paragraph(_ prose: String, lead: String = "", label: String = "", style: Style? = nil) {
        let indent = displayWidth(lead) + displayWidth(label) + (label.isEmpty ? 0 : 1)
        let lines = wrapped(printable(prose), width: max(24, width - indent))
        for (index, content) in lines.enumerated() {
            if index > 0 {
                line(String(repeating: " ", count: indent) + content)
            } else {
                line(palette(lead, .gutter) + (label.isEmpty ? "" : palette(label, style) + " ") + content)
            }
        }
    }
}
