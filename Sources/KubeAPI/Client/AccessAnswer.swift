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
                // Whatever it is, it is told apart from what is no object at all.
                if !ProtobufObject.isOne(response.body) { _ = try APIClient.json(response) }
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
        if let object = ProtobufObject(body) {
            self.init(object)
            return
        }
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

    /// The status is field 3 of every access review; of what is cut nothing counts.
    private init(_ object: ProtobufObject) {
        guard object.isWhole, object.kind.hasSuffix("AccessReview") else { return }
        var review = ProtobufReader(object.raw)
        var status: ReviewStatus?
        while let field = review.next() {
            if field.number == 3, let bytes = field.bytes { status = ReviewStatus(protobuf: bytes) }
        }
        if !review.isBroken, let status { self = status }
    }

    /// Kubernetes: `SubjectAccessReviewStatus` of `api/authorization/v1/generated.proto`. The server writes `allowed` whatever
    /// it is.
    private init(protobuf bytes: ArraySlice<UInt8>) {
        var reader = ProtobufReader(bytes)
        while let field = reader.next() {
            switch (field.number, field.bytes) {
            case (1, nil): isAllowed = field.value != 0
            case (2, let text?): reason = String(decoding: text, as: UTF8.self)
            case (3, let text?): evaluationError = String(decoding: text, as: UTF8.self)
            case (4, nil): isDenied = field.value != 0
            default: break
            }
        }
        if reader.isBroken { isAllowed = nil }
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
