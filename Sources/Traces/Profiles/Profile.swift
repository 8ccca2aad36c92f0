import RBAC
package import Syntax

/// What something is known to call, parameterised by a resource: `for=myapps.example.com`.
///
/// Written in YAML, kind `PermissionProfile`; `profiles/README.md` describes the form.
package struct Profile: Sendable {
    package let name: String
    /// One line.
    package let summary: String
    /// What the parameter is, or `nil` where the profile takes none.
    package let parameter: String?
    private let items: [RequirementItem]
    private let file: String

    /// Where a profile's requirements apply.
    package struct Scope: Sendable {
        /// Namespaces of the informers; empty watches all.
        package var watchNamespaces: [String]
        /// `nil` where it is not known: then all namespaces are asked for, which is never too little.
        package var operatorNamespace: String?
        /// Finds the group of a resource that is named without one, and whether it lives in namespaces.
        package var lookup: ResourceLookup

        package init(
            watchNamespaces: [String] = [],
            operatorNamespace: String? = nil,
            lookup: ResourceLookup = ResourceLookup()
        ) {
            self.watchNamespaces = watchNamespaces
            self.operatorNamespace = operatorNamespace
            self.lookup = lookup
        }
    }

    /// - Throws: `InputError` at what is no profile.
    package init(yaml bytes: [UInt8], file: String) throws(InputError) {
        let documents = try YAMLParser.documents(bytes, file: file)
        guard let node = documents.first else {
            throw InputError(file: file, message: "the profile is empty", hint: "write its requirements")
        }
        if documents.count > 1 {
            throw documents[1].error("a second document follows", hint: "a file holds one profile")
        }
        let document = try RequirementDocument(node)
        guard document.kind == .profile else {
            throw node.error("this is a trace, not a profile", hint: "name it with -t")
        }
        let metadata = try document.fields.value("metadata")?.fields("metadata")
        name = try metadata?.optionalString("name") ?? file
        summary = try document.fields.optionalString("summary") ?? ""
        parameter = try document.fields.optionalString("parameter")
        items = document.items
        self.file = file
    }

    /// The requirements, for a resource where the profile takes one.
    ///
    /// - Parameters:
    ///   - reference: `RESOURCE[.GROUP]`.
    ///   - argument: the value of `-p` as the user wrote it, for origins: `for=myapps.example.com`.
    /// - Throws: `InputError` where a parameter is missing or too much, or a placeholder is not known.
    package func requirements(
        for reference: String?,
        as argument: String,
        in scope: Scope
    ) throws(InputError) -> [Requirement] {
        if let parameter, reference == nil {
            throw Self.error("`\(name)` needs \(parameter)", hint: "write it so: -p \(argument)=myapps.example.com")
        }
        if parameter == nil, reference != nil {
            throw Self.error("`\(name)` takes no resource", hint: "leave out what follows the `=`")
        }
        var target: (resource: String, group: String)?
        if let reference {
            let resource = try ResourceReference(reference, flag: Self.flag)
            guard resource.subresource.isEmpty else {
                throw Self.error("`\(reference)` is a subresource", hint: "name the resource that it belongs to")
            }
            target = try resource.resolved(scope.lookup, flag: Self.flag)
        }
        var result: [Requirement] = []
        for item in items {
            for requirement in try item.requirements() {
                var requirement = requirement
                requirement.origins = ["profile \(argument)\(item.reason.map { " (\($0))" } ?? "")"]
                try fill(&requirement.key.attributes, target, item)
                result += placed(requirement, item, scope)
            }
        }
        return result
    }

    private static let flag = "--profile"

    private static func error(_ message: String, hint: String) -> InputError {
        InputError(file: flag, message: message, hint: hint)
    }

    /// Puts the parameter in the place of `$resource` and `$group`.
    private func fill(
        _ attributes: inout RequestAttributes,
        _ target: (resource: String, group: String)?,
        _ item: RequirementItem
    ) throws(InputError) {
        if let target {
            if attributes.resource == "$resource" { attributes.resource = target.resource }
            if attributes.group == "$group" { attributes.group = target.group }
        }
        let texts = [attributes.resource, attributes.group, attributes.subresource, attributes.name, attributes.verb]
        if let unknown = texts.first(where: { $0.hasPrefix("$") }) {
            throw item.node.error(
                "`\(unknown)` stands for nothing here",
                hint: "$resource and $group stand for the resource of a profile that has a `parameter`"
            )
        }
        let place = attributes.namespace
        if place.hasPrefix("$"), !["$operatorNamespace", "$cluster"].contains(place) {
            throw item.node.error(
                "`\(place)` is no namespace",
                hint: "write $operatorNamespace, $cluster, \"*\", or leave `namespaces` out for those that are watched"
            )
        }
    }

    /// The requirement in each namespace that it stands for.
    private func placed(_ requirement: Requirement, _ item: RequirementItem, _ scope: Scope) -> [Requirement] {
        let attributes = requirement.attributes
        guard attributes.isResourceRequest else { return [requirement] }
        let namespaces: [String]
        switch attributes.namespace {
        case "$operatorNamespace": namespaces = [scope.operatorNamespace ?? ""]
        case "$cluster": namespaces = [""]
        case "" where !item.hasNamespaces && !scope.watchNamespaces.isEmpty:
            let isNamespaced = scope.lookup.isNamespaced(attributes.resource, attributes.group) ?? true
            namespaces = isNamespaced ? scope.watchNamespaces : [""]
        default: return [requirement]
        }
        return namespaces.map { namespace in
            var copy = requirement
            copy.key.attributes.namespace = namespace
            copy.alternative = item.alternative.map { "\($0) \(attributes.verb) \(namespace)" }
            return copy
        }
    }
}
