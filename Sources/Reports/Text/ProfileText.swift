import Traces

/// What `profile list` and `profile show` say about one profile.
package struct ProfileSummary: Hashable, Sendable {
    package var name: String
    /// As it is written on the command line: `-p for=RESOURCE.GROUP`.
    package var usage: String
    /// One line: lower case, no final period.
    package var summary: String

    package init(name: String, usage: String, summary: String) {
        self.name = name
        self.usage = usage
        self.summary = summary
    }
}

enum ProfileText {
    static func list(_ profiles: [ProfileSummary], _ options: RenderOptions) -> String {
        var output = TextOutput(options)
        var table = Table(header: ["PROFILE", "USE", "REQUIRES"])
        for profile in profiles { table.add([profile.name, profile.usage, profile.summary]) }
        table.draw(into: &output)
        return output.text
    }

    static func show(_ profile: ProfileSummary, _ requirements: [Requirement], _ options: RenderOptions) -> String {
        var output = TextOutput(options)
        output.line(
            output.palette(printable(profile.name), .heading) + ": \(printable(profile.summary))"
        )
        output.line(output.palette("swiftop-rbac check \(printable(profile.usage))", .secondary))
        output.gap()
        var table = Table(header: ["VERB", "RESOURCE", "NAMESPACE", "NAME", "LEVEL", "WHY"])
        for requirement in requirements {
            let cells = RequirementCells(requirement)
            table.add([
                cells.verb, cells.resource, cells.namespace, cells.name, requirement.level.rawValue,
                requirement.origins.joined(separator: "; "),
            ])
        }
        table.draw(into: &output)
        return output.text
    }
}
