import Manifests
import RBAC
import Syntax
import Traces

/// `finalizers-permission`: `blockOwnerDeletion` was set on an owner whose `/finalizers` may not be updated.
///
/// Seen in a trace as a record that a recorder adds, `implied: blockOwnerDeletion`, or as the refusal of the admission plugin
/// OwnerReferencesPermissionEnforcement (`plugin/pkg/admission/gc/gc_admission.go`).
enum FinalizersPermission {
    /// What a recorder writes as `implied` on the update of an owner's finalizers.
    static let implied = "blockOwnerDeletion"

    static func findings(_ judgement: Judgement, _ manifests: ManifestSet?) -> [Finding] {
        guard let evidence = judgement.evidence else { return [] }
        let owners = judgement.states.filter { state in
            state.isUnmet && state.call.requirement.implied == implied && state.call.request.subresource == "finalizers"
        }.map(\.call)
        let refused = judgement.states.map(\.call).filter { call in
            call.requirement.message?.contains("cannot set blockOwnerDeletion if an ownerReference refers to") ?? false
        }
        var findings: [Finding] = []
        if !owners.isEmpty { findings.append(finding(owners, owners.map(\.request), evidence)) }
        if !refused.isEmpty {
            // The permission is asked for where the owned object is.
            let namespaces = Set(refused.map(\.home)).sorted()
            let requests = (manifests?.crds ?? []).flatMap { crd in
                namespaces.map { namespace in
                    RequestAttributes(
                        verb: "update",
                        group: crd.group,
                        resource: crd.plural,
                        subresource: "finalizers",
                        namespace: namespace
                    )
                }
            }.filter { !evidence.side.access.decide($0).isAllowed }
            // Where the owner's finalizers may be updated by now, nothing is left to say.
            if !requests.isEmpty || (manifests?.crds.isEmpty ?? true) {
                findings.append(finding(refused, requests, evidence))
            }
        }
        return findings
    }

    private static func finding(_ calls: [Call], _ requests: [RequestAttributes], _ evidence: Evidence) -> Finding {
        let owners = Set(requests.map { Target($0).description }).sorted()
        let rules = rules(granting: requests)
        let what = owners.isEmpty ? "the owner's `finalizers`" : Wording.list(owners, conjunction: "or")
        return Finding(
            code: .finalizersPermission,
            severity: .warning,
            title: "an owner reference blocks deletion, and the operator may not update \(what)",
            explanation:
                "`blockOwnerDeletion: true`, which SetControllerReference sets, delays the deletion of the owner. Where "
                + "the admission plugin OwnerReferencesPermissionEnforcement is on (OpenShift has it on), the API server asks "
                + "for `update` on the owner's `finalizers`, in the namespace of the object that is owned. `patch` is not "
                + "enough.",
            requirements: calls.map(\.index).sorted(),
            evidence: Set(calls.compactMap(\.requirement.message)).sorted(),
            remedy: Remedy(
                summary: "grant `update` on \(what)",
                rules: rules,
                markers: rules.map { kubebuilderMarker($0) }
            )
        )
    }
}
