package import RBAC
package import Syntax

/// What the manifests would grant to the operator if they were applied: decided call by call, for whoever stands in for the
/// API server.
package struct DeclaredGrants: Sendable {
    package let user: UserInfo
    /// Where the operator runs.
    package let namespace: String
    package let access: Access
    /// The roles and bindings behind it, the cluster's default grants included.
    package let policy: Policy
}

/// The grants of the manifests of a check; `nil` where it has none.
///
/// - Throws: `InputError` where it cannot be told whose access is meant.
package func declaredGrants(_ input: CheckInput) throws(InputError) -> DeclaredGrants? {
    guard let manifests = input.manifests else { return nil }
    let stage = try IdentityStage.resolve(input)
    let side = PolicySide.declared(
        manifests,
        user: stage.identity.user,
        defaultNamespace: stage.defaultNamespace,
        includesDefaults: input.includesBootstrapPolicy
    )
    return DeclaredGrants(
        user: stage.identity.user,
        namespace: stage.identity.namespace,
        access: side.access,
        policy: side.policy
    )
}
