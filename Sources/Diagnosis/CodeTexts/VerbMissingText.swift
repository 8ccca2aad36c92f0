extension CodeText {
    static let verbMissing = CodeText(
        code: .verbMissing,
        severity: .error,
        summary: "a rule covers the resource, but not the verb",
        meaning: """
            A rule names the resource in the right API group, with other verbs than the one called. Verbs do \
            not imply each other: `get` allows reading one object by name and neither `list` nor `watch`; \
            `update` is not `patch`; `delete` is not `deletecollection`. Server-side apply is `patch`, and \
            also `create` where the object is not there yet.
            """,
        example: Example(
            input: """
                rules:
                - apiGroups: [""]
                  resources: [secrets]
                  verbs: [get]

                GET /api/v1/secrets?watch=true
                """,
            says: """
                the rule for `secrets` grants `get`, not `list` and `watch`
                """
        ),
        remedy: """
            Add the missing verbs to that rule. Where the rule names other resources too that must not gain \
            the verb, add a rule of its own; the finding prints the right form. controller-runtime's cached \
            client reads everything through `list` and `watch`.
            """,
        documentation:
            "https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb"
    )
}
