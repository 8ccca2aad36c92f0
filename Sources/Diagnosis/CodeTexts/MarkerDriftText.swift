extension CodeText {
    static let markerDrift = CodeText(
        code: .markerDrift,
        severity: .warning,
        summary: "the code's RBAC markers and role.yaml disagree",
        meaning: """
            The role is generated from `+kubebuilder:rbac` markers, and the two do not say the same: somebody \
            edited role.yaml by hand, or changed a marker without `make manifests`. The next generation \
            overwrites the hand edit. A marker that stands directly above code, without an empty line, is read \
            as part of that code's comment and ignored.
            """,
        example: Example(
            input: """
                //+kubebuilder:rbac:groups="",resources=secrets,verbs=get
                role.yaml: secrets [get, list, watch]
                """,
            says: """
                role.yaml grants `list` and `watch` on `secrets`, no marker does
                """
        ),
        remedy: """
            Change the markers and run `make manifests`. Keep an empty line between a marker and the function \
            below it.
            """,
        documentation: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"
    )
}
