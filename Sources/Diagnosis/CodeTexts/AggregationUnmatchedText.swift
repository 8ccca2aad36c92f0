extension CodeText {
    static let aggregationUnmatched = CodeText(
        code: .aggregationUnmatched,
        severity: .error,
        summary: "the rule should arrive by aggregation, and does not",
        meaning: """
            The operator is bound to an aggregated ClusterRole. Its rules are collected by a controller from \
            the ClusterRoles whose labels match a selector of its `aggregationRule`; the role that holds the \
            needed rule does not match. Rules typed into an aggregated role itself are overwritten.
            """,
        example: Example(
            input: """
                aggregationRule:
                  clusterRoleSelectors:
                  - matchLabels: {rbac.example.com/aggregate-to-myapp: "true"}

                metadata:
                  name: myapp-secrets
                  labels: {rbac.example.com/aggregate-to-my-app: "true"}
                """,
            says: """
                ClusterRole `myapp-secrets` grants this and lacks the label \
                `rbac.example.com/aggregate-to-myapp: "true"`
                """
        ),
        remedy: """
            Give the ClusterRole the label that the selector asks for; label values are text, so `true` needs \
            quotes in YAML. A Role is never aggregated, only ClusterRoles are.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles"
    )
}
