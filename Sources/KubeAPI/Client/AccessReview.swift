package import RBAC
import Synchronization
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
    ) -> [UInt8] {
        var body = JSONBody(capacity: 320)
        body.add(#"{"apiVersion":"authorization.k8s.io/v1","kind":"#, kind)
        if !namespace.isEmpty {
            body.add(#","metadata":{"namespace":"#, namespace)
            body.add("}")
        }
        body.add(#","spec":{"#)
        if let user {
            body.add(#""user":"#, user.name)
            for (index, group) in user.groups.enumerated() { body.add(index == 0 ? #","groups":["# : ",", group) }
            body.add(user.groups.isEmpty ? "," : "],")
        }
        addSpec(attributes, to: &body)
        body.add("}}")
        return body.bytes
    }

    private static func addSpec(_ attributes: RequestAttributes, to body: inout JSONBody) {
        if let path = attributes.nonResourceURL {
            body.add(#""nonResourceAttributes":{"path":"#, path)
            body.add(#","verb":"#, attributes.verb)
        } else {
            body.add(#""resourceAttributes":{"verb":"#, attributes.verb)
            if !attributes.namespace.isEmpty { body.add(#","namespace":"#, attributes.namespace) }
            if !attributes.group.isEmpty { body.add(#","group":"#, attributes.group) }
            if !attributes.version.isEmpty { body.add(#","version":"#, attributes.version) }
            if !attributes.resource.isEmpty { body.add(#","resource":"#, attributes.resource) }
            if !attributes.subresource.isEmpty { body.add(#","subresource":"#, attributes.subresource) }
            if !attributes.name.isEmpty { body.add(#","name":"#, attributes.name) }
        }
        body.add("}")
    }
}

/// A JSON document as it is written from its beginning to its end.
private struct JSONBody {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func add(_ syntax: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: syntax.utf8Start, count: syntax.utf8CodeUnitCount))
    }

    /// Syntax and a text behind it, in quotes.
    mutating func add(_ syntax: StaticString, _ text: String) {
        add(syntax)
        appendJSONQuoted(text, to: &bytes)
    }
}

extension APIClient {
    /// Whether the identity of this client may do each of these; answers in the order of the questions.
    package func selfSubjectAccessReviews(
        _ questions: [RequestAttributes],
        progress: Progress? = nil
    ) async -> [AccessAnswer] {
        await reviews(questions, .selfSubjectAccessReview, progress: progress) { AccessReviewRequest.own($0) }
    }

    /// How many questions are written, sent and read together.
    private static let reviewPiece = 500

    /// Asks each question by the request made for it; of many, answers are read while others are still under way.
    func reviews(
        _ questions: [RequestAttributes],
        _ method: AccessAnswer.Method,
        progress: Progress?,
        _ request: @escaping @Sendable (RequestAttributes) -> APIRequest
    ) async -> [AccessAnswer] {
        let credential = connection.credentials.source
        let starts = Array(stride(from: 0, to: questions.count, by: Self.reviewPiece))
        let counts = PieceCounts(pieces: starts.count, total: progress)
        return await withTaskGroup(of: (piece: Int, answers: [AccessAnswer]).self) { group in
            for (piece, start) in starts.enumerated() {
                let requests = questions[start..<min(start + Self.reviewPiece, questions.count)].map { request($0) }
                group.addTask {
                    let outcomes = await self.send(requests) { counts.report($0, of: piece) }
                    return (piece, outcomes.map { AccessAnswer($0, method, credential: credential) })
                }
            }
            var parts = Array(repeating: [AccessAnswer](), count: starts.count)
            for await (piece, answers) in group { parts[piece] = answers }
            return Array(parts.joined())
        }
    }
}

/// Adds up how many of several pieces are done.
private final class PieceCounts: Sendable {
    private let counts: Mutex<[Int]>
    private let total: APIClient.Progress?

    init(pieces: Int, total: APIClient.Progress?) {
        counts = Mutex(Array(repeating: 0, count: pieces))
        self.total = total
    }

    func report(_ done: Int, of piece: Int) {
        guard let total else { return }
        let sum = counts.withLock { counts in
            counts[piece] = done
            return counts.reduce(0, +)
        }
        total(sum)
    }
}
