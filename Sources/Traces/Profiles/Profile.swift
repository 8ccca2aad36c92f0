import RBAC
package import Syntax

/// What something is known to call, parameterised by a resource: `for=myapps.example.com`.
///
/// Written in YAML, kind `PermissionProfile`; `profiles/README.md` describes the form. `$resource` and `$group` stand
/// for the parameter, `$operatorNamespace` for where the operator runs, and without `namespaces` a requirement is in
/// the namespaces that the operator watches.
package struct Profile: Sendable {
    package let name: String
    /// One line.
    package let summary: String
    /// What the parameter is, or `nil` where the profile takes none.
    package let parameter: String?
    private let document: Node

    /// Where a profile's requirements apply.
    package struct Scope: Sendable {
        /// Namespaces of the informers; empty watches all.
        package var watchNamespaces: [String]
        /// `nil` where it is not known: then all namespaces are asked for, which is never too little.
        package var operatorNamespace: String?

        package init(watchNamespaces: [String] = [], operatorNamespace: String? = nil) {
            self.watchNamespaces = watchNamespaces
            self.operatorNamespace = operatorNamespace
        }
    }

    /// - Throws: `InputError` at what is no profile.
    package init(yaml bytes: [UInt8], file: String) throws(InputError) {
        guard let document = try YAMLParser.documents(bytes, file: file).first else {
            throw InputError(file: file, message: "the profile is empty", hint: "write its requirements")
        }
        let list = try RequirementDocument.read(document)
        guard list.kind == "PermissionProfile" else {
            throw document.error("this is a trace, not a profile", hint: "name it with -t")
        }
        let fields = try document.fields("profile")
        let metadata = try fields.value("metadata")?.fields("metadata")
        name = try metadata?.optionalString("name") ?? file
        summary = try fields.optionalString("summary") ?? ""
        parameter = try fields.optionalString("parameter")
        self.document = document
    }

    /// The requirements, for a resource where the profile takes one.
    ///
    /// - Parameter reference: `RESOURCE[.GROUP]`.
    /// - Throws: `InputError` where a parameter is missing or too much.
    package func requirements(
        for reference: String?,
        as argument: String,
        in scope: Scope
    ) throws(InputError) -> [Requirement] {
        if let parameter, reference == nil {
            throw InputError(
                file: "--profile",
                message: "`\(name)` needs \(parameter)",
                hint: "write it so: -p \(name)=myapps.example.com"
            )
        }
        if parameter == nil, reference != nil {
            throw InputError(file: "--profile", message: "`\(name)` takes no resource", hint: "write it so: -p \(name)")
        }
        let target = reference.map { ResourceReference($0) }
        var result: [Requirement] = []
        for requirement in try RequirementDocument.read(document).requirements(asOrigin: "") {
            var requirement = requirement
            requirement.origins = ["profile \(argument)\(Self.reason(in: requirement.origins.first ?? ""))"]
            if let target { requirement.key.attributes = substitute(target, in: requirement.attributes) }
            result += placed(requirement, scope)
        }
        return result
    }

    private func substitute(_ target: ResourceReference, in attributes: RequestAttributes) -> RequestAttributes {
        var attributes = attributes
        if attributes.resource == "$resource" { attributes.resource = target.resource }
        if attributes.group == "$group" { attributes.group = target.group }
        return attributes
    }

    /// The requirement in each namespace that it stands for.
    private func placed(_ requirement: Requirement, _ scope: Scope) -> [Requirement] {
        var requirement = requirement
        guard requirement.attributes.isResourceRequest else { return [requirement] }
        switch requirement.attributes.namespace {
        case "$operatorNamespace":
            requirement.key.attributes.namespace = scope.operatorNamespace ?? ""
            return [requirement]
        case "$cluster":
            requirement.key.attributes.namespace = ""
            return [requirement]
        case "" where !scope.watchNamespaces.isEmpty:
            return scope.watchNamespaces.map { namespace in
                var copy = requirement
                copy.key.attributes.namespace = namespace
                return copy
            }
        default: return [requirement]
        }
    }

    private static func reason(in origin: String) -> String {
        origin.firstIndex(of: "(").map { " \(origin[$0...])" } ?? ""
    }
}
