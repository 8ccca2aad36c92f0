import ArgumentParser
import Diagnosis

/// `CMD…`, with whose permissions it works, and where its calls are written.
struct RecordOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "With whose permissions the command works: self, operator or declared.",
            discussion: """
                self: your own. operator: what the operator's service account is granted in the cluster, by impersonation. \
                declared: what the manifests grant; everything else is refused in the API server's words.
                """,
            valueName: "whose"
        )
    )
    var access: RunAccess?

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

    @Flag(help: "Start the command although the check before it failed; record, which has none, always starts it.")
    var force = false

    @Flag(
        name: .customLong("watch-manifests"),
        help: "Read the manifests again whenever they change, and go by them at once."
    )
    var watchManifests = false

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
