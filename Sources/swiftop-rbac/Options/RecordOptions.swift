import ArgumentParser

/// `CMD…` and where its calls are written.
struct RecordOptions: ParsableArguments {
    @Option(
        name: .customLong("trace-file"),
        help: ArgumentHelp(
            "Where the trace is written. A file that is there becomes PATH.old at the first call.",
            valueName: "path"
        ),
        completion: .file()
    )
    var traceFile = "rbac-trace.jsonl"

    @Flag(help: "Add to the trace that is there.")
    var append = false

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The command, after --, with its arguments.", valueName: "command")
    )
    var command: [String] = []

    func validate() throws {
        if command.isEmpty {
            throw ValidationError("no command to run\n  hint: write it after --, such as: -- go run ./cmd/main.go")
        }
    }
}
