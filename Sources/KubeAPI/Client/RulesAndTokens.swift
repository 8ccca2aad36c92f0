package import RBAC
import Syntax

/// What one may do in a namespace, as far as the server's authorizers can list it.
package struct RulesReview: Hashable, Sendable {
    package var rules: [PolicyRule]
    /// An authorizer cannot list its rules (node, webhook): what is not listed may be allowed all the same.
    package var isIncomplete: Bool
    /// Such as bindings to roles that do not exist.
    package var evaluationError: String
}

extension APIClient {
    /// What the identity of this client may do in a namespace: SelfSubjectRulesReview.
    package func selfSubjectRulesReview(namespace: String) async throws(APIFailure) -> RulesReview {
        try await rulesReview(namespace, headers: [])
    }

    /// The same of somebody else, by impersonation: there is no review of another's rules.
    package func subjectRulesReview(of user: UserInfo, namespace: String) async throws(APIFailure) -> RulesReview {
        guard connection.impersonation.isEmpty else {
            throw .status(code: 403, reason: "Forbidden", message: "nobody can impersonate twice at once")
        }
        return try await rulesReview(namespace, headers: Impersonation(user: user.name, groups: []).headers)
    }

    private func rulesReview(_ namespace: String, headers: [String]) async throws(APIFailure) -> RulesReview {
        let body =
            #"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","spec":{"namespace":"#
            + jsonQuoted(namespace) + "}}"
        let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
        let status = try await json(.create(path, body, headers: headers))["status"]
        guard !status.isNull else { throw .unreadable(detail: "it is no rules review") }
        let rules = status["resourceRules"].array + status["nonResourceRules"].array
        return RulesReview(
            rules: rules.map { PolicyRule($0) },
            isIncomplete: status["incomplete"].boolean ?? false,
            evaluationError: status["evaluationError"].text
        )
    }

    /// A token of a service account, valid for ten minutes, the least that the server gives.
    ///
    /// It exists in memory only. Not tried twice: every try would make another token.
    package func requestToken(for account: ServiceAccountName) async throws(APIFailure) -> Secret<String> {
        let path =
            "/api/v1/namespaces/\(APIRequest.segment(account.namespace))"
            + "/serviceaccounts/\(APIRequest.segment(account.name))/token"
        let body =
            #"{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":600}}"#
        let document = try await json(.create(path, body, isRepeatable: false))
        guard let token = document["status"]["token"].string, !token.isEmpty else {
            throw .unreadable(detail: "it holds no token")
        }
        return Secret(token)
    }
}
