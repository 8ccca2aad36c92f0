import ArgumentParser
import Diagnosis

/// Which service account is the operator, for commands that run one.
struct RecordIdentityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The operator's service account as NAMESPACE/NAME; or whose access the check is about: self, operator, both.",
            valueName: "identity"
        )
    )
    var identity: IdentityChoice?

    @Flag(
        name: .customLong("no-bootstrap-policy"),
        help: "Leave out what every cluster grants by default, such as discovery."
    )
    var noBootstrapPolicy = false
}
