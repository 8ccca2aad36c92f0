extension CodeText {
    static let ruleMissing = CodeText(
        code: .ruleMissing,
        severity: .error,
        summary: "no rule mentions the resource",
        meaning: """
            The operator calls a resource that none of its rules names, so the API server answers 403. Nothing \
            near it was found either: not the same resource in another API group, not a misspelling, not a \
            subresource of it.
            """,
        example: Example(
            input: """
                rules:
                - apiGroups: [apps]
                  resources: [deployments]
                  verbs: [get, list, watch]

                GET /api/v1/namespaces/demo/configmaps/settings
                """,
            says: """
                no rule grants `get` on `configmaps` in namespace `demo`
                """
        ),
        remedy: """
            Add the rule that the finding prints, to the role that is bound to the operator's service account. \
            If the project generates role.yaml, add the `+kubebuilder:rbac` marker instead and run `make \
            manifests`, or the next run removes your edit.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"
    )
}
