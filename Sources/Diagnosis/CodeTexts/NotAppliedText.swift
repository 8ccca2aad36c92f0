extension CodeText {
    static let notApplied = CodeText(
        code: .notApplied,
        severity: .error,
        summary: "the manifests grant it, and the role is not in the cluster",
        meaning: """
            Applied as they are, the manifests would allow the call. The cluster that was asked does not have \
            the role. In kubebuilder's layout `make install` applies the CRDs alone; roles and bindings come \
            with `make deploy`.
            """,
        example: Example(
            input: """
                config/rbac/role.yaml grants list on secrets
                kubectl get clusterrole myapp-manager-role
                  Error from server (NotFound)
                """,
            says: """
                ClusterRole `myapp-manager-role` grants this and is not in the cluster
                """
        ),
        remedy: """
            Apply the manifests: `make deploy`, or `kubectl apply -k config/rbac` for the permissions alone. \
            Check with `kubectl config current-context` that it is the cluster that you meant.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#command-line-utilities"
    )
}
