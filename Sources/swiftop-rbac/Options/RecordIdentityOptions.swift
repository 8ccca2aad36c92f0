import ArgumentParser
import Diagnosis

/// Which service account is the operator, for commands that run one.
struct RecordIdentityOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The operator's service account as NAMESPACE/NAME.", valueName: "identity"))
    var identity: IdentityChoice?

    @Flag(
        name: .customLong("no-bootstrap-policy"),
        help: "Leave out what every cluster grants by default, such as discovery."
    )
    var noBootstrapPolicy = false

    func validate() throws {
        switch identity {
        case nil, .account: return
        default: throw ValidationError("`--identity` names a service account here\n  hint: write NAMESPACE/NAME")
        }
    }
}
