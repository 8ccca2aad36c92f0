extension CodeText {
    static let accessDenied = CodeText(
        code: .accessDenied,
        severity: .error,
        summary: "refused by the API server, and nothing here says why",
        meaning: """
            A refusal was read from a message or a log, and neither manifests nor a cluster were given to hold \
            it against. What was called, by whom and where is certain; which role should have allowed it is \
            not.
            """,
        example: Example(
            input: """
                secrets is forbidden: User "system:serviceaccount:demo:op" cannot list
                resource "secrets" in API group "" in the namespace "demo"
                """,
            says: """
                `system:serviceaccount:demo:op` may not `list` `secrets` in namespace `demo`
                """
        ),
        remedy: """
            Give the manifests with `-r` to learn which rule is missing or why it does not reach the operator. \
            The rule that the finding prints is what some role has to grant.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"
    )
}
