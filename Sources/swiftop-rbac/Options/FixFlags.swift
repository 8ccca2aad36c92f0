import ArgumentParser
import Diagnosis

/// What `check` mends, and how far it may go.
struct FixFlags: ParsableArguments {
    @Flag(help: "Add what required calls lack to the manifests: exactly that, and no other line changes.")
    var fix = false

    @Flag(
        name: .customLong("fix-markers"),
        help:
            "The same in the code, where a role is generated from +kubebuilder:rbac markers; `make manifests` does the rest."
    )
    var fixMarkers = false

    @Flag(
        name: .customLong("unsafe-fixes"),
        help: "With --fix: correct names and bindings and narrow wildcards, too, which may change what else is granted."
    )
    var unsafeFixes = false

    @Flag(help: "With --fix: write generated and read-only files, too, and those that changed meanwhile.")
    var force = false

    @Flag(
        name: .customLong("dry-run"),
        help: "With --fix: print the unified diff (for patch -p1 or git apply) instead, and write nothing."
    )
    var dryRun = false

    var isAsked: Bool { fix || fixMarkers }

    var options: FixOptions {
        FixOptions(
            editsManifests: fix,
            editsMarkers: fixMarkers,
            allowsUnsafe: unsafeFixes,
            overwritesAll: force
        )
    }

    func validate() throws {
        guard !isAsked else { return }
        for (flag, isSet) in [("--unsafe-fixes", unsafeFixes), ("--force", force), ("--dry-run", dryRun)] where isSet {
            throw ValidationError(
                "`\(flag)` says how to fix, and nothing is to be fixed\n  hint: add --fix or --fix-markers"
            )
        }
    }
}
