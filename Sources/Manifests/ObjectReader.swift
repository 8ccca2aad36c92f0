import RBAC
import Syntax

/// Turns documents into objects. What has no bearing on permissions is counted and skipped.
struct ObjectReader {
    var objects = ManifestSet()

    /// Reads every object of a document; `List` objects are opened.
    mutating func read(_ document: Node) throws(InputError) {
        guard case .mapping(let object) = document else {
            throw document.error(
                "a Kubernetes object is a mapping, and this is \(document.kindName)",
                hint: "it starts with `apiVersion:` and `kind:`"
            )
        }
        guard let kindNode = object.value("kind") else {
            throw document.error(
                "the object has no `kind`",
                hint: "add `apiVersion:` and `kind:`, or leave the file out"
            )
        }
        let kind = try kindNode.string("kind")
        if kind.hasSuffix("List"), let items = object.value("items") {
            for item in try items.items("items") { try read(item) }
            return
        }
        let apiVersion = try object.optionalString("apiVersion") ?? ""
        let group = apiVersion.split(separator: "/").count == 2 ? String(apiVersion.split(separator: "/")[0]) : ""
        switch (group, kind) {
        case ("rbac.authorization.k8s.io", "Role"), ("rbac.authorization.k8s.io", "ClusterRole"):
            try readRole(object, document, apiVersion, kind == "Role" ? .role : .clusterRole)
        case ("rbac.authorization.k8s.io", "RoleBinding"), ("rbac.authorization.k8s.io", "ClusterRoleBinding"):
            try readBinding(object, document, apiVersion, kind == "RoleBinding" ? .roleBinding : .clusterRoleBinding)
        case ("", "ServiceAccount"):
            let (identity, _) = try identity(of: object, document, apiVersion, kind)
            objects.serviceAccounts.append(ServiceAccountManifest(identity: identity, range: document.range))
        case ("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("batch", "Job"),
            ("batch", "CronJob"):
            try readWorkload(object, document, apiVersion, kind)
        case ("apiextensions.k8s.io", "CustomResourceDefinition"):
            objects.crds.append(try CRDReader(object: object, document: document).crd(apiVersion))
        default:
            objects.skipped[kind, default: 0] += 1
        }
    }

    // MARK: - Roles

    private mutating func readRole(
        _ object: Node.Mapping,
        _ document: Node,
        _ apiVersion: String,
        _ kind: Role.Kind
    ) throws(InputError) {
        let (identity, name) = try identity(of: object, document, apiVersion, kind.rawValue)
        warnAboutOldVersion(apiVersion, object, document)
        let metadata = try object["metadata"]?.fields("metadata")
        var rules: [RuleManifest] = []
        if let list = object.value("rules") {
            for (index, item) in try list.items("rules").enumerated() { rules.append(try rule(item, index)) }
        }
        objects.roles.append(
            RoleManifest(
                identity: identity,
                kind: kind,
                labels: try metadata?.stringMap("labels") ?? [:],
                rules: rules,
                aggregation: kind == .clusterRole ? try aggregation(object) : nil,
                isClusterDump: metadata?.value("uid") != nil,
                range: document.range,
                nameRange: name
            )
        )
    }

    private func rule(_ node: Node, _ index: Int) throws(InputError) -> RuleManifest {
        let what = "rules[\(index)]"
        let mapping = try node.fields(what)
        guard mapping.value("verbs") != nil else {
            throw node.error("`\(what)` has no `verbs`", hint: "add them: verbs: [get, list, watch]")
        }
        let verbs = try mapping.strings("verbs")
        guard !verbs.isEmpty else {
            throw node.error("`\(what).verbs` is empty", hint: "name at least one verb: verbs: [get, list, watch]")
        }
        let groups = try mapping.strings("apiGroups")
        let resources = try mapping.strings("resources")
        let names = try mapping.strings("resourceNames")
        let urls = try mapping.strings("nonResourceURLs")
        return RuleManifest(
            rule: PolicyRule(
                verbs: verbs.map(\.text),
                apiGroups: groups.map(\.text),
                resources: resources.map(\.text),
                resourceNames: names.map(\.text),
                nonResourceURLs: urls.map(\.text)
            ),
            range: node.range,
            verbs: verbs.map(\.range),
            apiGroups: groups.map(\.range),
            resources: resources.map(\.range),
            resourceNames: names.map(\.range),
            nonResourceURLs: urls.map(\.range)
        )
    }

    private func aggregation(_ object: Node.Mapping) throws(InputError) -> AggregationRule? {
        guard let node = object.value("aggregationRule") else { return nil }
        var selectors: [AggregationRule.Selector] = []
        let list = try node.fields("aggregationRule").value("clusterRoleSelectors")
        for item in try list?.items("clusterRoleSelectors") ?? [] {
            let selector = try item.fields("clusterRoleSelectors[\(selectors.count)]")
            var expressions: [AggregationRule.Expression] = []
            for entry in try selector.value("matchExpressions")?.items("matchExpressions") ?? [] {
                let expression = try entry.fields("matchExpressions")
                expressions.append(
                    AggregationRule.Expression(
                        key: try expression.optionalString("key") ?? "",
                        operation: try expression.optionalString("operator") ?? "",
                        values: try expression.strings("values").map(\.text)
                    )
                )
            }
            selectors.append(
                AggregationRule.Selector(
                    matchLabels: try selector.stringMap("matchLabels"),
                    matchExpressions: expressions
                )
            )
        }
        return AggregationRule(selectors: selectors, range: node.range)
    }

    // MARK: - Bindings

    private mutating func readBinding(
        _ object: Node.Mapping,
        _ document: Node,
        _ apiVersion: String,
        _ kind: Binding.Kind
    ) throws(InputError) {
        let (identity, name) = try identity(of: object, document, apiVersion, kind.rawValue)
        warnAboutOldVersion(apiVersion, object, document)
        guard let reference = object.value("roleRef") else {
            throw document.error(
                "the \(kind.rawValue) `\(identity.name)` has no `roleRef`",
                hint: "name the role: roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: …}"
            )
        }
        let fields = try reference.fields("roleRef")
        let roleKind = try required("kind", of: fields, reference, "roleRef")
        let roleName = try required("name", of: fields, reference, "roleRef")
        guard kind == .roleBinding || roleKind != "Role" else {
            throw reference.error(
                "a ClusterRoleBinding cannot refer to a Role",
                hint: "make the role a ClusterRole, or the binding a RoleBinding in the role's namespace"
            )
        }
        var subjects: [Subject] = []
        var ranges: [SourceRange] = []
        for item in try object.value("subjects")?.items("subjects") ?? [] {
            let what = "subjects[\(subjects.count)]"
            let subject = try item.fields(what)
            subjects.append(
                Subject(
                    kind: try required("kind", of: subject, item, what),
                    apiGroup: try subject.optionalString("apiGroup") ?? "",
                    name: try required("name", of: subject, item, what),
                    namespace: try subject.optionalString("namespace") ?? ""
                )
            )
            ranges.append(item.range)
        }
        objects.bindings.append(
            BindingManifest(
                identity: identity,
                kind: kind,
                roleRef: RoleRef(
                    apiGroup: try fields.optionalString("apiGroup") ?? "rbac.authorization.k8s.io",
                    kind: roleKind,
                    name: roleName
                ),
                subjects: subjects,
                range: document.range,
                nameRange: name,
                roleRefRange: reference.range,
                subjectRanges: ranges
            )
        )
    }

    // MARK: - Workloads

    private mutating func readWorkload(
        _ object: Node.Mapping,
        _ document: Node,
        _ apiVersion: String,
        _ kind: String
    ) throws(InputError) {
        let (identity, _) = try identity(of: object, document, apiVersion, kind)
        var node = object.value("spec")
        let path = kind == "CronJob" ? ["jobTemplate", "spec", "template", "spec"] : ["template", "spec"]
        for key in path { node = try node?.fields("spec").value(key) }
        let pod = try node?.fields("spec")
        let current = try pod?.optionalString("serviceAccountName") ?? ""
        let deprecated = try pod?.optionalString("serviceAccount") ?? ""
        let account = current.isEmpty ? deprecated : current
        objects.workloads.append(
            WorkloadManifest(
                identity: identity,
                serviceAccountName: account.isEmpty ? "default" : account,
                range: document.range
            )
        )
    }

    // MARK: - What all objects have

    private func identity(
        of object: Node.Mapping,
        _ document: Node,
        _ apiVersion: String,
        _ kind: String
    ) throws(InputError) -> (ObjectIdentity, SourceRange) {
        guard let metadata = try object.value("metadata")?.fields("metadata"), let node = metadata.value("name") else {
            throw document.error("the \(kind) has no `metadata.name`", hint: "give it a name")
        }
        let name = try node.string("metadata.name")
        let isClusterScoped = ["ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition"].contains(kind)
        let namespace = isClusterScoped ? "" : try metadata.optionalString("namespace") ?? ""
        let identity = ObjectIdentity(
            apiVersion: apiVersion,
            kind: kind,
            name: name,
            namespace: namespace,
            nameInFile: name
        )
        return (identity, node.range)
    }

    private func required(
        _ key: String,
        of mapping: Node.Mapping,
        _ node: Node,
        _ what: String
    ) throws(InputError) -> String {
        guard let text = try mapping.optionalString(key), !text.isEmpty else {
            throw node.error("`\(what)` has no `\(key)`", hint: "add it")
        }
        return text
    }

    private mutating func warnAboutOldVersion(_ apiVersion: String, _ object: Node.Mapping, _ document: Node) {
        guard apiVersion != "rbac.authorization.k8s.io/v1" else { return }
        objects.warnings.append(
            ManifestWarning(
                message: "`\(apiVersion)` is not served since Kubernetes 1.22; read as rbac.authorization.k8s.io/v1",
                range: object["apiVersion"]?.range ?? document.range
            )
        )
    }
}

/// Reads a CustomResourceDefinition, `v1` or `v1beta1`.
private struct CRDReader {
    let object: Node.Mapping
    let document: Node

