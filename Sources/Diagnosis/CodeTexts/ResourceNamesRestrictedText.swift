extension CodeText {
    static let resourceNamesRestricted = CodeText(
        code: .resourceNamesRestricted,
        severity: .error,
        summary: "the only rule that fits is limited to names, and the call gives none of them",
        meaning: """
            A rule with `resourceNames` grants only requests that name one of these objects. `list`, `watch` \
            and `deletecollection` name none (unless the field selector is exactly `metadata.name=NAME`), and \
            a `create` has no name yet. An informer, and so every cached read of controller-runtime, lists \
            without a selector. `*` in `resourceNames` is a literal and no wildcard.
            """,
        example: Example(
            input: """
                rules:
                - apiGroups: [""]
                  resources: [secrets]
                  resourceNames: [myapp-tls]
                  verbs: [get, list, watch]

                GET /api/v1/namespaces/demo/secrets?watch=true
                """,
            says: """
                `watch` on `secrets` is granted for the name `myapp-tls` only, and this call names no object
                """
        ),
        remedy: """
            Either grant the verb without `resourceNames`, or make the call name the object: a direct `get` \
            past the cache, or in controller-runtime `cache.ByObject` with a field selector on \
            `metadata.name`. Put `create` into a rule without names.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"
    )
}
