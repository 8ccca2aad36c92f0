import Foundation

/// The answers of an API server to the requests that the tool makes, for `StandInServer`.
///
/// Reviews are decided by a closure; everything else is as small as it can be.
package struct StandInAPI: Sendable {
    /// A review as it was asked.
    package struct Review: Sendable {
        package var kind: String
        /// The reviewed user; of a self review the impersonated one, else `me`.
        package var user: String
        package var groups: [String]
        /// `verb`, `group`, `resource`, …, or `verb` and `path`; what is missing is empty.
        package var attributes: [String: String]
        package subscript(_ key: String) -> String { attributes[key] ?? "" }
    }

    package struct Decision: Sendable {
        package var isAllowed: Bool
        package var reason: String
        /// As a webhook says it whose no is final.
        package var isExplicitDenial: Bool
        package init(_ isAllowed: Bool, reason: String = "", isExplicitDenial: Bool = false) {
            self.isAllowed = isAllowed
            self.isExplicitDenial = isExplicitDenial
            self.reason = reason
        }
    }

    /// The name that the server knows the caller by.
    package var user = "me"
    /// Kinds of reviews that the caller may not make, each answered 403.
    package var refusedKinds: Set<String> = []
    package var refusesImpersonation = false
    package var decide: @Sendable (Review) -> Decision

    package init(decide: @escaping @Sendable (Review) -> Decision) {
        self.decide = decide
    }

    package func reply(to request: StandInServer.Request) -> StandInServer.Reply {
        if let name = request.header("impersonate-user"), refusesImpersonation {
            return forbidden("users \"\(name)\" is forbidden: User \"\(user)\" cannot impersonate resource \"users\"")
        }
        switch (request.method, request.path) {
        case ("GET", "/version"): return .json(["major": "1", "minor": "36", "gitVersion": "v1.36.2"])
        case ("POST", _) where request.path.hasSuffix("reviews"): return review(request)
        case ("GET", "/api"): return Self.discovery("", ["secrets", "configmaps", "pods", "events"])
        case ("GET", "/apis"): return Self.discovery("apps", ["deployments"])
        case ("GET", _) where request.path.hasPrefix("/apis/rbac.authorization.k8s.io/v1/"): return .json(["items": []])
        default: return .text("404 page not found\n", status: 404)
        }
    }

    /// The aggregated form, of one group with namespaced resources.
    private static func discovery(_ group: String, _ resources: [String]) -> StandInServer.Reply {
        let entries = resources.map { name -> [String: Any] in
            [
                "resource": name, "singularResource": String(name.dropLast()), "scope": "Namespaced",
                "responseKind": ["kind": name.dropLast().capitalized],
                "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"],
            ]
        }
        let item: [String: Any] = [
            "metadata": ["name": group], "versions": [["version": "v1", "resources": entries]],
        ]
        return .response(
            status: 200,
            headers: ["Content-Type: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"],
            body: (try? JSONSerialization.data(withJSONObject: ["items": [item]])) ?? Data()
        )
    }

    private func review(_ request: StandInServer.Request) -> StandInServer.Reply {
        let object = request.json
        let kind = object["kind"] as? String ?? ""
        if refusedKinds.contains(kind) {
            let resource = kind.lowercased() + "s"
            return forbidden(
                "\(resource).authorization.k8s.io is forbidden: User \"\(user)\" cannot create resource "
                    + "\"\(resource)\" in API group \"authorization.k8s.io\" at the cluster scope"
            )
        }
        let caller = request.header("impersonate-user") ?? user
        if kind == "SelfSubjectReview" {
            let info: [String: Any] = ["username": caller, "groups": ["system:authenticated"]]
            return .json(["kind": kind, "status": ["userInfo": info]], status: 201)
        }
        let spec = object["spec"] as? [String: Any] ?? [:]
        let attributes = spec["resourceAttributes"] ?? spec["nonResourceAttributes"] ?? [:]
        let decision = decide(
            Review(
                kind: kind,
                user: spec["user"] as? String ?? caller,
                groups: spec["groups"] as? [String] ?? [],
                attributes: attributes as? [String: String] ?? [:]
            )
        )
        var status: [String: Any] = ["allowed": decision.isAllowed]
        if !decision.reason.isEmpty { status["reason"] = decision.reason }
        if decision.isExplicitDenial { status["denied"] = true }
        return .json(["kind": kind, "apiVersion": "authorization.k8s.io/v1", "status": status], status: 201)
    }

    private func forbidden(_ message: String) -> StandInServer.Reply {
        .json(
            ["kind": "Status", "status": "Failure", "message": message, "reason": "Forbidden", "code": 403],
            status: 403
        )
    }
}
