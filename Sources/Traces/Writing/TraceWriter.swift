import RBAC
import Syntax

/// Requirements as JSON Lines, the first spelling of the trace format. The same requirements give the same bytes.
package enum TraceWriter {
    /// The header, then the lines of each requirement; every line ends in a line feed.
    package static func lines(_ requirements: [Requirement], tool: String) -> String {
        var text = header(tool: tool)
        for requirement in requirements { text += lines(of: requirement) }
        return text
    }

    /// The first line of a trace: who recorded it.
    package static func header(tool: String) -> String {
        "{\"apiVersion\":\"swiftop.dev/v1\",\"kind\":\"PermissionTrace\",\"tool\":\(jsonQuoted(tool))}\n"
    }

    /// A line for each HTTP status and for each user agent, since a record has one of either; mostly one line.
    ///
    /// Read again, they merge into the requirement. Its origins are not written: they become these lines.
    package static func lines(of requirement: Requirement) -> String {
        var calls = requirement.statuses.sorted { $0.key < $1.key }.map { (status: Optional($0.key), count: $0.value) }
        let counted = calls.reduce(0) { Requirement.sum($0, $1.count) }
        if calls.isEmpty || requirement.count > counted {
            calls.insert((status: nil, count: max(0, requirement.count - counted)), at: 0)
        }
        let agents = requirement.userAgents.sorted()
        while calls.count < agents.count { calls.append((status: nil, count: 0)) }
        var text = ""
        for (index, call) in calls.enumerated() {
            var members = shared(requirement)
            if let status = call.status { members.append(("status", "\(status)")) }
            members.append(("count", "\(call.count)"))
            if index < agents.count { members.append(("userAgent", jsonQuoted(agents[index]))) }
            // Beside the status that it explains, which is the highest.
            if index == calls.count - 1, let message = requirement.message {
                members.append(("message", jsonQuoted(message)))
            }
            text += "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}\n"
        }
        return text
    }

    /// The members that stand in every line of a requirement.
    static func shared(_ requirement: Requirement) -> [(String, String)] {
        let attributes = requirement.attributes
        var members: [(String, String)] = [("verb", jsonQuoted(attributes.verb))]
        if let url = attributes.nonResourceURL {
            members.append(("nonResourceURL", jsonQuoted(url)))
            if let purpose = CallPurpose(path: url) { members.append(("purpose", jsonQuoted(purpose.rawValue))) }
        } else {
            members += [
                ("group", jsonQuoted(attributes.group)), ("version", jsonQuoted(attributes.version)),
                ("resource", jsonQuoted(attributes.resource)), ("subresource", jsonQuoted(attributes.subresource)),
                ("namespace", jsonQuoted(attributes.namespace)), ("name", jsonQuoted(attributes.name)),
            ]
        }
        if requirement.key.hasManyNames { members.append(("names", jsonQuoted("many"))) }
        if requirement.key.hasManyNamespaces { members.append(("namespaces", jsonQuoted("many"))) }
        let texts = [
            ("user", requirement.key.user), ("first", requirement.first), ("last", requirement.last),
            ("implied", requirement.implied), ("source", requirement.codeLocation),
        ]
        for (key, value) in texts { if let value { members.append((key, jsonQuoted(value))) } }
        if requirement.level == .usual { members.append(("level", jsonQuoted("usual"))) }
        if requirement.isCached { members.append(("cached", "true")) }
        if requirement.isDryRun { members.append(("dryRun", "true")) }
        return members
    }
}
