extension CodeText {
    static let impersonationRefused = CodeText(
        code: .impersonationRefused,
        severity: .warning,
        summary: "nobody could be asked as the operator",
        meaning: """
            To know what the operator may do, somebody has to ask on its behalf: by a SubjectAccessReview \
            (`create` on `subjectaccessreviews.authorization.k8s.io`), or by impersonating its service \
            account. You may do neither in this cluster, so the operator's effective access is `unknown`. It \
            is not a statement about the operator's permissions.
            """,
        example: Example(
            input: """
                create subjectaccessreviews.authorization.k8s.io: no
                impersonate serviceaccounts in myapp-system: no
                """,
            says: """
                you may neither review access for `myapp-system/controller-manager` nor impersonate it
                """
        ),
        remedy: """
            Ask a cluster administrator for `create` on `subjectaccessreviews`, which reveals permissions and \
            grants none. Or check the manifests alone with `--offline`, or your own access with `--identity \
            self`.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation"
    )
}
