extension CodeText {
    static let finalizersPermission = CodeText(
        code: .finalizersPermission,
        severity: .warning,
        summary: "setting this owner reference needs update on the owner's finalizers",
        meaning: """
            `blockOwnerDeletion: true`, which `SetControllerReference` sets, delays the deletion of the owner. \
            Where the admission plugin OwnerReferencesPermissionEnforcement is on (OpenShift: always), the API \
            server asks for `update` on the owner's `finalizers` subresource. Elsewhere it works without, so \
            the gap shows at a customer first.
            """,
        example: Example(
            input: """
                controllerutil.SetControllerReference(myapp, deployment, scheme)

                rules:
                - apiGroups: [example.com]
                  resources: [myapps]
                  verbs: [get, list, watch]
                """,
            says: """
                `update` on `myapps/finalizers` is not granted, and created objects block the deletion of \
                their owner
                """
        ),
        remedy: """
            Grant `update` on `OWNERS/finalizers` in the owner's API group. The subresource never shows in \
            discovery and needs no change of the CRD.
            """,
        documentation:
            "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#ownerreferencespermissionenforcement"
    )
}
