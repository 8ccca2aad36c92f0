import Diagnosis
import Traces

/// `check -o json`: the contract's section 5, in its order.
enum CheckReportDocument {
    /// One report is a `CheckReport`; several, of as many clusters, are the `items` of a `CheckReportList`.
    static func value(_ reports: [CheckReport], tool: Tool) -> JSONValue {
        if reports.count == 1 { return value(reports[0], tool: tool) }
        let items = JSONValue.array(reports.map { value($0, tool: tool) })
        return .object(DocumentParts.head(kind: "CheckReportList") + [Member("items", items)])
    }

    private static func value(_ report: CheckReport, tool: Tool) -> JSONValue {
        .object(
            DocumentParts.head(kind: "CheckReport", tool: tool) + [
                Member("server", DocumentParts.server(report.server)),
                Member("identities", DocumentParts.identities(report.identities)),
                Member("summary", summary(report.summary)),
                Member("requirements", .array(report.requirements.map(requirement))),
                Member("findings", .array(report.findings.map(finding))),
                Member("errors", DocumentParts.errors(report.failures)),
            ]
        )
    }

    private static func summary(_ summary: CheckReport.Summary) -> JSONValue {
        [
            "requirements": .integer(summary.requirements), "met": .integer(summary.met),
            "unmet": .integer(summary.unmet), "unknown": .integer(summary.unknown),
            "errors": .integer(summary.errors), "warnings": .integer(summary.warnings),
        ]
    }

    private static func requirement(_ judged: CheckReport.Judged) -> JSONValue {
        let effective = [
            Member("self", .string(judged.effectiveSelf.rawValue)),
            Member("operator", .string(judged.effectiveOperator.rawValue)),
        ]
        var members = DocumentParts.attributes(of: judged.requirement)
        members.append(Member("declared", .string(judged.declared.rawValue)))
        members.append(Member("effective", .object(effective)))
        members.append(Member("origins", .strings(judged.requirement.origins)))
        members.append(Member("grantedBy", .strings(judged.grantedBy)))
        members.append(Member("findings", .array(judged.findings.map(JSONValue.integer))))
        return .object(members)
    }

    private static func finding(_ finding: Finding) -> JSONValue {
        [
            "code": .string(finding.code.rawValue), "severity": .string(finding.severity.rawValue),
            "principal": .bool(finding.isPrincipal), "title": .string(finding.title),
            "explanation": .string(finding.explanation),
            "requirements": .array(finding.requirements.map(JSONValue.integer)),
            "locations": DocumentParts.locations(finding.locations), "evidence": .strings(finding.evidence),
            "remedy": DocumentParts.remedy(finding.remedy),
        ]
    }
}
