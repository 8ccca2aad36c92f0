extension CodeText {
    static let deniedElsewhere = CodeText(
        code: .deniedElsewhere,
        severity: .error,
        summary: "RBAC grants it, and the API server still denies it",
        meaning: """
            The rules allow the call, and the access review came back with no. Somebody else decides as well: \
            a webhook authorizer, the node authorizer, or a cloud provider's. A review that says `denied: true` proves \
            it, since RBAC never denies. Without that it can also be that RBAC objects \
            changed a moment ago, or that those in the cluster could be read only in part.
            """,
        example: Example(
            input: """
                ClusterRole/manager-role grants list on secrets
                SelfSubjectAccessReview: allowed: false, reason: "denied by policy team-a"
                """,
            says: """
                RBAC grants `list` on `secrets`, and the review says no: `denied by policy team-a`
                """
        ),
        remedy: """
            No role mends this. Ask whoever runs the cluster which authorizers it has (`--authorization-mode`, \
            `--authorization-config`), and give them the reason that the review carried.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/authorization/"
    )
}
