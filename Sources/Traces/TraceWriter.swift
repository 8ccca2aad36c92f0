import RBAC

/// Requirements as JSON Lines, the first spelling of the trace format. The same requirements give the same bytes.
package enum TraceWriter {
    /// The header, then a line each.
    package static func lines(_ requirements: [Requirement], tool: String) -> String {
        var text = "{\"apiVersion\":\"swiftop.dev/v1\",\"kind\":\"PermissionTrace\",\"tool\":\(quoted(tool))}\n"
        for requirement in requirements { text += line(requirement) + "\n" }
        return text
    }

    private static func line(_ requirement: Requirement) -> String {
        let attributes = requirement.attributes
        var members: [(String, String)] = [("verb", quoted(attributes.verb))]
        if let url = attributes.nonResourceURL {
            members.append(("nonResourceURL", quoted(url)))
        } else {
            members += [
                ("group", quoted(attributes.group)), ("version", quoted(attributes.version)),
                ("resource", quoted(attributes.resource)), ("subresource", quoted(attributes.subresource)),
                ("namespace", quoted(attributes.namespace)), ("name", quoted(attributes.name)),
            ]
        }
        if requirement.key.hasManyNames { members.append(("names", quoted("many"))) }
        if requirement.key.hasManyNamespaces { members.append(("namespaces", quoted("many"))) }
        if let user = requirement.key.user { members.append(("user", quoted(user))) }
        if !requirement.statuses.isEmpty {
            let statuses = requirement.statuses.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
            members.append(("statuses", "{\(statuses.joined(separator: ","))}"))
        }
        members.append(("count", "\(requirement.count)"))
        let texts = [
            ("first", requirement.first), ("last", requirement.last), ("implied", requirement.implied),
            ("source", requirement.codeLocation), ("message", requirement.message),
            ("userAgent", requirement.userAgents.min()),
        ]
        for (key, value) in texts { if let value { members.append((key, quoted(value))) } }
        if requirement.level == .usual { members.append(("level", quoted("usual"))) }
        if requirement.isCached { members.append(("cached", "true")) }
        if requirement.isDryRun { members.append(("dryRun", "true")) }
        return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    /// A JSON text; control characters are escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x2028 || scalar.value == 0x2029:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
