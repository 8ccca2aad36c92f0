import RBAC
import Traces

/// A requirement as the cells of a table.
struct RequirementCells {
    var verb: String
    var resource: String
    var namespace: String
    var name: String

    init(_ requirement: Requirement) {
        let attributes = requirement.attributes
        verb = attributes.verb.isEmpty ? "-" : attributes.verb
        resource = attributes.target
        // In hand-written traces, too, a star stands for all namespaces.
        let scope = attributes.namespace.isEmpty ? "*" : attributes.namespace
        namespace = !attributes.isResourceRequest ? "" : requirement.key.hasManyNamespaces ? "(many)" : scope
        name = requirement.key.hasManyNames ? "(many)" : attributes.name
    }
}

/// `trace show` as text, and a profile's requirements: a table, and what it comes to.
enum TraceText {
    static func text(_ requirements: [Requirement], _ options: RenderOptions) -> String {
        var output = TextOutput(options)
        if options.verbosity != .quiet, !requirements.isEmpty {
            table(requirements, isVerbose: options.verbosity == .verbose).draw(into: &output)
            output.gap()
        }
        output.line(summary(requirements))
        return output.text
    }

    static func table(_ requirements: [Requirement], isVerbose: Bool) -> Table {
        let users = Set(requirements.map(\.key.user))
        var table = Table(
            header: ["VERB", "RESOURCE", "NAMESPACE", "NAME", "CALLS", "STATUS", "USER", "NOTES", "FROM"]
        )
        for requirement in requirements {
            let cells = RequirementCells(requirement)
            table.add([
                cells.verb, cells.resource, cells.namespace, cells.name,
                requirement.count == 0 ? "" : String(requirement.count), statuses(requirement.statuses),
                users.count > 1 || isVerbose ? requirement.key.user ?? "" : "", notes(requirement),
                isVerbose ? requirement.origins.joined(separator: ", ") : "",
            ])
        }
        return table
    }

    /// `200`, or where they differ `200 x12, 403`.
    private static func statuses(_ statuses: [Int: Int]) -> String {
        statuses.sorted { $0.key < $1.key }.map { status, count in
            statuses.count > 1 && count > 1 ? "\(status) x\(count)" : String(status)
        }.joined(separator: ", ")
    }

    private static func notes(_ requirement: Requirement) -> String {
        var notes: [String] = []
        if let implied = requirement.implied { notes.append("implied: \(implied)") }
        if requirement.level == .usual { notes.append("usual") }
        if requirement.isCached { notes.append("cached") }
        if requirement.isDryRun { notes.append("dry run") }
        return notes.joined(separator: ", ")
    }

    private static func summary(_ requirements: [Requirement]) -> String {
        guard !requirements.isEmpty else { return "nothing was called" }
        let calls = requirements.reduce(0) { $0 &+ $1.count }
        let refused = requirements.reduce(0) { $0 &+ ($1.statuses[403] ?? 0) }
        var parts = [counted(requirements.count, "requirement")]
        if calls > 0 { parts.append(counted(calls, "call")) }
        if refused > 0 { parts.append("\(refused) answered 403") }
        return parts.joined(separator: ", ")
    }
}
