extension CodeText {
    static let escalationRefused = CodeText(
        code: .escalationRefused,
        severity: .error,
        summary: "the operator hands out permissions that it does not hold",
        meaning: """
            Who creates or changes a role must hold every permission in it, at the same scope; who creates a \
            binding must hold all that the role grants. Having `create` on `roles` is not enough. The rules \
            count as they are written: `*` has to be held as `*`.
            """,
        example: Example(
            input: """
                the operator creates a Role with: secrets [get]
                the operator holds: roles [create], nothing on secrets
                """,
            says: """
                creating this Role needs `get` on `secrets`, which the operator does not hold
                """
        ),
        remedy: """
            Grant the operator what it hands out (safer), or the verb `escalate` on `roles` and \
            `clusterroles`, or `bind` on the roles that it binds, limited by `resourceNames`. `escalate` \
            without names is as much as cluster-admin.
            """,
        documentation:
            "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping"
    )
}
