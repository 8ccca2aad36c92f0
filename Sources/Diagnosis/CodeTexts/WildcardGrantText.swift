extension CodeText {
    static let wildcardGrant = CodeText(
        code: .wildcardGrant,
        severity: .warning,
        summary: "a rule grants with `*`",
        meaning: """
            `*` covers everything there is now and everything that is added later: every subresource \
            (`pods/exec` with `pods`), every custom resource, every verb (`escalate`, `impersonate` and `bind` \
            too).
            """,
        example: Example(
            input: """
                rules:
                - apiGroups: ["*"]
                  resources: ["*"]
                  verbs: ["*"]
                """,
            says: """
                this rule grants every verb on every resource; the trace needs `get`, `list`, `watch` on \
                `pods`
                """
        ),
        remedy: """
            Replace it by the explicit list. With a trace the finding prints the rules that the recorded calls \
            need; read them with the care that excess-permission asks for.
            """,
        documentation: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege"
    )
}
