package import RBAC
import Syntax

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
            let response = try APIClient.success(outcome, credential: credential)
            guard let status = try? ReviewStatus(response.body), let allowed = status.isAllowed else {
                // Whatever it is, it is told apart from what is no JSON at all.
                _ = try APIClient.json(response)
                throw .unreadable(detail: "it is no access review; does `server` name an API server?")
            }
            self.init(
                verdict: allowed ? .allowed : .denied,
                reason: status.reason,
                evaluationError: status.evaluationError,
                isExplicitDenial: status.isDenied,
                method: method
            )
        } catch {
            self = .unknown(error, method)
        }
    }
}

/// What counts of the answer to a review; the rest, which repeats the question, is passed over.
private struct ReviewStatus {
    /// `nil` where the document is no access review.
    var isAllowed: Bool?
    var isDenied = false
    var reason = ""
    var evaluationError = ""

    init(_ body: [UInt8]) throws(JSONError) {
        let result: Result<ReviewStatus, JSONError> = body.withUnsafeBufferPointer { bytes in
            Result { () throws(JSONError) in
                var scanner = JSONScanner(bytes)
                let status = try ReviewStatus(&scanner)
                try scanner.end()
                return status
            }
        }
        self = try result.get()
    }

    private init(_ scanner: inout JSONScanner) throws(JSONError) {
        var isReview = false
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("kind") {
                isReview = try scanner.optionalString()?.hasSuffix("AccessReview") ?? false
            } else if key.equals("status") {
                try readStatus(&scanner)
            } else {
                try scanner.skip()
            }
        }
        if !isReview { isAllowed = nil }
    }

    private mutating func readStatus(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("allowed") {
                isAllowed = try scanner.optionalBoolean()
            } else if key.equals("denied") {
                isDenied = try scanner.optionalBoolean() ?? false
            } else if key.equals("reason") {
                reason = try scanner.optionalString() ?? ""
            } else if key.equals("evaluationError") {
                evaluationError = try scanner.optionalString() ?? ""
            } else {
                try scanner.skip()
            }
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
