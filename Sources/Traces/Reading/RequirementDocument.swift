import RBAC
import Syntax

/// A `PermissionTrace` or a `PermissionProfile` as people write it.
struct RequirementDocument {
    enum Kind: String {
        case trace = "PermissionTrace"
        case profile = "PermissionProfile"
    }

    let kind: Kind
    let fields: Node.Mapping
    let items: [RequirementItem]

    /// - Throws: `InputError` at what is neither, or has a wrong shape.
    init(_ document: Node) throws(InputError) {
        let forms = RecordKind.forms
        guard case .mapping(let fields) = document, let kindNode = fields.value("kind") else {
            throw document.error("this is neither a trace nor an audit log", hint: forms)
        }
        guard let kind = Kind(rawValue: try kindNode.string("kind")) else {
            throw kindNode.error("a `\(try kindNode.string("kind"))` is no trace", hint: "manifests go to -r; \(forms)")
        }
        let version = try fields.optionalString("apiVersion") ?? ""
        guard version == "swiftop.dev/v1" else {
            throw (fields["apiVersion"] ?? document).error(
                version.isEmpty ? "`apiVersion` is missing" : "`\(version)` is an unknown `apiVersion`",
                hint: "write apiVersion: swiftop.dev/v1, or use the version of this tool that wrote it"
            )
        }
        self.kind = kind
        self.fields = fields
        var items: [RequirementItem] = []
        for node in try fields.value("requirements")?.items("requirements") ?? [] {
            items.append(try RequirementItem(node))
        }
        self.items = items
    }

    /// Those of all items; their origins are file and line.
    func requirements() throws(InputError) -> [Requirement] {
        var result: [Requirement] = []
        for item in items { result += try item.requirements() }
        return result
    }
}
