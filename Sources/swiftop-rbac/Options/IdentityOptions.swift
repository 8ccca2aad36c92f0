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

    @Flag(
        name: .customLong("review-as-token"),
        help: ArgumentHelp(
            "Ask about the operator with a token of its service account, requested for that.",
            discussion: "The token is valid for ten minutes and never leaves the program's memory."
        )
    )
    var reviewAsToken = false

    @Flag(help: "Ask no server: judge the manifests alone.")
    var offline = false

    @Flag(
        name: .customLong("no-bootstrap-policy"),
        help: "Leave out what every cluster grants by default, such as discovery."
    )
    var noBootstrapPolicy = false

    func validate() throws {
        if reviewAsToken, offline {
            throw ValidationError(
                "`--review-as-token` asks a server, and `--offline` asks none\n  hint: leave one of them out"
            )
        }
        if reviewAsToken, identity == .currentUser {
            throw ValidationError(
                "`--review-as-token` is about the operator, and `--identity self` is not\n  hint: leave one of them out"
            )
        }
    }
}
