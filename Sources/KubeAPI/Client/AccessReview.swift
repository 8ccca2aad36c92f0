package import RBAC

/// What is known of one call after the API server was asked.
package struct AccessAnswer: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable { case allowed, denied, unknown }

    /// Which question the answer is to.
    package enum Method: String, Hashable, Sendable {
        case selfSubjectAccessReview = "SelfSubjectAccessReview"
        case subjectAccessReview = "SubjectAccessReview"
        case localSubjectAccessReview = "LocalSubjectAccessReview"
        /// A SelfSubjectAccessReview with `Impersonate-User`.
        case impersonation = "impersonation"
        /// Nobody could be asked.
        case none = ""
    }

    package var verdict: Verdict
    /// The server's reason, or why nothing is known; empty where the server gave none.
    package var reason: String
    /// What went wrong while the server decided; may be there with any verdict.
    package var evaluationError: String
    /// An authorizer said no, as opposed to nobody having said yes. RBAC never does.
    package var isExplicitDenial: Bool
    package var method: Method
    /// Why there is no answer, where there is none.
    package var failure: APIFailure?

    package init(
        verdict: Verdict,
        reason: String = "",
        evaluationError: String = "",
        isExplicitDenial: Bool = false,
        method: Method,
        failure: APIFailure? = nil
    ) {
        self.verdict = verdict
        self.reason = reason
        self.evaluationError = evaluationError
        self.isExplicitDenial = isExplicitDenial
        self.method = method
        self.failure = failure
    }

    /// Nothing is known, and why.
    static func unknown(_ failure: APIFailure, _ method: Method) -> AccessAnswer {
        AccessAnswer(verdict: .unknown, reason: failure.description, method: method, failure: failure)
    }

    /// Reads what came of a review.
    init(_ outcome: Result<APIResponse, APIFailure>, _ method: Method, credential: CredentialSource) {
        do throws(APIFailure) {
            let document = try APIClient.json(try APIClient.success(outcome, credential: credential))
            let status = document["status"]
            guard document["kind"].text.hasSuffix("AccessReview"), let allowed = status["allowed"].boolean else {
                throw .unreadable(detail: "it is no access review; does `server` name an API server?")
            }
            self.init(
                verdict: allowed ? .allowed : .denied,
                reason: status["reason"].text,
                evaluationError: status["evaluationError"].text,
                isExplicitDenial: status["denied"].boolean ?? false,
                method: method
            )
        } catch {
            self = .unknown(error, method)
        }
    }
}

/// The bodies of access reviews. Kubernetes: `k8s.io/api/authorization/v1`.
enum AccessReviewRequest {
    private static let root = "/apis/authorization.k8s.io/v1"

    static func own(_ attributes: RequestAttributes, headers: [String] = []) -> APIRequest {
        .create(
            "\(root)/selfsubjectaccessreviews",
            body("SelfSubjectAccessReview", attributes),
            headers: headers
        )
    }

    static func subject(_ user: UserInfo, _ attributes: RequestAttributes) -> APIRequest {
        .create("\(root)/subjectaccessreviews", body("SubjectAccessReview", attributes, user))
    }

    /// Only for a request in a namespace.
    static func local(_ user: UserInfo, _ attributes: RequestAttributes) -> APIRequest {
        let namespace = attributes.namespace
        return .create(
            "\(root)/namespaces/\(APIRequest.segment(namespace))/localsubjectaccessreviews",
            body("LocalSubjectAccessReview", attributes, user, namespace: namespace)
        )
    }

    private static func body(
        _ kind: String,
        _ attributes: RequestAttributes,
        _ user: UserInfo? = nil,
        namespace: String = ""
    ) -> String {
        var text = #"{"apiVersion":"authorization.k8s.io/v1","kind":""# + kind + "\","
        if !namespace.isEmpty { text += #""metadata":{"namespace":"# + JSONText.quoted(namespace) + "}," }
        text += #""spec":{"#
        if let user {
            text += #""user":"# + JSONText.quoted(user.name)
            text += #","groups":["# + user.groups.map(JSONText.quoted).joined(separator: ",") + "],"
        }
        return text + spec(attributes) + "}}"
    }

    private static func spec(_ attributes: RequestAttributes) -> String {
        if let path = attributes.nonResourceURL {
            return #""nonResourceAttributes":{"path":"# + JSONText.quoted(path) + #","verb":"#
                + JSONText.quoted(attributes.verb) + "}"
        }
        let fields = [
            ("namespace", attributes.namespace), ("verb", attributes.verb), ("group", attributes.group),
            ("version", attributes.version), ("resource", attributes.resource),
            ("subresource", attributes.subresource), ("name", attributes.name),
        ]
        let members = fields.filter { !$0.1.isEmpty }.map { "\"\($0.0)\":\(JSONText.quoted($0.1))" }
        return #""resourceAttributes":{"# + members.joined(separator: ",") + "}"
    }
}

extension APIClient {
    /// Whether the identity of this client may do each of these; answers in the order of the questions.
    package func selfSubjectAccessReviews(
        _ questions: [RequestAttributes],
        progress: Progress? = nil
    ) async -> [AccessAnswer] {
        let outcomes = await send(questions.map { AccessReviewRequest.own($0) }, progress: progress)
        return outcomes.map {
            AccessAnswer($0, .selfSubjectAccessReview, credential: connection.credentials.source)
        }
    }
}
