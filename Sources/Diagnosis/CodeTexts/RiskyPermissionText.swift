extension CodeText {
    static let riskyPermission = CodeText(
        code: .riskyPermission,
        severity: .warning,
        summary: "a grant that can be turned into more",
        meaning: """
            Some permissions are worth more than they look: reading all secrets yields every service account's \
            and user's credentials stored there; `pods/exec` runs commands as any pod; `escalate`, `bind` and \
            `impersonate` step over RBAC itself; who writes webhook configurations sees and changes every \
            object. The finding says what this one can be turned into. Roles of the manifests are looked at, \
            except those that are meant for users (aggregated to admin, edit, view, or named -admin-role, \
            -editor-role, -viewer-role, and bound to nobody).
            """,
        example: Example(
            input: """
                kind: ClusterRole
                rules:
                - apiGroups: [""]
                  resources: [secrets]
                  verbs: [get, list, watch]
                """,
            says: """
                reading secrets in all namespaces gives the credentials of everybody who keeps one there
                """
        ),
        remedy: """
            Narrow it where the operator allows: a Role in the namespaces concerned, `resourceNames`, fewer \
            verbs. Where the operator truly needs it, keep it and treat whoever can reach the operator's \
            service account as an administrator.
            """,
        documentation: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
    )
}
