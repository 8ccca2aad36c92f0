extension CodeText {
    static let subresourceNotServed = CodeText(
        code: .subresourceNotServed,
        severity: .error,
        summary: "the subresource is not enabled: 404",
        meaning: """
            The resource is served, the subresource is not. A custom resource has `status` and `scale` only \
            where the CRD enables them. Without it `Status().Update()` fails with a 404, and writing the \
            status by an ordinary update works.
            """,
        example: Example(
            input: """
                versions:
                - name: v1
                  served: true
                  storage: true
                  schema: {…}
                  # no subresources

                PUT /apis/example.com/v1/namespaces/demo/myapps/shop/status
                """,
            says: """
                `myapps` has no subresource `status` in this cluster
                """
        ),
        remedy: """
            Enable it in the CRD (`subresources: {status: {}}`; in Go the marker \
            `+kubebuilder:subresource:status`), run `make manifests install`, or write through the resource \
            itself.
            """,
        documentation:
            "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#subresources"
    )
}
