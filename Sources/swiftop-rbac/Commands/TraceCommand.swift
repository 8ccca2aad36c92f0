import Diagnosis
import Inputs
import ArgumentParser
import Reports
import Syntax
import Traces

/// `trace show`, `trace merge`, `trace import`.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Shows, merges and imports traces.",
        subcommands: [Show.self, Merge.self, Import.self]
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a trace as a table, or with -o json as a PermissionTrace document."
        )

        @Option(
            name: [.short, .customLong("trace")],
            help: ArgumentHelp("The trace, in any form that can be read, or -. Repeatable.", valueName: "path"),
            completion: .file()
        )
        var traces: [String] = []

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let requirements = try merged(traces.isEmpty ? DefaultPaths.trace.map { [$0] } ?? [] : traces)
            try ReportOutput(options: output).write { renderer, format in renderer.trace(requirements, as: format) }
        }
    }

    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Merges traces into one, as JSON Lines; counts add up."
        )

        @Argument(help: ArgumentHelp("The traces.", valueName: "file"), completion: .file())
        var files: [String]

        @OptionGroup var target: TraceTarget

        func run() async throws { try target.write(merged(files)) }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Turns audit logs and hand-written traces into a trace, as JSON Lines."
        )

        @Argument(help: ArgumentHelp("The files, or -.", valueName: "file"), completion: .file())
        var files: [String]

        @OptionGroup var target: TraceTarget

        func run() async throws { try target.write(merged(files)) }
    }

    /// Where a written trace goes.
    struct TraceTarget: ParsableArguments {
        @Option(
            name: .customLong("trace-file"),
            help: ArgumentHelp("Write here instead of to standard output.", valueName: "path"),
            completion: .file()
        )
        var path: String?

        func write(_ requirements: [Requirement]) throws(CommandFailure) {
            let text = TraceWriter.lines(requirements, tool: "swiftop-rbac \(ToolVersion.current)")
            guard let path else { return Console.writeOutput(text) }
            try CommandFailure.during(.output) { () throws(InputError) in try FileOutput.write(text, to: path) }
        }
    }

    private static func merged(_ paths: [String]) throws(CommandFailure) -> [Requirement] {
        guard !paths.isEmpty else {
            throw CommandFailure(
                .trace,
                "rbac-trace.jsonl: error: no such file\n  hint: name the trace with -t, or record one"
            )
        }
        var set = RequirementSet()
        for path in paths { set.merge(try InputLoader.trace(path).requirements) }
        return set.requirements
    }
}
