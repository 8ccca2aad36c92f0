package import RBAC

/// What came of asking for somebody else.
package struct SubjectReviews: Hashable, Sendable {
    /// A way to ask that the server refused, with its words, which name the permission that is lacking.
    package struct Refusal: Hashable, Sendable {
        package var method: AccessAnswer.Method
        /// Of a refused LocalSubjectAccessReview; else empty.
        package var namespace: String
        package var message: String
    }

    /// In the order of the questions.
    package var answers: [AccessAnswer]
    package var refusals: [Refusal]
}

extension APIClient {
    /// Whether another user may do each of these.
    ///
    /// Asked by SubjectAccessReview; where that is refused, by LocalSubjectAccessReview in the namespace of the
    /// question; where that is refused too, by impersonation. What is left is unknown, with what was refused.
    /// One question finds out whether a way is open before the others take it.
    ///
    /// - Parameter user: with its groups written out: a review implies none.
    package func subjectAccessReviews(
        for user: UserInfo,
        _ questions: [RequestAttributes],
        progress: Progress? = nil
    ) async -> SubjectReviews {
        var run = SubjectReviewRun(client: self, user: user, questions: questions)
        run.progress = progress
        await run.askForSubject()
        await run.askLocally()
        await run.askByImpersonation()
        return run.result()
    }
}

/// The steps of asking for somebody else, each for the questions that the one before left open.
private struct SubjectReviewRun {
    let client: APIClient
    let user: UserInfo
    let questions: [RequestAttributes]
    var progress: APIClient.Progress?
    private var answers: [AccessAnswer?]
    private var refusals: [SubjectReviews.Refusal] = []

    init(client: APIClient, user: UserInfo, questions: [RequestAttributes]) {
        self.client = client
        self.user = user
        self.questions = questions
        answers = Array(repeating: nil, count: questions.count)
    }

    private var open: [Int] { answers.indices.filter { answers[$0] == nil } }

    mutating func askForSubject() async {
        let user = user
        await ask(open, .subjectAccessReview) { AccessReviewRequest.subject(user, $0) }
    }

    mutating func askLocally() async {
        let user = user
        let local = open.filter { !questions[$0].namespace.isEmpty && questions[$0].isResourceRequest }
        let byNamespace = Dictionary(grouping: local) { questions[$0].namespace }
        for (namespace, indices) in byNamespace.sorted(by: { $0.key < $1.key }) {
            await ask(indices, .localSubjectAccessReview, namespace) { AccessReviewRequest.local(user, $0) }
        }
    }

    /// Nobody can impersonate twice at once: a connection that acts as somebody has no such way.
    mutating func askByImpersonation() async {
        guard client.connection.impersonation.isEmpty, !user.name.isEmpty else { return }
        let headers = Impersonation(user: user.name, groups: explicitGroups).headers
        await ask(open, .impersonation) { AccessReviewRequest.own($0, headers: headers) }
    }

    /// The server adds a service account's groups, and constrained impersonation takes no others; only groups beyond
    /// those that it adds by itself are sent.
    private var explicitGroups: [String] {
        let implied = ServiceAccountName(userName: user.name)?.user.groups ?? ["system:authenticated"]
        return Set(user.groups).isSubset(of: implied) ? [] : user.groups
    }

    /// Asks the first of the questions, and the rest if that one was not refused.
    private mutating func ask(
        _ indices: [Int],
        _ method: AccessAnswer.Method,
        _ namespace: String = "",
        _ request: @Sendable (RequestAttributes) -> APIRequest
    ) async {
        guard let first = indices.first else { return }
        let credential = client.connection.credentials.source
        let probe = await client.send([request(questions[first])]).map {
            AccessAnswer($0, method, credential: credential)
        }
        guard let answer = probe.first else { return }
        if let failure = answer.failure, failure.isForbidden || failure.isNotServed {
            refusals.append(.init(method: method, namespace: namespace, message: Self.message(failure)))
            return
        }
        answers[first] = answer
        let rest = Array(indices.dropFirst())
        let outcomes = await client.send(rest.map { request(questions[$0]) }, progress: progress)
        for (index, outcome) in zip(rest, outcomes) {
            let answer = AccessAnswer(outcome, method, credential: credential)
            // A refusal of one question (constrained impersonation can depend on it) leaves that one open.
            if answer.failure?.isForbidden != true { answers[index] = answer }
        }
    }

    private static func message(_ failure: APIFailure) -> String {
        if case .status(_, _, let message) = failure, !message.isEmpty { message } else { failure.description }
    }

    func result() -> SubjectReviews {
        let words = refusals.map(\.message).joined(separator: "; ")
        let unknown = AccessAnswer(
            verdict: .unknown,
            reason: words.isEmpty ? "nobody could be asked" : "nobody could be asked: \(words)",
            method: .none,
            failure: .status(code: 403, reason: "Forbidden", message: words)
        )
        return SubjectReviews(answers: answers.map { $0 ?? unknown }, refusals: refusals)
    }
}
