extension CodeText {
    static let maskedByBroaderIdentity = CodeText(
        code: .maskedByBroaderIdentity,
        severity: .error,
        summary: "allowed to you, and only because you may do more",
        meaning: """
            With your credentials the call works: through cluster-admin, `system:masters` or some other role \
            that the operator will not have. The manifests do not grant it. On your laptop everything is fine; \
            deployed, the operator gets a 403.
            """,
        example: Example(
            input: """
                you: system:masters
                manifests: secrets [get]

                GET /api/v1/secrets  → 200
                """,
            says: """
                you may `list` `secrets` as cluster administrator; the manifests do not grant it to the \
                operator
                """
        ),
        remedy: """
            Mend what the finding beside this one says. To see the operator's own permissions at work, run it \
            with a kubeconfig whose user entry impersonates the service account (`as: \
            system:serviceaccount:NS:NAME`).
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings"
    )
}
