extension CodeText {
    static let resourceNotServed = CodeText(
        code: .resourceNotServed,
        severity: .error,
        summary: "the API server does not serve this group or resource",
        meaning: """
            The call would end in 404 rather than 403, whatever the roles say: discovery does not list the \
            resource. Most often the CRD is not installed, or an aggregated API server is down. Access reviews \
            do not tell: they answer for resources that do not exist, too.
            """,
        example: Example(
            input: """
                GET /apis/example.com/v1/myapps
                kubectl api-resources --api-group=example.com
                  (nothing)
                """,
            says: """
                the cluster serves no resource `myapps` in the group `example.com`
                """
        ),
        remedy: """
            Install the CRD (`make install`, `kubectl apply -f config/crd/bases`), or for another project's \
            resource install that project. If the group is there and the plural differs, correct the call.
            """,
        documentation:
            "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/"
    )
}
