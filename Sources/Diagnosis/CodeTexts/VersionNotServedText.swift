extension CodeText {
    static let versionNotServed = CodeText(
        code: .versionNotServed,
        severity: .error,
        summary: "the resource is served, not in this version",
        meaning: """
            Group and resource exist in the cluster, in other versions than the one that the operator calls: \
            the call ends in 404. RBAC never looks at the version, so no role has anything to do with it. Beta \
            versions disappear with cluster upgrades; versions of a CRD can be switched off by `served: \
            false`.
            """,
        example: Example(
            input: """
                GET /apis/autoscaling/v2beta2/horizontalpodautoscalers
                the cluster serves autoscaling: v2, v1
                """,
            says: """
                `horizontalpodautoscalers.autoscaling` is served as `v2` and `v1`, not as `v2beta2`
                """
        ),
        remedy: """
            Make the operator use a version that is served: usually a newer client library. For your own CRD \
            set `served: true` for that version.
            """,
        documentation: "https://kubernetes.io/docs/reference/using-api/deprecation-guide/"
    )
}