    func crd(_ apiVersion: String) throws(InputError) -> CRDManifest {
        guard let spec = try object.value("spec")?.fields("spec"),
            let names = try spec.value("names")?.fields("spec.names"),
            let group = try spec.optionalString("group"), let plural = try names.optionalString("plural"),
            let kind = try names.optionalString("kind")
        else {
            throw document.error(
                "the CustomResourceDefinition lacks `spec.group`, `spec.names.plural` or `spec.names.kind`",
                hint: "run `make manifests` to write it anew"
            )
        }
        let name = try object.value("metadata")?.fields("metadata").optionalString("name") ?? "\(plural).\(group)"
        let topSchema = try spec.value("validation")?.fields("validation").value("openAPIV3Schema") != nil
        let topSubresources = try subresources(spec)
        var versions: [CRDManifest.Version] = []
        for item in try spec.value("versions")?.items("spec.versions") ?? [] {
            let version = try item.fields("spec.versions")
            let own = try version.value("schema")?.fields("schema").value("openAPIV3Schema") != nil
            versions.append(
                CRDManifest.Version(
                    name: try version.optionalString("name") ?? "",
                    isServed: try version.value("served")?.boolean("served") ?? false,
                    hasSchema: own || topSchema,
                    subresources: try subresources(version) + topSubresources
                )
            )
        }
        if versions.isEmpty, let version = try spec.optionalString("version") {
            versions = [
                CRDManifest.Version(name: version, isServed: true, hasSchema: topSchema, subresources: topSubresources)
            ]
        }
        return CRDManifest(
            identity: ObjectIdentity(
                apiVersion: apiVersion,
                kind: "CustomResourceDefinition",
                name: name,
                namespace: "",
                nameInFile: name
            ),
            group: group,
            plural: plural,
            singular: try names.optionalString("singular") ?? kind.lowercased(),
            kind: kind,
            shortNames: try names.strings("shortNames").map(\.text),
            isNamespaced: try spec.optionalString("scope") != "Cluster",
            versions: versions,
            range: document.range,
            apiVersionRange: object["apiVersion"]?.range ?? document.range
        )
    }

    private func subresources(_ mapping: Node.Mapping) throws(InputError) -> [String] {
        guard let node = mapping["subresources"], case .mapping(let fields) = node else { return [] }
        return fields.entries.filter { !$0.value.isNull }.map(\.key.text)
    }
}
