extension CodeText {
    static let excessPermission = CodeText(
        code: .excessPermission,
        severity: .warning,
        summary: "granted, and not exercised by the trace",
        meaning: """
            The operator holds permissions that none of the recorded calls used. A trace shows what happened \
            and not what may happen: error paths, deletions, leader election and upgrades are easily missed. A \
            grant for the whole cluster counts as exercised by a call in any namespace, and a wildcard by any \
            call that it covers.
            """,
        example: Example(
            input: """
                rules:
                - apiGroups: [""]
                  resources: [configmaps, secrets]
                  verbs: [get, list, watch]

                the trace holds: list and watch on configmaps
                """,
            says: """
                4 of 6 permissions of this rule were not exercised: `get`, `list`, `watch` on `secrets`, and \
                `get` on `configmaps`
                """
        ),
        remedy: """
            Record a longer run (install, upgrade, failure, deletion), merge the traces, and remove what \
            remains by hand. It is never removed automatically: one trace proves no permission superfluous.
            """,
        documentation: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege"
    )
}
