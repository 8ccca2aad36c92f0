extension CodeText {
    static let roleOutdated = CodeText(
        code: .roleOutdated,
        severity: .error,
        summary: "the role is in the cluster, without this rule",
        meaning: """
            The role of that name exists in the cluster and differs from the manifests: the rule that would \
            grant the call is not in it. Usually the manifests were changed after the last deploy; sometimes \
            another tool (Helm, OLM, GitOps) owns the role and puts its own version back.
            """,
        example: Example(
            input: """
                role.yaml:  secrets: [get, list, watch]
                cluster:    secrets: [get]

                GET /api/v1/secrets
                """,
            says: """
                ClusterRole `manager-role` in the cluster lacks `list` on `secrets`, which role.yaml grants
                """
        ),
        remedy: """
            Apply the manifests again. If the difference comes back, look at `metadata.managedFields` and at \
            the labels of the live role to see who writes it. `swiftop-rbac diff` between the manifests and \
            the live objects shows everything that differs.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#command-line-utilities"
    )
}
