extension CodeText {
    static let namespaceScopeTooNarrow = CodeText(
        code: .namespaceScopeTooNarrow,
        severity: .error,
        summary: "granted in one namespace, called in another or across all",
        meaning: """
            A RoleBinding grants in its own namespace and nowhere else, also where it refers to a ClusterRole. \
            A list or watch across all namespaces needs a ClusterRoleBinding: RoleBindings in every single \
            namespace do not add up to it. controller-runtime watches all namespaces unless the cache is told \
            otherwise.
            """,
        example: Example(
            input: """
                kind: RoleBinding
                metadata: {name: myapp, namespace: myapp-system}
                roleRef: {kind: ClusterRole, name: manager-role, …}

                GET /apis/apps/v1/deployments
                """,
            says: """
                `list` on `deployments` is granted in `myapp-system` only, and the call is for all namespaces
                """
        ),
        remedy: """
            If the operator is meant to work everywhere, bind the ClusterRole with a ClusterRoleBinding. If it \
            is meant for one namespace, limit its cache (`cache.Options.DefaultNamespaces`), and bind the role \
            in each namespace that it watches.
            """,
        documentation:
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding"
    )
}
