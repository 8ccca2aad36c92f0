import RBAC
package import Syntax

/// `--need 'VERB[,VERB] RESOURCE[.GROUP][/SUB] [-n NS] [NAME]'`: a requirement without a trace.
package enum NeedExpression {
    /// - Throws: `InputError` that shows the form.
    package static func parse(_ text: String, defaultNamespace: String = "") throws(InputError) -> [Requirement] {
        var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        var namespace = defaultNamespace
        if let flag = words.firstIndex(where: { $0 == "-n" || $0 == "--namespace" }) {
            guard flag + 1 < words.count else { throw error("`\(words[flag])` has no namespace behind it") }
            namespace = words[flag + 1]
            words.removeSubrange(flag...(flag + 1))
        }
        guard words.count == 2 || words.count == 3 else { throw error("`\(text)` has no verb and resource") }
        if let unknown = words.first(where: { $0.hasPrefix("-") }) { throw error("`\(unknown)` is not known here") }
        let verbs = words[0].split(separator: ",").map(String.init)
        let origin = "--need '\(text)'"
        if words[1].hasPrefix("/") {
            guard words.count == 2 else { throw error("a path has no name behind it") }
            return verbs.map {
                Requirement(
                    key: .init(attributes: RequestAttributes(verb: $0, nonResourceURL: words[1])),
                    origins: [origin]
                )
            }
        }
        let reference = ResourceReference(words[1])
        guard !reference.resource.isEmpty else { throw error("`\(words[1])` names no resource") }
        return verbs.map { verb in
            let attributes = RequestAttributes(
                verb: verb,
                group: reference.group,
                resource: reference.resource,
                subresource: reference.subresource,
                namespace: namespace,
                name: words.count == 3 ? words[2] : ""
            )
            return Requirement(key: .init(attributes: attributes), origins: [origin])
        }
    }

    private static func error(_ message: String) -> InputError {
        InputError(
            file: "--need",
            message: message,
            hint: "write it so: --need 'list,watch deployments.apps/status -n demo'"
        )
    }
}

/// `RESOURCE[.GROUP][/SUB]`, as kubectl writes it; the subresource may also stand before the group.
struct ResourceReference: Hashable {
    var resource: String
    var group: String
    var subresource: String

    init(_ text: String) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let head = halves[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        resource = String(head[0])
        group = head.count > 1 ? String(head[1]) : ""
        subresource = halves.count > 1 ? String(halves[1]) : ""
        if group.isEmpty, let dot = subresource.firstIndex(of: ".") {
            group = String(subresource[subresource.index(after: dot)...])
            subresource = String(subresource[..<dot])
        }
    }
}
