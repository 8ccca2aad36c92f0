extension CodeText {
    static let admissionRefused = CodeText(
        code: .admissionRefused,
        severity: .error,
        summary: "a 403 that has nothing to do with permissions",
        meaning: """
            The request was authorized and then refused by an admission step: a quota, PodSecurity, a policy, \
            a webhook, or a namespace that is being deleted. The API server uses the same status 403 and the \
            same word `forbidden`; what is missing is `User "…" cannot …`.
            """,
        example: Example(
            input: """
                pods "shop-7d9" is forbidden: exceeded quota: compute,
                requested: pods=1, used: pods=10, limited: pods=10
                """,
            says: """
                the quota `compute` refused the pod; no role will change that
                """
        ),
        remedy: """
            Mend what the message names: raise the quota, adjust the pod to the namespace's PodSecurity level, \
            or ask the owner of the webhook or policy.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/"
    )
}
