extension CodeText {
    static let subjectMismatch = CodeText(
        code: .subjectMismatch,
        severity: .error,
        summary: "a binding exists, and its subject is somebody else",
        meaning: """
            A binding refers to the right role, and none of its subjects is the identity that makes the call. \
            For a service account both the name and the namespace must agree; a subject without a namespace \
            means the RoleBinding's own, and in a ClusterRoleBinding nobody at all. `Group` and `User` names \
            are compared letter by letter.
            """,
        example: Example(
            input: """
                subjects:
                - kind: ServiceAccount
                  name: controller-manager
                  namespace: system

                the Deployment runs as myapp-system/controller-manager
                """,
            says: """
                the binding's subject is `system/controller-manager`, the operator runs as \
                `myapp-system/controller-manager`
                """
        ),
        remedy: """
            Correct the subject, or `serviceAccountName` of the Deployment, whichever is wrong. `roleRef` may \
            stay; subjects of a live binding can be edited.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects"
    )
}
