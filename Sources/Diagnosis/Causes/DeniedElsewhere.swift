import RBAC

/// `denied-elsewhere`: RBAC grants it, and the review still denies; or an authorizer has denied it outright, which RBAC
/// never does (Kubernetes: `status.denied` of a review).
enum DeniedElsewhere: Cause {
    static let code = FindingCode.deniedElsewhere

    static func proof(_ call: Call) -> Proof { Proof(code: code) }

    /// Of a denial that names itself one: whatever RBAC would say, it was not asked.
    static let explicitProof = Proof(code: code, detail: "explicit")

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let granted = calls.flatMap(evidence.side.grantedBy).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let isExplicit = proof == explicitProof
        return .principal(
            code,
            calls,
            title: isExplicit
                ? "\(Wording.needs(calls)) is denied by an authorizer that is not RBAC"
                : "\(Wording.needs(calls)) is granted by RBAC, and the API server denies it",
            explanation: (isExplicit
                ? "The access review calls this a denial (`denied: true`), and RBAC never denies: it only grants. "
                : granted.isEmpty
                    ? "The server lists a rule that grants this, and an access review says no. "
                    : "The roles and bindings in the cluster grant this to the operator, and an access review says no. ")
                + "Authorizers are asked in turn, and one that denies is final: a webhook authorizer, or another one of this "
                + "cluster's, stands before RBAC.",
            evidence: granted.prefix(5).map { "in the cluster: \($0)" },
            remedy: Remedy(
                summary: "ask whoever runs the cluster which authorizers it has (`--authorization-config`, "
                    + "`--authorization-mode`); no role mends this"
            )
        )
    }
}
