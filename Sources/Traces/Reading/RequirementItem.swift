import RBAC
import Syntax

/// One entry of a hand-written list of requirements: every combination of its lists is one.
struct RequirementItem {
    /// More combinations than this are a mistake, or an attack.
    private static let maximumCombinations = 100_000

    let node: Node
    private let verbs: [String]
    private let groups: [String]
    private let resources: [String]
    private let urls: [String]
    private let namespaces: [String]
    private let names: [String]
    private let hasManyNames: Bool
    private let hasManyNamespaces: Bool
    private let user: String?
    private let version: String
    private let implied: String?
    let level: Requirement.Level
    let isCached: Bool
    /// Why it is required, in a few words.
    let reason: String?
    /// Any one of the requirements with the same word is enough, for each verb and namespace.
    let alternative: String?

    /// - Throws: `InputError` at the part that has a wrong shape.
    init(_ node: Node) throws(InputError) {
        self.node = node
        let fields = try node.fields("requirements")
        let reader = FieldReader(fields: fields)
        verbs = try reader.texts("verbs", or: "verb") ?? []
        guard !verbs.isEmpty else { throw node.error("the requirement has no `verbs`", hint: "add them: verbs: [get]") }
        urls = try reader.texts("nonResourceURLs", or: "nonResourceURL") ?? []
        let resources = try reader.texts("resources", or: "resource") ?? []
        self.resources = resources.filter { !$0.isEmpty }
        guard urls.isEmpty != self.resources.isEmpty else {
            throw node.error(
                "the requirement needs either `resources` or `nonResourceURLs`",
                hint: "write resources: [pods], or nonResourceURLs: [/metrics]"
            )
        }
        groups = try reader.texts("groups", or: "group") ?? [""]
        (namespaces, hasManyNamespaces) = try reader.scope("namespaces", or: "namespace")
        (names, hasManyNames) = try reader.scope("names", or: "name")
        user = try fields.optionalString("user")
        version = try fields.optionalString("version") ?? ""
        implied = try fields.optionalString("implied")
        level = try reader.level()
        isCached = try fields.value("cached")?.boolean("cached") ?? false
        reason = try fields.optionalString("reason")
        alternative = try fields.optionalString("anyOf")
    }

    /// Whether the item says where it applies.
    var hasNamespaces: Bool { !namespaces.isEmpty }

    /// Every combination, in the order of the lists.
    func requirements() throws(InputError) -> [Requirement] {
        let counts = [groups, resources, namespaces, names, verbs].map { max(1, $0.count) } + [max(1, urls.count)]
        let product = counts.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        guard counts.allSatisfy({ $0 <= Self.maximumCombinations }), product <= Self.maximumCombinations else {
            throw node.error(
                "the requirement stands for more than \(Self.maximumCombinations) calls",
                hint: "shorten its lists; leave `names` out for any name"
            )
        }
        return attributes.map { attributes in
            Requirement(
                key: Requirement.Key(
                    attributes: attributes,
                    hasManyNames: hasManyNames,
                    hasManyNamespaces: hasManyNamespaces,
                    user: user
                ),
                level: level,
                implied: implied,
                origins: ["\(node.range.file):\(node.range.start.line)"],
                isCached: isCached,
                alternative: alternative.map { "\($0) \(attributes.verb) \(attributes.namespace)" }
            )
        }
    }

    private var attributes: [RequestAttributes] {
        var result = urls.flatMap { url in verbs.map { RequestAttributes(verb: $0, nonResourceURL: url) } }
        for group in groups {
            for resource in resources {
                for namespace in namespaces.isEmpty ? [""] : namespaces {
                    for name in names.isEmpty ? [""] : names {
                        result += verbs.map { verb in
                            var attributes = RequestAttributes(
                                verb: verb,
                                group: group,
                                version: version,
                                resource: resource,
                                namespace: namespace,
                                name: name
                            )
                            attributes.splitResource()
                            return attributes
                        }
                    }
                }
            }
        }
        return result
    }
}

/// Reads the members of an item, each as a list (`verbs`) or, as reports print it, as one text (`verb`).
private struct FieldReader {
    let fields: Node.Mapping

    /// `nil` where neither is there.
    func texts(_ plural: String, or singular: String) throws(InputError) -> [String]? {
        if fields.value(plural) != nil { return try fields.strings(plural).map(\.text) }
        return try fields.optionalString(singular).map { [$0] }
    }

    /// A list of namespaces or names; `*` and an empty text stand for all of them, `many` for more than are listed.
    func scope(_ plural: String, or singular: String) throws(InputError) -> (texts: [String], isMany: Bool) {
        if let node = fields.value(plural), case .scalar = node {
            guard try node.string(plural) == "many" else {
                throw node.error("`\(plural)` is a list, or `many`", hint: "write a list: [a, b]")
            }
            return ([], true)
        }
        let texts = try texts(plural, or: singular) ?? []
        return (texts.map { $0 == "*" && plural == "namespaces" ? "" : $0 }, false)
    }

    func level() throws(InputError) -> Requirement.Level {
        guard let node = fields.value("level") else { return .required }
        guard let level = Requirement.Level(rawValue: try node.string("level")) else {
            throw node.error("`level` is `required` or `usual`", hint: "write one of them")
        }
        return level
    }
}
