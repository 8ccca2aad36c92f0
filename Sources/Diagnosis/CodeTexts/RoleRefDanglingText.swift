extension CodeText {
    static let roleRefDangling = CodeText(
        code: .roleRefDangling,
        severity: .error,
        summary: "a binding refers to a role that does not exist",
        meaning: """
            The binding reaches the operator, and its `roleRef` names a role that is not there. The API server \
            accepts such a binding and skips it at each request. A `Role` is looked up in the binding's own \
            namespace, so a binding in another namespace than the Role dangles too.
            """,
        example: Example(
            input: """
                kind: ClusterRoleBinding
                roleRef: {kind: ClusterRole, name: manager, …}

                kind: ClusterRole
                metadata: {name: manager-role}
                """,
            says: """
                ClusterRoleBinding `manager-rolebinding` refers to ClusterRole `manager`, which does not \
                exist; did you mean `manager-role`?
                """
        ),
        remedy: """
            Create the role under that name, or refer to the right one. `roleRef` cannot be changed on a live \
            binding: delete the binding and create it again.
            """,
        documentation:
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding"
    )
}
