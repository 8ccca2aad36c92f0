import RBAC
import Traces

/// What the API server says about the calls.
struct EffectiveSide: Sendable {
    /// The answers about one identity, one a call.
    struct Answers: Sendable {
        var user: UserInfo
        var via: CheckReport.Identity.Via
        var answers: [AccessAnswer]
    }

    var server: CheckReport.Server?
    /// About whoever asks; `nil` where that was not asked.
    var own: Answers?
    /// About the operator; `nil` where that was not asked.
    var operators: Answers?
    /// Why nobody could be asked at all.
    var failure: ClusterFailure?
    var failures: [CheckReport.Failure] = []

    /// The answer that says whether a call works: the operator's, or one's own where only that was asked.
    func decisive(_ call: Call) -> AccessAnswer? { (operators ?? own)?.answers[call.index] }

    static func effective(_ answers: Answers?, _ call: Call) -> CheckReport.Effective {
        guard let answers else { return .notAsked }
        switch answers.answers[call.index].verdict {
        case .allowed: return .allowed
        case .denied: return .denied
        case .unknown: return .unknown
        }
    }

    /// Whom the connection acts as; `nil` where nobody could be asked.
    private(set) var currentUser: UserInfo?

    /// The first word with the server: who it is, and who it takes you for.
    static func connect(_ cluster: (any ClusterAccess)?) async -> EffectiveSide {
        var side = EffectiveSide()
        guard let cluster else { return side }
        side.server = await cluster.server()
        switch await cluster.currentUser() {
        case .failure(let failure):
            side.failure = failure
            side.failures.append(.init(stage: .connection, message: failure.message))
        case .answer(let user) where user.name == "system:anonymous":
            let message = "the server sees `system:anonymous`: no credentials reached it"
            side.failure = ClusterFailure(kind: .unauthenticated, message: message)
            side.failures.append(.init(stage: .connection, message: message))
        case .answer(let user):
            side.currentUser = user
        }
        return side
    }

    /// Asks about every call once, for each identity that is meant.
    mutating func review(
        _ cluster: any ClusterAccess,
        _ calls: [Call],
        _ identity: OperatorIdentity,
        choice: IdentityChoice
    ) async {
        guard let currentUser else { return }
        let requests = calls.map(\.request)
        if choice.asksSelf(identity) {
            let answers = requests.isEmpty ? [] : await cluster.review(requests, for: .currentUser)
            own = Answers(currentUser, answers, count: requests.count, fallback: .credentials)
        }
        if choice.asksOperator(identity), let own, identity.user.is(currentUser) {
            operators = own
        } else if choice.asksOperator(identity) {
            let subject: ReviewSubject = identity.user.is(currentUser) ? .currentUser : .user(identity.user)
            let answers = requests.isEmpty ? [] : await cluster.review(requests, for: subject)
            operators = Answers(identity.user, answers, count: requests.count, fallback: .subjectaccessreview)
        }
        noteUnanswered()
    }

    /// Reviews that failed, but for refusals, which have a finding of their own.
    private mutating func noteUnanswered() {
        var seen: Set<String> = []
        for answer in (own?.answers ?? []) + (operators?.answers ?? []) {
            guard case .unknown(let failure) = answer.verdict, failure.kind != .refused,
                seen.insert(failure.message).inserted
            else { continue }
            failures.append(.init(stage: .review, message: failure.message))
        }
    }

    /// Answers about the operator from the roles and bindings that could be read, for what no review could say.
    mutating func fillOperator(from live: PolicySide, _ objects: LiveObjects, _ calls: [Call]) {
        guard var operators else { return }
        for call in calls {
            guard case .unknown(let failure) = operators.answers[call.index].verdict, failure.kind == .refused else {
                continue
            }
            if live.grants(call) {
                operators.answers[call.index] = AccessAnswer(.allowed, via: .manifests)
            } else if objects.isCompleteForOperator(in: call.home) {
                operators.answers[call.index] = AccessAnswer(.denied, via: .manifests)
            }
        }
        self.operators = operators
    }
}

extension EffectiveSide.Answers {
    /// An answer for each request, whatever came back.
    fileprivate init(
        _ user: UserInfo,
        _ answers: [AccessAnswer],
        count: Int,
        fallback: CheckReport.Identity.Via
    ) {
        let missing = ClusterFailure(kind: .noAnswer, message: "the server gave no answer")
        self.init(
            user: user,
            via: answers.compactMap(\.via).first ?? fallback,
            answers: (0..<count).map { answers.indices.contains($0) ? answers[$0] : AccessAnswer(.unknown(missing)) }
        )
    }
}

extension IdentityChoice {
    func asksSelf(_ identity: OperatorIdentity) -> Bool {
        switch self {
        case .currentUser, .both: true
        case .automatic: true
        case .operatorAccount, .account: false
        }
    }

    func asksOperator(_ identity: OperatorIdentity) -> Bool {
        switch self {
        case .currentUser: false
        case .both, .operatorAccount, .account: true
        case .automatic: identity.source != .assumed
        }
    }
}

extension LiveObjects {
    /// Whether nothing is missing that could grant the operator a request in a namespace, or in the whole cluster.
    func isCompleteForOperator(in namespace: String) -> Bool {
        guard isComplete("ClusterRole"), isComplete("ClusterRoleBinding") else { return false }
        return namespace.isEmpty
            || (isComplete("Role", inNamespace: namespace) && isComplete("RoleBinding", inNamespace: namespace))
    }
}

extension UserInfo {
    /// Whether this is who asks: who asks about themselves, as an operator does, needs no right to ask about others.
    fileprivate func `is`(_ currentUser: UserInfo) -> Bool {
        name == currentUser.name && Set(groups).isSubset(of: currentUser.groups)
    }
}
