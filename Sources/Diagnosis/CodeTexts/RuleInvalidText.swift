extension CodeText {
    static let ruleInvalid = CodeText(
        code: .ruleInvalid,
        severity: .error,
        summary: "a rule that cannot take effect",
        meaning: """
            The rule is written in a way that matches no request, or that the API server refuses. It accepts \
            almost any text in rules, so most of these mistakes are silent: upper case, a version or `core` as \
            a group, `pods/*`, `nonResourceURLs` in a Role, rules typed into an aggregated ClusterRole. A verb \
            that is a slip of a standard one (`lsit`), or an HTTP method (`put`), is a warning, since a verb \
            may be any text.
            """,
        example: Example(
            input: """
                kind: Role
                rules:
                - apiGroups: [apps/v1]
                  resources: [Deployments]
                  verbs: [get]
                """,
            says: """
                `apps/v1` is a group with a version; RBAC knows groups only: write `apps`
                """
        ),
        remedy: """
            Write it as the finding shows. Groups stand without version (`""` for the core group), resources \
            are plural and in lower case, subresources are listed one by one, and paths belong in a \
            ClusterRole.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"
    )
}
