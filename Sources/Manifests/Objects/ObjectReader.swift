import RBAC
import Syntax

/// Turns documents into objects. What has no bearing on permissions keeps its name only.
struct ObjectReader {
    /// Whether the user named this file, rather than a folder that it lies in: a folder may hold what is no object.
    let isNamed: Bool
    private(set) var objects: [LoadedObject] = []
    private(set) var warnings: [ManifestWarning] = []

    static let rbacGroup = "rbac.authorization.k8s.io"

    init(isNamed: Bool) { self.isNamed = isNamed }

    /// Reads every object of a document; lists (`List`, `RoleList`, …) are opened.
    ///
    /// - Throws: `InputError` at the place of what the API server would not take for an object of its kind.
    mutating func read(_ document: Node) throws(InputError) { try read(document, inherited: nil) }

    /// - Parameter inherited: what a typed list says of its items, which may leave it out.
    private mutating func read(_ document: Node, inherited: (apiVersion: String, kind: String)?) throws(InputError) {
        guard case .mapping(let object) = document else {
            if !isNamed { return }
            throw document.error(
                "a Kubernetes object is a mapping, and this is \(document.kindName)",
                hint: "it starts with `apiVersion:` and `kind:`"
            )
        }
        guard let kindNode = object.value("kind") ?? inherited.map({ _ in document }) else {
            // A folder holds what is no object, too (`Chart.yaml`, `values.yaml`); a role without its kind is none of it.
            if !isNamed, !Self.looksLikeRBAC(object) { return }
            throw document.error(
                "the object has no `kind`",
                hint: "add `apiVersion:` and `kind:`; or is this no Kubernetes object?"
            )
        }
        let kind = try object.value("kind")?.text("kind") ?? inherited?.kind ?? ""
        let apiVersion = try object.value("apiVersion")?.text("apiVersion") ?? inherited?.apiVersion ?? ""
        if kind.hasSuffix("List"), kind == "List" || object.value("metadata")?.mapping?["name"] == nil,
            let items = object["items"]
        {
            try readList(items, apiVersion: apiVersion, kind: kind)
            return
        }
        let header = ObjectHeader(node: document, object: object, apiVersion: apiVersion, kind: kind)
        try read(header, kindNode)
    }

    private mutating func readList(_ items: Node, apiVersion: String, kind: String) throws(InputError) {
        if items.isNull { return }
        let itemKind = String(kind.dropLast(4))
        let inherited = itemKind.isEmpty ? nil : (apiVersion, itemKind)
        for item in try items.items("items") { try read(item, inherited: inherited) }
    }

    private mutating func read(_ header: ObjectHeader, _ kindNode: Node) throws(InputError) {
        switch (header.group, header.kind) {
        case (Self.rbacGroup, "Role"), (Self.rbacGroup, "ClusterRole"):
            try checkVersion(of: header)
            var reader = RoleReader(header: header)
            let role = try reader.role()
            warnings += reader.warnings
            add(role.identity, .role(role), header)
        case (Self.rbacGroup, "RoleBinding"), (Self.rbacGroup, "ClusterRoleBinding"):
            try checkVersion(of: header)
            var reader = BindingReader(header: header)
            let binding = try reader.binding()
            warnings += reader.warnings
            add(binding.identity, .binding(binding), header)
        case ("", "ServiceAccount"):
            add(try header.identity(), .serviceAccount, header)
        case ("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("batch", "Job"),
            ("batch", "CronJob"), ("extensions", "Deployment"), ("extensions", "DaemonSet"):
            let account = try WorkloadReader(header: header).account()
            add(
                try header.identity(),
                .workload(serviceAccountName: account.name, isAccountNamed: account.isRenamed),
                header
            )
        case ("apiextensions.k8s.io", "CustomResourceDefinition"):
            if let crd = try CRDReader(header: header).crd() {
                add(crd.identity, .crd(crd), header)
            } else {
                warnings.append(
                    ManifestWarning(
                        message: "this CustomResourceDefinition lacks `spec.group` or `spec.names`, and was not read",
                        range: header.node.range
                    )
                )
                addOther(header)
            }
        case (_, "Role"), (_, "ClusterRole"), (_, "RoleBinding"), (_, "ClusterRoleBinding"):
            // Other groups have kinds of these names, too (OpenShift's); a slip of the pen is no such group.
            guard !header.group.isEmpty, !header.group.contains("rbac"), header.group.contains(".") else {
                throw header.versionError(kindNode)
            }
            addOther(header)
        default:
            addOther(header)
        }
    }

    private mutating func add(_ identity: ObjectIdentity, _ content: LoadedObject.Content, _ header: ObjectHeader) {
        objects.append(LoadedObject(identity: identity, content: content, range: header.node.range))
    }

    /// Of what is skipped only the name matters, so that nothing else of it is checked.
    private mutating func addOther(_ header: ObjectHeader) {
        let metadata = header.object.value("metadata")?.mapping
        let name = metadata?.value("name")?.scalar?.text ?? ""
        let identity = ObjectIdentity(
            apiVersion: header.apiVersion,
            kind: header.kind,
            name: name,
            namespace: metadata?.value("namespace")?.scalar?.text ?? "",
            nameInFile: name
        )
        add(identity, .other, header)
    }

    private static func looksLikeRBAC(_ object: Node.Mapping) -> Bool {
        ["rules", "roleRef", "subjects", "aggregationRule"].contains { object[$0] != nil }
    }

    private mutating func checkVersion(of header: ObjectHeader) throws(InputError) {
        switch header.apiVersion.split(separator: "/").last {
        case "v1": return
        case "v1beta1", "v1alpha1":
            warnings.append(
                ManifestWarning(
                    message: "`\(header.apiVersion)` is not served since Kubernetes 1.22; read as \(Self.rbacGroup)/v1",
                    range: header.object["apiVersion"]?.range ?? header.node.range
                )
            )
        default:
            throw header.versionError(header.node)
        }
    }
}

/// An object's mapping with what it says it is.
struct ObjectHeader {
    let node: Node
    let object: Node.Mapping
    let apiVersion: String
    let kind: String

