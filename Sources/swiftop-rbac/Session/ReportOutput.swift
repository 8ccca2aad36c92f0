import Diagnosis
import Reports
import Syntax

/// Writes one result in every form that was asked for.
struct ReportOutput {
    let options: OutputOptions

    /// - Parameters:
    ///   - isOutputTaken: whether something else goes to standard output; then only files are written.
    ///   - render: one form of the result.
    /// - Throws: `CommandFailure` where a file cannot be written.
    func write(
        isOutputTaken: Bool = false,
        _ render: (Renderer, ReportFormat) -> String
    ) throws(CommandFailure) {
        for target in options.targets where !isOutputTaken || target.file != nil {
            let text = render(renderer(for: target), target.format)
            if let file = target.file {
                try CommandFailure.during(.output) { () throws(InputError) in try FileOutput.write(text, to: file) }
            } else {
                Console.writeOutput(text)
            }
        }
    }

    /// Files get no colour and the default width: they are read elsewhere.
    private func renderer(for target: OutputTarget) -> Renderer {
        let isStandardOutput = target.file == nil
        return Renderer(
            tool: Tool(version: ToolVersion.current),
            options: RenderOptions(
                color: isStandardOutput ? Console.usesColor(options.color) : options.color == .always,
                width: isStandardOutput
                    ? Console.terminalWidth ?? RenderOptions.defaultWidth : RenderOptions.defaultWidth,
                verbosity: options.quiet ? .quiet : options.verbose ? .verbose : .normal
            )
        )
    }
}

extension RenderOptions {
    /// For what goes to standard error while standard output belongs to somebody else.
    static func onStandardError(_ output: OutputOptions? = nil) -> RenderOptions {
        RenderOptions(
            color: Console.usesColor(output?.color ?? .auto, 2),
            width: Console.terminalWidth(2) ?? defaultWidth,
            verbosity: output?.quiet ?? false ? .quiet : output?.verbose ?? false ? .verbose : .normal
        )
    }
}
