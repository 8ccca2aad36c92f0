import RBAC
import Syntax

/// Reads a `RoleBinding` or a `ClusterRoleBinding`. Kubernetes: `rbac/v1/types.go`.
struct BindingReader {
    let header: ObjectHeader
    private(set) var warnings: [ManifestWarning] = []

    init(header: ObjectHeader) { self.header = header }

    mutating func binding() throws(InputError) -> BindingManifest {
        let identity = try header.identity()
        let name = try header.name()
        let known = ["apiVersion", "kind", "metadata", "roleRef", "subjects"]
        warnings += header.unknownFields(of: header.object, known: known, in: "a \(header.kind)")
        let (roleRef, roleRefRange) = try roleRef(of: identity)
        var subjects: [Subject] = []
        var ranges: [SourceRange] = []
        for item in try header.object.value("subjects")?.items("subjects") ?? [] {
            subjects.append(try subject(item, "subjects[\(subjects.count)]"))
            ranges.append(item.range)
        }
        return BindingManifest(
            identity: identity,
            kind: header.kind == "RoleBinding" ? .roleBinding : .clusterRoleBinding,
            roleRef: roleRef,
            subjects: subjects,
            range: header.node.range,
            nameRange: name.range,
            roleRefRange: roleRefRange,
            subjectRanges: ranges
        )
    }

    private mutating func roleRef(of identity: ObjectIdentity) throws(InputError) -> (RoleRef, SourceRange) {
        guard let node = header.object.value("roleRef") else {
            throw header.node.error(
                "the \(header.kind) `\(identity.name)` has no `roleRef`",
                hint: "name the role: roleRef: {apiGroup: \(ObjectReader.rbacGroup), kind: ClusterRole, name: …}"
            )
        }
        let fields = try node.fields("roleRef")
        warnings += header.unknownFields(of: fields, known: ["apiGroup", "kind", "name"], in: "`roleRef`")
        let reference = RoleRef(
            apiGroup: try fields.value("apiGroup")?.text("roleRef.apiGroup") ?? ObjectReader.rbacGroup,
            kind: try required("kind", of: fields, node, "roleRef"),
            name: try required("name", of: fields, node, "roleRef")
        )
        guard header.kind == "RoleBinding" || reference.kind != "Role" else {
            throw node.error(
                "a ClusterRoleBinding cannot refer to a Role",
                hint: "make the role a ClusterRole, or the binding a RoleBinding in the role's namespace"
            )
        }
        return (reference, node.range)
    }

    private mutating func subject(_ node: Node, _ what: String) throws(InputError) -> Subject {
        let fields = try node.fields(what)
        warnings += header.unknownFields(of: fields, known: ["apiGroup", "kind", "name", "namespace"], in: "a subject")
        return Subject(
            kind: try required("kind", of: fields, node, what),
            apiGroup: try fields.value("apiGroup")?.text("\(what).apiGroup") ?? "",
            name: try required("name", of: fields, node, what),
            namespace: try fields.value("namespace")?.text("\(what).namespace") ?? ""
        )
    }

    private func required(
        _ key: String,
        of mapping: Node.Mapping,
        _ node: Node,
        _ what: String
    ) throws(InputError) -> String {
        guard let text = try mapping.value(key)?.text("\(what).\(key)"), !text.isEmpty else {
            throw node.error("`\(what)` has no `\(key)`", hint: "add it")
        }
        return text
    }
}
