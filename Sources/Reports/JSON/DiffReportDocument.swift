import Diagnosis
import RBAC
import Traces

/// `diff -o json`: what only one side has and what both have, as requirement or rule objects.
enum DiffReportDocument {
    /// One report is a `DiffReport`; several, of as many clusters, are the `items` of a `DiffReportList`.
    static func value(_ reports: [DiffReport], tool: Tool) -> JSONValue {
        if reports.count == 1 { return value(reports[0], tool: tool) }
        let items = JSONValue.array(reports.map { value($0, tool: tool) })
        return .object(DocumentParts.head(kind: "DiffReportList") + [Member("items", items)])
    }

    private static func value(_ report: DiffReport, tool: Tool) -> JSONValue {
        .object(
            DocumentParts.head(kind: "DiffReport", tool: tool) + [
                Member("comparison", .string(report.comparison.rawValue)),
                Member("a", side(report.a)),
                Member("b", side(report.b)),
                Member("server", DocumentParts.server(report.server)),
                Member("identities", DocumentParts.identities(report.identities)),
                Member("summary", summary(report)),
                Member("onlyInA", .array(report.onlyInA.map(item))),
                Member("onlyInB", .array(report.onlyInB.map(item))),
                Member("inBoth", .array(report.inBoth.map(item))),
                Member("notEvaluated", .array(report.notEvaluated.map(item))),
                Member("errors", DocumentParts.errors(report.failures)),
            ]
        )
    }

    private static func side(_ side: DiffReport.Side) -> JSONValue {
        ["kind": .string(side.kind.rawValue), "label": .string(side.label)]
    }

    private static func summary(_ report: DiffReport) -> JSONValue {
        [
            "onlyInA": .integer(report.onlyInA.count), "onlyInB": .integer(report.onlyInB.count),
            "inBoth": .integer(report.inBoth.count), "notEvaluated": .integer(report.notEvaluated.count),
            "errors": .integer(report.count(.error)), "warnings": .integer(report.count(.warning)),
        ]
    }

    private static func item(_ item: DiffReport.Item) -> JSONValue {
        var members: [Member]
        switch item.content {
        case .requirement(let requirement):
            members = DocumentParts.attributes(of: requirement)
            members.append(Member("origins", .strings(requirement.origins)))
        case .rule(let granted):
            members = granted.rule.map(DocumentParts.ruleMembers) ?? []
            members.append(Member("role", .string(granted.role)))
            members.append(Member("binding", .optional(granted.binding)))
            members.append(Member("namespace", .optional(granted.namespace)))
            members.append(Member("subjects", .strings(granted.subjects)))
        }
        members.append(Member("change", .string(item.change.rawValue)))
        members.append(Member("severity", .optional(item.severity?.rawValue)))
        members.append(Member("locations", DocumentParts.locations(item.locations)))
        if !item.counterpart.isEmpty {
            let rules = item.counterpart.map { JSONValue.object(DocumentParts.ruleMembers($0)) }
            members.append(Member("counterpart", .array(rules)))
        }
        if let note = item.note { members.append(Member("note", .string(note))) }
        return .object(members)
    }
}
