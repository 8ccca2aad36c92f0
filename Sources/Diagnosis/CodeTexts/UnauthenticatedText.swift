extension CodeText {
    static let unauthenticated = CodeText(
        code: .unauthenticated,
        severity: .error,
        summary: "the API server does not know who is asking",
        meaning: """
            The credentials were refused (401), or were not sent, so that the server saw `system:anonymous`. \
            Permissions were not looked at. Usual reasons: an expired token, a kubeconfig for another cluster, \
            a login plugin that failed, or credentials over plain http, which clients do not send.
            """,
        example: Example(
            input: """
                GET /api/v1/secrets
                401 Unauthorized
                """,
            says: """
                the API server refused the credentials of context `dev`
                """
        ),
        remedy: """
            Log in again, or choose another context. `kubectl auth whoami` shows who the server thinks you \
            are. The exit status is 3, since nothing was answered.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/authentication/"
    )
}
