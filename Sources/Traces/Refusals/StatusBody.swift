import RBAC
import Syntax

/// The `Status` that an API server answers a refusal with. Kubernetes: `meta/v1.Status`.
package struct StatusBody: Hashable, Sendable {
    package var message: String
    package var reason: String
    package var code: Int
    /// Absent where there are no details at all, which is not the same as empty ones.
    package var details: Details?

    package struct Details: Hashable, Sendable {
        package var name: String
        package var group: String
        /// The plural resource, in spite of its name.
        package var kind: String

        package init(name: String = "", group: String = "", kind: String = "") {
            self.name = name
            self.group = group
            self.kind = kind
        }
    }

    package init(message: String, reason: String, code: Int, details: Details? = nil) {
        self.message = message
        self.reason = reason
        self.code = code
        self.details = details
    }

    /// The 403 for a refusal.
    package init(_ refusal: Refusal) {
        let request = refusal.request
        self.init(
            message: refusal.message,
            reason: "Forbidden",
            code: 403,
            details: Details(
                name: request.isResourceRequest ? request.name : "",
                group: request.group,
                kind: request.resource
            )
        )
    }

    /// The 401 for credentials that are missing or not accepted.
    package static let unauthorized = StatusBody(message: "Unauthorized", reason: "Unauthorized", code: 401)

    /// The body as the server sends it, with the line break at its end.
    ///
    /// Go: `json.Encoder`, the members in the order of the Go types.
    package var json: String {
        var text = #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"#
        text += goJSONQuoted(message) + #","reason":"# + goJSONQuoted(reason)
        if let details {
            let members = [("name", details.name), ("group", details.group), ("kind", details.kind)]
            let written = members.filter { !$0.1.isEmpty }.map { "\"\($0.0)\":\(goJSONQuoted($0.1))" }
            text += #","details":{"# + written.joined(separator: ",") + "}"
        }
        return text + ",\"code\":\(code)}\n"
    }
}

/// A text as Go's `encoding/json` writes it: `&`, `<` and `>` escaped too.
private func goJSONQuoted(_ text: String) -> String {
    jsonQuoted(text) { ["&", "<", ">", "\u{2028}", "\u{2029}"].contains($0) }
}
