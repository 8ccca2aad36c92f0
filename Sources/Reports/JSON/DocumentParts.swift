import Diagnosis
import RBAC
import Syntax
import Traces

/// The parts that several documents share; each is an object of section 5 of the contract.
enum DocumentParts {
    static let apiVersion = "swiftop.dev/v1"

    /// The first members of every document.
    static func head(kind: String, tool: Tool? = nil) -> [Member] {
        var members = [
            Member("apiVersion", .string(apiVersion)),
            Member("kind", .string(kind)),
        ]
        if let tool {
            let value: JSONValue = ["name": .string(tool.name), "version": .string(tool.version)]
            members.append(Member("tool", value))
        }
        return members
    }

    /// A requirement from `verb` to `implied`.
    ///
    /// `names` and `namespaces` are there only where more were seen than are kept apart; `name` and `namespace` are empty
    /// then, which alone would read as "no name".
    static func attributes(of requirement: Requirement) -> [Member] {
        let attributes = requirement.attributes
        var members = [
            Member("verb", .string(attributes.verb)),
            Member("group", .string(attributes.group)),
            Member("version", .string(attributes.version)),
            Member("resource", .string(attributes.resource)),
            Member("subresource", .string(attributes.subresource)),
            Member("namespace", .string(attributes.namespace)),
            Member("name", .string(attributes.name)),
            Member("nonResourceURL", .optional(attributes.nonResourceURL)),
            Member("implied", .optional(requirement.implied)),
        ]
        if requirement.key.hasManyNames { members.append(Member("names", "many")) }
        if requirement.key.hasManyNamespaces { members.append(Member("namespaces", "many")) }
        return members
    }

    /// A rule as `rbac/v1` writes it: lists that do not apply are left out, `verbs` never.
    static func ruleMembers(_ rule: PolicyRule) -> [Member] {
        let lists = [
            ("apiGroups", rule.apiGroups), ("resources", rule.resources), ("resourceNames", rule.resourceNames),
            ("nonResourceURLs", rule.nonResourceURLs),
        ]
        return lists.filter { !$0.1.isEmpty }.map { Member($0.0, .strings($0.1)) }
            + [Member("verbs", .strings(rule.verbs))]
    }

    static func remedy(_ remedy: Remedy?) -> JSONValue {
        guard let remedy else { return .null }
        return [
            "summary": .string(remedy.summary),
            "rules": .array(remedy.rules.map { .object(ruleMembers($0)) }),
            "markers": .strings(remedy.markers), "commands": .strings(remedy.commands),
        ]
    }

    static func locations(_ locations: [FindingLocation]) -> JSONValue {
        .array(
            locations.map(\.range).map { range in
                [
                    "file": .string(range.file), "line": .integer(range.start.line),
                    "column": .integer(range.start.column), "endLine": .integer(range.lastLine),
                ]
            }
        )
    }

    static func errors(_ failures: [CheckReport.Failure]) -> JSONValue {
        .array(failures.map { ["stage": .string($0.stage.rawValue), "message": .string($0.message)] })
    }

    static func server(_ server: CheckReport.Server?) -> JSONValue {
        guard let server else { return .null }
        return ["url": .string(server.url), "version": .optional(server.version)]
    }

    static func identities(_ identities: [CheckReport.Identity]) -> JSONValue {
        .array(
            identities.map { identity in
                [
                    "role": .string(identity.role.rawValue), "user": .string(identity.user.name),
                    "groups": .strings(identity.user.groups), "via": .string(identity.via.rawValue),
                ]
            }
        )
    }
}

extension SourceRange {
    /// The last line that has a character in the range. A range that ends at the start of a line does not touch it.
    var lastLine: Int {
        guard end.line > start.line else { return start.line }
        return end.column <= 1 ? end.line - 1 : end.line
    }
}
