import ArgumentParser
import Diagnosis
import Inputs
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
            commandName: "show",
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
            commandName: "merge",
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
            abstract: "Turns audit logs, logs of clients and hand-written traces into a trace, as JSON Lines.",
            discussion: """
                What a file holds is told by its content; gzip and zstd are undone. Read are audit logs (audit.k8s.io: one \
                event a line, EventList, and what CloudWatch, Cloud Logging, Azure Monitor and Event Hub wrap around \
                events), logs of kubectl and client-go from -v=6 on, answers of an API server (Status), HTTP archives \
                (HAR), traces, and requirements written by hand.

                What the API server refused counts as needed, and keeps its status 403.
                """
        )

        @Argument(help: ArgumentHelp("The files, or -.", valueName: "file"), completion: .file())
        var files: [String]

        @OptionGroup(title: "Which calls") var filter: TraceFilterOptions
        @OptionGroup var target: TraceTarget

        func run() async throws {
            let requirements = try merged(files, filter: filter.filter)
            if requirements.isEmpty, !filter.users.isEmpty { throw try Self.nobodyFound(filter, files) }
            if requirements.isEmpty, !filter.flags.isEmpty {
                let flags = filter.flags.joined(separator: ", ")
                Console.writeError("warning: \(flags): no call is left\n  hint: leave out a flag to see what there is")
            }
            try target.write(requirements)
        }

        /// The error where the users of `--user` made no call at all.
        private static func nobodyFound(
            _ options: TraceFilterOptions,
            _ files: [String]
        ) throws(CommandFailure) -> CommandFailure {
            var others = options.filter
            others.users = []
            // Standard input is gone once it was read. What was left out was told by the first reading.
            var found: Set<String> = []
            for file in files where file != "-" {
                let trace = try CommandFailure.during(.trace) { () throws(InputError) in
                    try TraceReader.read(file, filter: others)
                }
                found.formUnion(trace.users.keys)
            }
            let users = found.sorted()
            let most = 8
            let shown = users.prefix(most).map { "`\($0)`" }.joined(separator: ", ")
            let more = users.count > most ? " and \(users.count - most) more" : ""
            let names = options.users.map { "`\($0)`" }.joined(separator: " or ")
            let hint = users.isEmpty ? "is the user's name whole?" : "calls are there of \(shown)\(more)"
            return CommandFailure(.trace, "--user: error: no call of \(names) is in the files\n  hint: \(hint)")
        }
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

    private static func merged(
        _ paths: [String],
        filter: TraceFilter = TraceFilter()
    ) throws(CommandFailure) -> [Requirement] {
        guard !paths.isEmpty else {
            throw CommandFailure(
                .trace,
                "rbac-trace.jsonl: error: no such file\n  hint: name the trace with -t, or record one"
            )
        }
        var set = RequirementSet()
        for path in paths { set.merge(try InputLoader.trace(path, filter: filter).requirements) }
        return set.requirements
    }
}
