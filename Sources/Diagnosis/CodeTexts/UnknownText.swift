extension CodeText {
    static let unknown = CodeText(
        code: .unknown,
        severity: .warning,
        summary: "nobody could say whether this is allowed",
        meaning: """
            The question was asked and not answered: a role that is referred to could not be read, a review \
            failed, or the server did not answer in time. It is reported as neither allowed nor denied. The \
            evidence lists what was missing.
            """,
        example: Example(
            input: """
                roleRef: {kind: ClusterRole, name: company-base, …}

                company-base is in none of the files
                """,
            says: """
                cannot say: the binding refers to ClusterRole `company-base`, which no file holds
                """
        ),
        remedy: """
            Give what was missing: the other manifests with a further `-r`, a cluster to ask (leave out \
            `--offline`), or the right to read roles and bindings.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access"
    )
}
