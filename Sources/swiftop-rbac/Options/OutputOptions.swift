import ArgumentParser
import Reports

/// `-o FORMAT[=FILE]`: a form of the report, and where it goes.
struct OutputTarget: ExpressibleByArgument, Hashable {
    var format: ReportFormat
    /// `nil` is standard output.
    var file: String?

    init(format: ReportFormat, file: String? = nil) {
        self.format = format
        self.file = file
    }

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let format = ReportFormat(rawValue: String(parts[0])) else { return nil }
        guard parts.count == 2 else {
            self.init(format: format)
            return
        }
        guard !parts[1].isEmpty else { return nil }
        self.init(format: format, file: String(parts[1]))
    }

    static var allValueStrings: [String] { ReportFormat.allCases.map(\.rawValue) }
}

/// When to colour what goes to a terminal.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never

    static let allValueStrings = ["auto", "always", "never"]
}

/// What a command prints, and how.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp(
            "Form of the result: text or json; to standard output, or with =FILE to a file. Repeatable.",
            valueName: "format[=file]"
        )
    )
    var outputs: [OutputTarget] = []

    @Option(help: "Colour: auto, always or never. NO_COLOR is honoured.")
    var color: ColorChoice = .auto

    @Flag(name: [.short, .long], help: "Print findings only, a line each.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Print what was read and every requirement, too.")
    var verbose = false

    /// The targets, `text` to standard output where none was named.
    var targets: [OutputTarget] {
        outputs.isEmpty ? [OutputTarget(format: .text)] : outputs
    }

    /// - Throws: `ValidationError` where a report would go to standard output, which belongs to somebody else.
    func requireFiles() throws {
        guard outputs.contains(where: { $0.file == nil }) else { return }
        throw ValidationError(
            "standard output belongs to the command that runs\n  hint: write the report to a file: -o json=report.json"
        )
    }

    func validate() throws {
        if targets.count(where: { $0.file == nil }) > 1 {
            throw ValidationError(
                "at most one `-o` goes to standard output\n  hint: write the others to files: -o json=report.json"
            )
        }
        if quiet, verbose {
            throw ValidationError("`--quiet` and `--verbose` exclude each other\n  hint: leave one of them out")
        }
    }
}
