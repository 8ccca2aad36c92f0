import Diagnosis
import RBAC

/// Generated roles as a `List`, which `kubectl apply` and `check -r` take; markers as a list of texts.
enum GeneratedDocument {
    static func value(
        _ generated: GeneratedRoles?,
        _ options: GeneratedOptions,
        failures: [CheckReport.Failure]
    ) -> JSONValue {
        var members: [Member]
        if options.asMarkers {
            members = DocumentParts.head(kind: "MarkerList")
            members.append(Member("markers", .strings(generated?.markers ?? [])))
        } else {
            members = [Member("apiVersion", "v1"), Member("kind", "List")]
            members.append(Member("items", .array(generated.map { items($0, options) } ?? [])))
        }
        if !failures.isEmpty { members.append(Member("errors", DocumentParts.errors(failures))) }
        return .object(members)
    }

    private static func items(_ generated: GeneratedRoles, _ options: GeneratedOptions) -> [JSONValue] {
        let policy = generated.policy
        var items: [JSONValue] = []
        if options.withBinding, generated.subject.kind == "ServiceAccount", !generated.roles.isEmpty {
            let name = generated.subject
            items.append(object("v1", "ServiceAccount", name.name, name.namespace, []))
        }
        items += policy.roles.map { role in
            let rules = JSONValue.array(role.rules.map { .object(DocumentParts.ruleMembers($0.rule)) })
            return object(apiVersion, role.kind.rawValue, role.name, role.namespace, [Member("rules", rules)])
        }
        if options.withBinding { items += policy.bindings.map(binding) }
        return items
    }

    private static let group = "rbac.authorization.k8s.io"
    private static let apiVersion = "\(group)/v1"

    private static func binding(_ binding: Binding) -> JSONValue {
        let reference: JSONValue = [
            "apiGroup": .string(group), "kind": .string(binding.roleRef.kind), "name": .string(binding.roleRef.name),
        ]
        let subjects = binding.subjects.map { subject in
            var members = [Member("kind", .string(subject.kind))]
            if !subject.apiGroup.isEmpty { members.append(Member("apiGroup", .string(subject.apiGroup))) }
            members.append(Member("name", .string(subject.name)))
            if !subject.namespace.isEmpty { members.append(Member("namespace", .string(subject.namespace))) }
            return JSONValue.object(members)
        }
        return object(
            apiVersion,
            binding.kind.rawValue,
            binding.name,
            binding.namespace,
            [Member("roleRef", reference), Member("subjects", .array(subjects))]
        )
    }

    private static func object(
        _ apiVersion: String,
        _ kind: String,
        _ name: String,
        _ namespace: String,
        _ members: [Member]
    ) -> JSONValue {
        var metadata = [Member("name", .string(name))]
        if !namespace.isEmpty { metadata.append(Member("namespace", .string(namespace))) }
        return .object(
            [
                Member("apiVersion", .string(apiVersion)), Member("kind", .string(kind)),
                Member("metadata", .object(metadata)),
            ] + members
        )
    }
}
