extension CodeText {
    static let clusterScopeInRole = CodeText(
        code: .clusterScopeInRole,
        severity: .error,
        summary: "a Role or RoleBinding cannot grant what has no namespace",
        meaning: """
            Nodes, namespaces, persistent volumes, CRDs, webhook configurations, token and access reviews, and \
            paths such as `/metrics` belong to no namespace. A rule for them in a Role, or in a ClusterRole \
            that is bound by a RoleBinding, is accepted and grants nothing. One exception: a RoleBinding in N \
            can grant `get`, `update`, `patch` and `delete` of the namespace N itself.
            """,
        example: Example(
            input: """
                kind: Role
                metadata: {name: manager-role, namespace: demo}
                rules:
                - apiGroups: [""]
                  resources: [nodes]
                  verbs: [list]

                GET /api/v1/nodes
                """,
            says: """
                `nodes` belong to the cluster; the Role `manager-role` grants only inside namespace `demo`
                """
        ),
        remedy: """
            Move the rule to a ClusterRole and bind it with a ClusterRoleBinding. The namespaced rules can \
            stay where they are.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole"
    )
}
