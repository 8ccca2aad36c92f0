extension CodeText {
    static let subresourceMissing = CodeText(
        code: .subresourceMissing,
        severity: .error,
        summary: "the resource is granted, its subresource is not",
        meaning: """
            `pods` and `pods/log` are two different resources to RBAC. A rule for `R` never covers `R/status`, \
            `R/scale`, `R/finalizers` or any other part below it; only a rule that names the subresource does, \
            or `*`, or `*/status`.
            """,
        example: Example(
            input: """
                rules:
                - apiGroups: [example.com]
                  resources: [myapps]
                  verbs: [get, list, watch, update, patch]

                PATCH /apis/example.com/v1/namespaces/demo/myapps/shop/status
                """,
            says: """
                `myapps` is granted, `patch` on `myapps/status` is not
                """
        ),
        remedy: """
            Add the subresource as an entry of its own, with the verbs that are called on it: `myapps/status` \
            with `get`, `update`, `patch`; `myapps/finalizers` with `update`; `pods/exec` and `pods/eviction` \
            with `create`; `pods/log` with `get`. Do not write `pods/*`: it matches nothing.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"
    )
}
