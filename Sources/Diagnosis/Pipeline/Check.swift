package import Syntax

import Manifests
import RBAC
import Traces

/// Holds what is required against what the manifests declare and, with a cluster, against what the API server says; finds the
/// cause of each difference.
///
/// - Parameter cluster: who is asked; `nil` judges the manifests alone.
/// - Throws: `InputError` where it cannot be told whose access is meant. What goes wrong on the way to a server is in the
///   report instead.
package func check(_ input: CheckInput, cluster: (any ClusterAccess)? = nil) async throws(InputError) -> CheckReport {
    var stage = try IdentityStage.resolve(input)

    async let connected = EffectiveSide.connect(cluster)
    async let discovered = ServedResources.ask(cluster)
    var effective = await connected
    // Without a word with the server what it serves is neither here nor there.
    var served = effective.currentUser == nil ? ServedResources() : await discovered
    let known = KnownResources.of(input.manifests).adding(served.resources)

    let spoken = SpokenResources(known: known).resolved(stage.requirements)
    stage.requirements = spoken.requirements
    stage.notes += spoken.notes
    let calls = CallBuilder(stage, known: known).calls(stage.requirements)
    var declared = Evidence.declared(input, stage, calls, known)
    if let cluster { await effective.review(cluster, calls, stage.identity, input) }

    var judgement = Judgement(calls, declared: declared, effective: effective)
    let live = await LiveStage.ask(cluster, judgement, input, stage, known)
    if let side = live.evidence?.side, let objects = live.objects {
        effective.fillOperator(from: side, objects, calls)
        declared?.rolesInCluster = Set(objects.policy.roles.map { ObjectKey($0) })
        declared?.knowsRolesInCluster = objects.isComplete("ClusterRole") && objects.isComplete("Role")
        judgement = Judgement(calls, declared: declared, effective: effective)
    }
    if effective.currentUser != nil { await served.refresh(cluster, for: calls) }

    let findings = FindingsStage(
        input: input,
        stage: stage,
        judgement: judgement,
        live: LiveDiagnosis(declared: declared, live: live.evidence, objects: live.objects, held: live.held),
        served: served
    )
    return findings.report()
}

extension Evidence {
    /// The side of the manifests; `nil` where there are none.
    fileprivate static func declared(
        _ input: CheckInput,
        _ stage: IdentityStage,
        _ calls: [Call],
        _ known: KnownResources
    ) -> Evidence? {
        guard let manifests = input.manifests else { return nil }
        return Evidence(
            side: .declared(
                manifests,
                user: stage.identity.user,
                defaultNamespace: stage.defaultNamespace,
                includesDefaults: input.includesBootstrapPolicy
            ),
            calls: calls,
            identity: stage.identity,
            defaultNamespace: stage.defaultNamespace,
            known: known
        )
    }
}
