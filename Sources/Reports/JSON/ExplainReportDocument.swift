import Diagnosis
import RBAC

/// `explain -o json`, as the contract has it.
enum ExplainReportDocument {
    static func value(_ report: ExplainReport, tool: Tool) -> JSONValue {
        .object(
            DocumentParts.head(kind: "ExplainReport", tool: tool) + [
                Member("refusals", .array(report.refusals.map(refusal))),
                Member("errors", DocumentParts.errors(report.failures)),
            ]
        )
    }

    private static func refusal(_ refusal: ExplainReport.Refusal) -> JSONValue {
        [
            "code": .string(refusal.code.rawValue), "request": request(refusal.request),
            "user": .string(refusal.user), "groups": .strings(refusal.groups), "count": .integer(refusal.count),
            "firstLine": .integer(refusal.firstLine), "lastLine": .integer(refusal.lastLine),
            "message": .string(refusal.message), "cause": .strings(refusal.cause),
            "requires": .array(refusal.requires.map { .object(DocumentParts.ruleMembers($0)) }),
            "explanation": .string(refusal.explanation), "remedy": DocumentParts.remedy(refusal.remedy),
            "locations": DocumentParts.locations(refusal.locations),
        ]
    }

    private static func request(_ request: RequestAttributes?) -> JSONValue {
        guard let request else { return .null }
        return [
            "verb": .string(request.verb), "group": .string(request.group), "resource": .string(request.resource),
            "subresource": .string(request.subresource), "namespace": .string(request.namespace),
            "name": .string(request.name), "nonResourceURL": .optional(request.nonResourceURL),
        ]
    }
}
