import Syntax

/// Reads a CustomResourceDefinition, `v1` or `v1beta1`.
struct CRDReader {
    let header: ObjectHeader

    /// `nil` where it is but a part of one, as kustomize's patches are.
    func crd() throws(InputError) -> CRDManifest? {
        guard let spec = try header.object.value("spec")?.fields("spec"),
            let names = try spec.value("names")?.fields("spec.names"),
            let group = try spec.value("group")?.text("spec.group"),
            let plural = try names.value("plural")?.text("spec.names.plural"),
            let kind = try names.value("kind")?.text("spec.names.kind")
        else { return nil }
        return CRDManifest(
            identity: try header.identity(),
            group: group,
            plural: plural,
            singular: try names.optionalString("singular") ?? kind.lowercased(),
            kind: kind,
            shortNames: try names.strings("shortNames").map(\.text),
            isNamespaced: try spec.optionalString("scope") != "Cluster",
            versions: try versions(spec),
            range: header.node.range,
            apiVersionRange: header.object["apiVersion"]?.range ?? header.node.range
        )
    }

    /// In `v1beta1`, schema and subresources may be said once for all versions, and the version in `spec.version`.
    private func versions(_ spec: Node.Mapping) throws(InputError) -> [CRDManifest.Version] {
        let commonSchema = try spec.value("validation")?.fields("spec.validation").value("openAPIV3Schema") != nil
        let common = subresources(spec)
        var versions: [CRDManifest.Version] = []
        for item in try spec.value("versions")?.items("spec.versions") ?? [] {
            let what = "spec.versions[\(versions.count)]"
            let version = try item.fields(what)
            let schema = try version.value("schema")?.fields("\(what).schema").value("openAPIV3Schema")
            let own = subresources(version)
            versions.append(
                CRDManifest.Version(
                    name: try version.optionalString("name") ?? "",
                    isServed: try version.value("served")?.boolean("\(what).served") ?? false,
                    hasSchema: schema != nil || commonSchema,
                    subresources: own.isEmpty ? common : own
                )
            )
        }
        if versions.isEmpty, let name = try spec.optionalString("version") {
            versions = [
                CRDManifest.Version(name: name, isServed: true, hasSchema: commonSchema, subresources: common)
            ]
        }
        return versions
    }

    /// `status: {}` turns a subresource on; `status:` alone, which is null, does not.
    private func subresources(_ mapping: Node.Mapping) -> [String] {
        let entries = mapping.value("subresources")?.mapping?.entries ?? []
        return entries.filter { !$0.value.isNull }.map(\.key.text)
    }
}
