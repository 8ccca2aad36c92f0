import ArgumentParser
import Diagnosis
import RBAC

extension IdentityChoice: ExpressibleByArgument {
    /// `self`, `operator`, `both`, or `NAMESPACE/NAME`.
    public init?(argument: String) {
        switch argument {
        case "self": self = .currentUser
        case "operator": self = .operatorAccount
        case "both": self = .both
        default:
            let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            self = .account(ServiceAccountName(namespace: String(parts[0]), name: String(parts[1])))
        }
    }

    /// What completion and help offer.
    public static var allValueStrings: [String] { ["self", "operator", "both", "NAMESPACE/NAME"] }
}

/// Whose access is judged, and by what.
struct IdentityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Whose access is judged: self, operator, both, or a service account as NAMESPACE/NAME.",
            discussion: "Default: both where the operator's service account is known, else self.",
            valueName: "identity"
        )
    )
    var identity: IdentityChoice?

    @Flag(help: "Ask no server: judge the manifests alone.")
    var offline = false

    @Flag(
        name: .customLong("no-bootstrap-policy"),
        help: "Leave out what every cluster grants by default, such as discovery."
    )
    var noBootstrapPolicy = false
}