    /// The API group; empty for the core group, and where `apiVersion` is missing.
    var group: String {
        let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : ""
    }

    /// The name in the file and its place; `generateName` stands in where the cluster is to choose one.
    func name() throws(InputError) -> (text: String, range: SourceRange) {
        let metadata = try object.value("metadata")?.fields("metadata")
        if let name = metadata?.value("name") { return (try name.text("metadata.name"), name.range) }
        if let name = metadata?.value("generateName") { return (try name.text("metadata.generateName"), name.range) }
        throw node.error("the \(kind) has no `metadata.name`", hint: "give it a name")
    }

    func identity() throws(InputError) -> ObjectIdentity {
        let name = try name().text
        let metadata = try object.value("metadata")?.fields("metadata")
        let isClusterScoped = LoadedObject.clusterScopedKinds.contains(kind)
        return ObjectIdentity(
            apiVersion: apiVersion,
            kind: kind,
            name: name,
            namespace: isClusterScoped ? "" : try metadata?.value("namespace")?.text("metadata.namespace") ?? "",
            nameInFile: name
        )
    }

    func versionError(_ place: Node) -> InputError {
        (object.value("apiVersion") ?? place).error(
            apiVersion.isEmpty ? "the \(kind) has no `apiVersion`" : "there is no \(kind) in `\(apiVersion)`",
            hint: "write apiVersion: \(ObjectReader.rbacGroup)/v1"
        )
    }

    /// Warnings about fields that the API server does not know: it refuses the object, or leaves them out.
    func unknownFields(of mapping: Node.Mapping, known: [String], in what: String) -> [ManifestWarning] {
        mapping.entries.filter { !known.contains($0.key.text) }.map { entry in
            ManifestWarning(
                message: "\(what) has no field `\(entry.key.text)`; the API server refuses it or leaves it out",
                range: entry.key.range
            )
        }
    }
}

extension Node {
    /// A text that is no template of Helm.
    ///
    /// - Throws: `InputError` for another type, and for `{{ … }}`, which stands for a text that only Helm knows.
    func text(_ what: String) throws(InputError) -> String {
        let text = try string(what)
        guard text.utf8.contains(UInt8(ascii: "{")), text.contains("{{") else { return text }
        throw error(
            "this is a Helm template: `\(what)` holds `{{`",
            hint: "render it first: helm template RELEASE CHART | swiftop-rbac check -r -"
        )
    }
}

extension Node.Mapping {
    /// A list of texts that are no templates, with their places. Of an empty list, no text and the list's own place.
    func texts(_ key: String) throws(InputError) -> (texts: [String], ranges: [SourceRange]) {
        guard let node = value(key) else { return ([], []) }
        var texts: [String] = []
        var ranges: [SourceRange] = []
        for item in try node.items(key) {
            texts.append(item.isNull ? "" : try item.text("\(key)[\(texts.count)]"))
            ranges.append(item.range)
        }
        return (texts, ranges.isEmpty ? [node.range] : ranges)
    }
}
