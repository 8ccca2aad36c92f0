import Diagnosis

/// `explain CODE`: the long text of a finding code.
enum CodePage {
    static func text(_ code: CodeText, _ options: RenderOptions) -> String {
        var output = TextOutput(options)
        let palette = output.palette
        output.line(
            palette("\(code.severity.rawValue)[\(code.code.rawValue)]", code.severity.style)
                + palette(": \(code.summary)", .heading)
        )
        output.gap()
        draw(code.meaning, into: &output)
        output.line(palette("Example", .heading))
        output.line()
        for line in code.example.input.split(separator: "\n", omittingEmptySubsequences: false) {
            output.line(palette("  | ", .gutter) + printable(String(line)))
        }
        output.line()
        output.paragraph(code.example.says, lead: "  ", label: "finding:", style: code.severity.style)
        output.line()
        output.line(palette("What to do", .heading))
        output.line()
        draw(code.remedy, into: &output)
        output.line(palette("Read more", .heading) + ": \(code.documentation)")
        return output.text
    }

    /// A paragraph each, where the text holds several.
    private static func draw(_ prose: String, into output: inout TextOutput) {
        for paragraph in prose.split(separator: "\n") { output.paragraph(String(paragraph)) }
        output.gap()
    }
}
