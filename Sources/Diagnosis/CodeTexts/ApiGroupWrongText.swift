extension CodeText {
    static let apiGroupWrong = CodeText(
        code: .apiGroupWrong,
        severity: .error,
        summary: "a rule names the resource in another API group",
        meaning: """
            RBAC compares the API group letter by letter. The group is the part of `apiVersion` before the \
            slash: `apps` for `apps/v1`, and the empty text for `v1`. A version is never part of it, and a \
            resource that moved to another group (ingresses, events) has to be granted where it is called.
            """,
        example: Example(
            input: """
                rules:
                - apiGroups: [""]
                  resources: [deployments]
                  verbs: [list]

                GET /apis/apps/v1/deployments
                """,
            says: """
                `deployments` is granted in the core group (`""`), the call is to the group `apps`
                """
        ),
        remedy: """
            Correct `apiGroups` of that rule, or add a rule for the other group where both are called. For \
            events many operators need both `""` and `events.k8s.io`, since client libraries have moved from \
            one to the other.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources"
    )
}
