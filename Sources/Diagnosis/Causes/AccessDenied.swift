import Manifests
import RBAC

/// `access-denied`: refused by the API server, and what could be read does not say why.
enum AccessDenied: Cause {
    static let code = FindingCode.accessDenied

    static func proof(_ call: Call) -> Proof { Proof(code: code) }

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        var remedy = Remedy(summary: "grant it to \(Wording.user(evidence.identity.user)) by a role and a binding")
        if !evidence.side.manifests.roles.isEmpty {
            remedy = ApplyCommands(evidence).remedy(
                summary: "see that the manifests are applied, roles and bindings both"
            )
        }
        remedy.rules = RemedyBuilder(evidence).exactRules(calls, withNames: false)
        return .principal(
            code,
            calls,
            title: "\(Wording.needs(calls)) is refused by the API server",
            explanation:
                "An access review says no. The roles and bindings in the cluster that would say why could not be "
                + "read, or do not explain it.",
            remedy: remedy
        )
    }
}
