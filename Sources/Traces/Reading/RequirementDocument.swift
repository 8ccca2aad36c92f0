import RBAC
import Syntax

/// A hand-written `PermissionTrace` or `PermissionProfile`, or the JSON that `trace show` prints.
struct RequirementDocument {
    var kind: String
    private var items: [Node]

    static func read(_ document: Node) throws(InputError) -> RequirementDocument {
        guard case .mapping(let fields) = document, let kindNode = fields.value("kind") else {
            throw document.error(
                "this is neither a trace nor an audit log",
                hint: "a trace is JSON Lines, audit events, or YAML of kind PermissionTrace"
            )
        }
        let kind = try kindNode.string("kind")
        let version = try fields.optionalString("apiVersion") ?? ""
        guard kind == "PermissionTrace" || kind == "PermissionProfile" else {
            throw kindNode.error(
                "`\(kind)` is no trace",
                hint: "manifests go to -r; a trace is JSON Lines, audit events, or YAML of kind PermissionTrace"
            )
        }
        guard version == "swiftop.dev/v1" else {
            throw (fields["apiVersion"] ?? document).error(
                "`apiVersion` is `\(version)`; only swiftop.dev/v1 is known",
                hint: "write apiVersion: swiftop.dev/v1, or use the version of this tool that wrote it"
            )
        }
        return RequirementDocument(
            kind: kind,
            items: try fields.value("requirements")?.items("requirements") ?? []
        )
    }

    /// Every combination that the items stand for.
    func requirements(asOrigin origin: String) throws(InputError) -> [Requirement] {
        var result: [Requirement] = []
        for item in items {
            let fields = try item.fields("requirements")
            let place = "\(origin):\(item.range.start.line)"
            if fields["verb"] != nil {
                result.append(try single(fields, item, place))
            } else {
                result += try combinations(fields, item, place)
            }
        }
        return result
    }

    /// `{groups: […], resources: […], verbs: […]}`.
    private func combinations(_ fields: Node.Mapping, _ item: Node, _ origin: String) throws(InputError) -> [Requirement] {
        let verbs = try fields.strings("verbs").map(\.text)
        guard !verbs.isEmpty else { throw item.error("the requirement has no `verbs`", hint: "add them: verbs: [get]") }
        let urls = try fields.strings("nonResourceURLs").map(\.text)
        let resources = try fields.strings("resources").map(\.text)
        guard urls.isEmpty != resources.isEmpty else {
            throw item.error(
                "the requirement needs either `resources` or `nonResourceURLs`",
                hint: "write resources: [pods], or nonResourceURLs: [/metrics]"
            )
        }
        var attributes = verbs.flatMap { verb in urls.map { RequestAttributes(verb: verb, nonResourceURL: $0) } }
        let groups = try fields.value("groups") == nil ? [""] : fields.strings("groups").map(\.text)
        let namespaces = try fields.strings("namespaces").map { $0.text == "*" ? "" : $0.text }
        let names = try fields.strings("names").map(\.text)
        for group in groups {
            for resource in resources {
                let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
                guard let plain = parts.first else { continue }
                for namespace in namespaces.isEmpty ? [""] : namespaces {
                    for name in names.isEmpty ? [""] : names {
                        attributes += verbs.map { verb in
                            RequestAttributes(
                                verb: verb,
                                group: group,
                                resource: plain,
                                subresource: parts.count > 1 ? parts[1] : "",
                                namespace: namespace,
                                name: name
                            )
                        }
                    }
                }
            }
        }
        let level = try level(fields)
        let isCached = try fields.value("cached")?.boolean("cached") ?? false
        let reason = try fields.optionalString("reason")
        let alternative = try fields.optionalString("anyOf")
        return attributes.map { attributes in
            Requirement(
                key: Requirement.Key(attributes: attributes),
                level: level,
                origins: [reason.map { "\(origin) (\($0))" } ?? origin],
                isCached: isCached,
                alternative: alternative
            )
        }
    }

    private func level(_ fields: Node.Mapping) throws(InputError) -> Requirement.Level {
        guard let node = fields.value("level") else { return .required }
        guard let level = Requirement.Level(rawValue: try node.string("level")) else {
            throw node.error("`level` is `required` or `usual`", hint: "write one of them")
        }
        return level
    }

    /// One object as reports print it.
    private func single(_ fields: Node.Mapping, _ item: Node, _ origin: String) throws(InputError) -> Requirement {
        let verb = try fields.optionalString("verb") ?? ""
        func text(_ key: String) throws(InputError) -> String { try fields.optionalString(key) ?? "" }
        func number(_ key: String) -> Int { fields.value(key)?.scalar.flatMap { Int($0.text) } ?? 0 }
        let attributes: RequestAttributes
        if let url = try fields.optionalString("nonResourceURL") {
            attributes = RequestAttributes(verb: verb, nonResourceURL: url)
        } else {
            let resource = try text("resource")
            guard !resource.isEmpty else {
                throw item.error("the requirement names no `resource`", hint: "add it, or a `nonResourceURL`")
            }
            attributes = RequestAttributes(
                verb: verb,
                group: try text("group"),
                version: try text("version"),
                resource: resource,
                subresource: try text("subresource"),
                namespace: try text("namespace"),
                name: try text("name")
            )
        }
        var requirement = Requirement(
            key: Requirement.Key(
                attributes: attributes,
                hasManyNames: try fields.optionalString("names") == "many",
                hasManyNamespaces: try fields.optionalString("namespaces") == "many",
                user: try fields.optionalString("user")
            ),
            level: try level(fields),
            implied: try fields.optionalString("implied"),
            origins: try fields.strings("origins").map(\.text),
            count: number("count"),
            first: try fields.optionalString("first"),
            last: try fields.optionalString("last"),
            isCached: try fields.value("cached")?.boolean("cached") ?? false,
            isDryRun: try fields.value("dryRun")?.boolean("dryRun") ?? false,
            codeLocation: try fields.optionalString("source")
        )
        for entry in fields.value("statuses")?.mapping?.entries ?? [] {
            if let code = Int(entry.key.text), let count = entry.value.scalar.flatMap({ Int($0.text) }) {
                requirement.statuses[code] = count
            }
        }
        if requirement.origins.isEmpty { requirement.origins = [origin] }
        return requirement
    }
}
