extension CodeText {
    static let crdInvalid = CodeText(
        code: .crdInvalid,
        severity: .error,
        summary: "a CRD that the API server will not take",
        meaning: """
            The definition is in a form that current API servers refuse: `apiextensions.k8s.io/v1beta1` (gone \
            since Kubernetes 1.22), a version without a schema, or a name that is not PLURAL.GROUP. The CRD is \
            then not installed, and every call to its resource ends in 404.
            """,
        example: Example(
            input: """
                apiVersion: apiextensions.k8s.io/v1beta1
                kind: CustomResourceDefinition
                """,
            says: """
                CRDs of `apiextensions.k8s.io/v1beta1` have not been served since Kubernetes 1.22
                """
        ),
        remedy: """
            Generate it again with a current controller-gen (`make manifests`), or move it to \
            `apiextensions.k8s.io/v1` by hand: each version gets its own `schema.openAPIV3Schema`, \
            `subresources` and `additionalPrinterColumns`.
            """,
        documentation:
            "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/"
    )
}
