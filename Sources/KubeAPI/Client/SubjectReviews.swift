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
    /// One question (of each namespace) finds out whether a way is open before the others take it.
    ///
    /// - Parameters:
    ///   - user: with its groups written out: a review implies none.
    ///   - progress: called with the number of questions that are answered.
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
        await ask([Group(indices: open)], .subjectAccessReview) { AccessReviewRequest.subject(user, $0, $1) }
    }

    mutating func askLocally() async {
        let user = user
        let local = open.filter { !questions[$0].namespace.isEmpty && questions[$0].isResourceRequest }
        let groups = Dictionary(grouping: local) { questions[$0].namespace }
            .sorted { $0.key < $1.key }.map { Group(namespace: $0.key, indices: $0.value) }
        await ask(groups, .localSubjectAccessReview) { AccessReviewRequest.local(user, $0, $1) }
    }

    /// Nobody can impersonate twice at once: a connection that acts as somebody has no such way.
    mutating func askByImpersonation() async {
        guard client.connection.impersonation.isEmpty, !user.name.isEmpty else { return }
        let headers = Impersonation(user: user.name, groups: explicitGroups).headers
        await ask([Group(indices: open)], .impersonation) { AccessReviewRequest.own($0, $1, headers: headers) }
    }

    /// The server adds a service account's groups, and constrained impersonation takes no others; only groups beyond
    /// those that it adds by itself are sent.
    private var explicitGroups: [String] {
        let implied = ServiceAccountName(userName: user.name)?.user.groups ?? ["system:authenticated"]
        return Set(user.groups).isSubset(of: implied) ? [] : user.groups
    }

    /// Questions that one way is open to, or closed to, together.
    private struct Group {
        /// Of a LocalSubjectAccessReview; else empty.
        var namespace = ""
        var indices: [Int]
    }

    /// Asks the first question of each group, and the rest of those groups whose first was not refused.
    private mutating func ask(
        _ groups: [Group],
        _ method: AccessAnswer.Method,
        _ request: @escaping AccessReviewRequest.Maker
    ) async {
        let groups = groups.filter { !$0.indices.isEmpty }
        let probes = await send(groups.map { $0.indices[0] }, method, request)
        var rest: [Int] = []
        for (group, probe) in zip(groups, probes) {
            if let failure = probe.failure, failure.isForbidden || failure.isNotServed {
                refusals.append(.init(method: method, namespace: group.namespace, message: Self.message(failure)))
            } else {
                answers[group.indices[0]] = probe
                rest += group.indices.dropFirst()
            }
        }
        for (index, answer) in zip(rest, await send(rest, method, request)) where answer.failure?.isForbidden != true {
            // A refusal of one question (constrained impersonation can depend on it) leaves that one open.
            answers[index] = answer
        }
    }

    private func send(
        _ indices: [Int],
        _ method: AccessAnswer.Method,
        _ request: @escaping AccessReviewRequest.Maker
    ) async -> [AccessAnswer] {
        guard !indices.isEmpty else { return [] }
        let known = answers.count { $0 != nil }
        let progress = progress.map { progress in { @Sendable count in progress(known + count) } }
        return await client.reviews(indices.map { questions[$0] }, method, progress: progress, request)
    }

    private static func message(_ failure: APIFailure) -> String {
        if case .status(_, _, let message) = failure, !message.isEmpty { message } else { failure.description }
    }

    func result() -> SubjectReviews {
        let words = refusalWords.joined(separator: "; ")
        let unknown = AccessAnswer(
            verdict: .unknown,
            reason: words.isEmpty ? "nobody could be asked" : "nobody could be asked: \(words)",
            method: .none,
            failure: .status(code: 403, reason: "Forbidden", message: words)
        )
        return SubjectReviews(answers: answers.map { $0 ?? unknown }, refusals: refusals)
    }

    /// The server's words for each way, of many namespaces those about the first.
    private var refusalWords: [String] {
        var words: [String] = []
        for method in [AccessAnswer.Method.subjectAccessReview, .localSubjectAccessReview, .impersonation] {
            let messages = refusals.filter { $0.method == method }.map(\.message)
            guard let first = messages.first else { continue }
            words.append(messages.count > 1 ? "\(first) (and in \(messages.count - 1) more)" : first)
        }
        return words
    }
}
