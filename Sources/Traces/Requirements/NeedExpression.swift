import RBAC
package import Syntax

/// `--need 'VERB[,VERB] RESOURCE[.GROUP][/SUB] [-n NS] [NAME]'` or `'VERB[,VERB] /PATH'`: a requirement without a trace.
package enum NeedExpression {
    private static let flag = "--need"

    /// - Parameters:
    ///   - defaultNamespace: where the text names none; empty for all namespaces.
    ///   - lookup: finds the group of a resource that is named without one.
    /// - Throws: `InputError` that shows the form.
    package static func parse(
        _ text: String,
        defaultNamespace: String = "",
        lookup: ResourceLookup = ResourceLookup()
    ) throws(InputError) -> [Requirement] {
        var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        let namespace = try takeNamespace(&words)
        if let unknown = words.first(where: { $0.hasPrefix("-") }) { throw error("`\(unknown)` is not known here") }
        guard words.count >= 2 else { throw error("`\(text)` needs a verb and a resource") }
        guard words.count <= 3 else { throw error("`\(words[3])` stands after the name") }
        let verbs = words[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard !verbs.contains("") else { throw error("`\(words[0])` has an empty verb") }
        if words[1].hasPrefix("/") {
            guard words.count == 2, namespace == nil else { throw error("a path has no name and no namespace") }
            return verbs.map { requirement(RequestAttributes(verb: $0, nonResourceURL: words[1]), text) }
        }
        let reference = try ResourceReference(words[1], flag: flag)
        let (resource, group) = try reference.resolved(lookup, flag: flag)
        return verbs.map { verb in
            let attributes = RequestAttributes(
                verb: verb,
                group: group,
                resource: resource,
                subresource: reference.subresource,
                namespace: namespace ?? defaultNamespace,
                name: words.count == 3 ? words[2] : ""
            )
            return requirement(attributes, text)
        }
    }

    /// Takes `-n NS`, `-nNS`, `--namespace NS` or `--namespace=NS` out of the words.
    private static func takeNamespace(_ words: inout [String]) throws(InputError) -> String? {
        guard let index = words.firstIndex(where: { $0.hasPrefix("-n") || $0.hasPrefix("--namespace") }) else {
            return nil
        }
        let word = words.remove(at: index)
        var namespace = ""
        if word == "-n" || word == "--namespace" {
            guard index < words.count, !words[index].hasPrefix("-") else {
                throw error("`\(word)` has no namespace behind it")
            }
            namespace = words.remove(at: index)
        } else if word.hasPrefix("--namespace=") {
            namespace = String(word.dropFirst("--namespace=".count))
        } else if !word.hasPrefix("--") {
            namespace = String(word.dropFirst(2).drop { $0 == "=" })
        }
        guard !namespace.isEmpty else { throw error("`\(word)` has no namespace behind it") }
        return namespace
    }

    private static func requirement(_ attributes: RequestAttributes, _ text: String) -> Requirement {
        Requirement(key: .init(attributes: attributes), origins: ["\(flag) '\(text)'"])
    }

    private static func error(_ message: String) -> InputError {
        InputError(
            file: flag,
            message: message,
            hint: "write it so: --need 'list,watch deployments.apps -n demo', or --need 'get /metrics'"
        )
    }
}
