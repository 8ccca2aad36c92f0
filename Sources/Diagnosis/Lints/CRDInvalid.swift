import Manifests
import Syntax

/// `crd-invalid`: definitions that current API servers refuse.
///
/// Kubernetes: `apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go`.
func crdInvalid(_ crd: CRDManifest) -> [Finding] {
    func finding(_ title: String, _ explanation: String, _ label: String, _ advice: String) -> Finding {
        Finding(
            code: .crdInvalid,
            severity: .error,
            title: title,
            explanation: explanation,
            locations: [
                FindingLocation(
                    range: crd.apiVersionRange,
                    labels: [FindingLocation.Label(range: crd.apiVersionRange, text: label)]
                )
            ],
            remedy: Remedy(summary: advice)
        )
    }
    let name = crd.identity.nameInFile
    guard crd.identity.apiVersion == "apiextensions.k8s.io/v1" else {
        return [
            finding(
                "the CRD `\(name)` is written for `\(crd.identity.apiVersion)`",
                "API servers since Kubernetes 1.22 serve CustomResourceDefinitions as `apiextensions.k8s.io/v1` only. "
                    + "This one cannot be installed, and calls to its resource end in 404.",
                "not served any more",
                "generate it again with a current controller-gen, or rewrite it for `apiextensions.k8s.io/v1`, which wants "
                    + "a schema for each version"
            )
        ]
    }
    var findings: [Finding] = []
    let bare = crd.versions.filter { !$0.hasSchema }.map(\.name)
    if !bare.isEmpty || crd.versions.isEmpty {
        let title =
            crd.versions.isEmpty
            ? "the CRD `\(name)` has no versions"
            : "the CRD `\(name)` has no schema for \(quotedList(bare))"
        findings.append(
            finding(
                title,
                "`apiextensions.k8s.io/v1` wants `schema.openAPIV3Schema` in each entry of `versions`; the API server "
                    + "refuses the CRD without.",
                "wants a schema for each version",
                "generate it again (`make manifests`); where any content is meant to be accepted, write `type: object` "
                    + "and `x-kubernetes-preserve-unknown-fields: true`"
            )
        )
    }
    if name != "\(crd.plural).\(crd.group)" {
        findings.append(
            finding(
                "the CRD `\(name)` must be named `\(crd.plural).\(crd.group)`",
                "The name of a CustomResourceDefinition is the plural and the group, joined by a dot; the API server "
                    + "refuses any other.",
                "defines `\(crd.plural)` in the group `\(crd.group)`",
                "correct `metadata.name`, `spec.names.plural` or `spec.group`, whichever is wrong"
            )
        )
    }
    return findings
}
