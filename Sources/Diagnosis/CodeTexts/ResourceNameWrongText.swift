extension CodeText {
    static let resourceNameWrong = CodeText(
        code: .resourceNameWrong,
        severity: .error,
        summary: "a rule names the resource by a name that RBAC does not know",
        meaning: """
            Rules use the plural resource name in lower case, as it stands in the URL. The kind \
            (`Deployment`), the singular (`deployment`), a short name (`deploy`) and a misspelling are all \
            accepted by the API server without complaint, and match nothing.
            """,
        example: Example(
            input: """
                rules:
                - apiGroups: [apps]
                  resources: [deployment]
                  verbs: [get, list, watch]

                GET /apis/apps/v1/deployments
                """,
            says: """
                the rule says `deployment`, which is the singular of `deployments`
                """
        ),
        remedy: """
            Write the plural. `kubectl api-resources` shows it in its first column; for your own resource it \
            is `spec.names.plural` of the CRD.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"
    )
}
