extension CodeText {
    static let notBound = CodeText(
        code: .notBound,
        severity: .error,
        summary: "the role has the rule, and no binding refers to it",
        meaning: """
            A role grants nothing by itself. Some role here would allow the call, but no RoleBinding or \
            ClusterRoleBinding refers to it.
            """,
        example: Example(
            input: """
                kind: ClusterRole
                metadata: {name: manager-role}

                no binding has roleRef.name: manager-role
                """,
            says: """
                ClusterRole `manager-role` grants this and is bound to nobody
                """
        ),
        remedy: """
            Add a ClusterRoleBinding (or a RoleBinding, for one namespace) with this role as `roleRef` and the \
            operator's service account as subject. If there is one, compare the names: kustomize's \
            `namePrefix` renames roles and references together, but only in files that the kustomization \
            lists.
            """,
        documentation:
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding"
    )
}
