import RBAC
import Syntax

/// What of a role or a binding in a request bears on escalation; in JSON, YAML or Kubernetes' protobuf.
struct RBACObject {
    var name = ""
    var rules: [PolicyRule] = []
    var roleKind = ""
    var roleName = ""
    /// Its rules are those of other roles.
    var isAggregated = false
    let isBinding: Bool

    /// `nil` where the bytes are no such object.
    init?(_ bytes: [UInt8], isBinding: Bool) {
        self.isBinding = isBinding
        if ProtobufObject.isOne(bytes) {
            guard let object = ProtobufObject(bytes) else { return nil }
            readProtobuf(object.raw)
            return
        }
        guard let documents = try? YAMLParser.documents(bytes, file: "body"), let object = documents.first?.mapping
        else {
            return nil
        }
        name = object.value("metadata")?.mapping?.text("name") ?? ""
        rules = object.value("rules")?.sequence?.items.compactMap(\.mapping).map(PolicyRule.init(body:)) ?? []
        let aggregation = object.value("aggregationRule")?.mapping?.value("clusterRoleSelectors")?.sequence
        isAggregated = !(aggregation?.items.isEmpty ?? true)
        let reference = object.value("roleRef")?.mapping
        roleKind = reference?.text("kind") ?? ""
        roleName = reference?.text("name") ?? ""
    }

    /// Kubernetes: `rbac/v1/generated.proto`. Rules are field 2 of a role; a binding has its subjects there, and its role
    /// reference in field 3, where a cluster role has its aggregation rule.
    private mutating func readProtobuf(_ raw: ArraySlice<UInt8>) {
        var reader = ProtobufReader(raw)
        while let field = reader.next() {
            guard let bytes = field.bytes else { continue }
            switch field.number {
            case 1:
                var metadata = ProtobufReader(bytes)
                name = metadata.field(1).map { String(decoding: $0, as: UTF8.self) } ?? ""
            case 2 where !isBinding: rules.append(PolicyRule(protobuf: bytes))
            case 3 where !isBinding: isAggregated = !bytes.isEmpty
            case 3:
                let texts = ProtobufReader.texts(bytes)
                roleKind = texts[2]?.first ?? ""
                roleName = texts[3]?.first ?? ""
            default: break
            }
        }
    }
}

extension PolicyRule {
    fileprivate init(body: Node.Mapping) {
        func list(_ key: String) -> [String] { body.value(key)?.sequence?.items.compactMap { $0.scalar?.text } ?? [] }
        self.init(
            verbs: list("verbs"),
            apiGroups: list("apiGroups"),
            resources: list("resources"),
            resourceNames: list("resourceNames"),
            nonResourceURLs: list("nonResourceURLs")
        )
    }

    fileprivate init(protobuf bytes: ArraySlice<UInt8>) {
        let texts = ProtobufReader.texts(bytes)
        self.init(
            verbs: texts[1] ?? [],
            apiGroups: texts[2] ?? [],
            resources: texts[3] ?? [],
            resourceNames: texts[4] ?? [],
            nonResourceURLs: texts[5] ?? []
        )
    }
}

extension Node.Mapping {
    func text(_ key: String) -> String? { value(key)?.scalar?.text }
}
