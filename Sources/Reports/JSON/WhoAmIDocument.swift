package import Diagnosis
package import RBAC

/// Who one API server says you are, and by what it can tell.
package struct WhoAmIReport: Sendable {
    package var context: String
    package var server: String
    /// `nil` where the server did not answer.
    package var user: UserInfo?
    package var uid = ""
    package var extra: [String: [String]] = [:]
    /// What the name is from: `SelfSubjectReview`, `refusal`, `token`; empty where nothing tells it.
    package var toldBy = ""
    /// Which credential of which file was sent; never the credential.
    package var credential: String
    /// Whom the connection acts as; `nil` for nobody else.
    package var impersonates: String?
    package var failures: [CheckReport.Failure] = []

    package init(context: String, server: String, credential: String, impersonates: String? = nil) {
        self.context = context
        self.server = server
        self.credential = credential
        self.impersonates = impersonates
    }
}

/// `whoami -o json`.
enum WhoAmIDocument {
    /// One report is a `WhoAmI`; several, of as many clusters, are the `items` of a `WhoAmIList`.
    static func value(_ reports: [WhoAmIReport], tool: Tool) -> JSONValue {
        if reports.count == 1 { return value(reports[0], tool: tool) }
        let items = JSONValue.array(reports.map { value($0, tool: tool) })
        return .object(DocumentParts.head(kind: "WhoAmIList") + [Member("items", items)])
    }

    private static func value(_ report: WhoAmIReport, tool: Tool) -> JSONValue {
        let extra = report.extra.sorted { $0.key < $1.key }.map { Member($0.key, .strings($0.value)) }
        return .object(
            DocumentParts.head(kind: "WhoAmI", tool: tool) + [
                Member("context", .string(report.context)),
                Member("server", .object([Member("url", .string(report.server))])),
                Member("user", .optional(report.user?.name)),
                Member("uid", .string(report.uid)),
                Member("groups", .strings(report.user?.groups ?? [])),
                Member("extra", .object(extra)),
                Member("toldBy", .string(report.toldBy)),
                Member("credential", .string(report.credential)),
                Member("impersonates", .optional(report.impersonates)),
                Member("errors", DocumentParts.errors(report.failures)),
            ]
        )
    }
}
