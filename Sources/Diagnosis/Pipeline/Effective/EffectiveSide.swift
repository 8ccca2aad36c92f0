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
    /// Why the server does not say who asks.
    private var identityFailure: ClusterFailure?

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
        async let server = cluster.server()
        async let user = cluster.currentUser()
        side.server = await server
        switch await user {
        case .failure(let failure) where failure.isOfOneQuestion:
            // Who asks is not known; what they may do can be asked all the same.
            side.currentUser = UserInfo(name: "")
            side.identityFailure = failure
        case .failure(let failure):
            side.failure = failure
            side.failures.append(failure.failure(.connection))
        case .answer(let user) where user.name == "system:anonymous":
            let message = "the server sees `system:anonymous`: no credentials reached it"
            let failure = ClusterFailure(kind: .unauthenticated, message: message)
            side.failure = failure
            side.failures.append(failure.failure(.connection))
        case .answer(let user):
            side.currentUser = user
        }
        return side
    }

    /// Asks about every call once, for each identity that is meant, about both at the same time. Where nobody could be asked
    /// at all, that is the answer to each.
    mutating func review(
        _ cluster: any ClusterAccess,
        _ calls: [Call],
        _ identity: OperatorIdentity,
        _ input: CheckInput
    ) async {
        let choice = input.reviewed ?? input.identity
        let questions = Questions(calls)
        let asksSelf = choice.asksSelf(identity)
        let asksOperator = choice.asksOperator(identity)
        // Where nobody could be asked, the manifests alone say something about the operator, if there are any.
        let fallback: CheckReport.Identity.Via = input.manifests == nil ? .subjectaccessreview : .manifests
        guard let currentUser else {
            let failure = failure ?? ClusterFailure(kind: .noAnswer, message: "the server gave no answer")
            let unknown = calls.map { _ in AccessAnswer(.unknown(failure)) }
            if asksSelf { own = Answers(user: UserInfo(name: ""), via: .credentials, answers: unknown) }
            if asksOperator { operators = Answers(user: identity.user, via: fallback, answers: unknown) }
            return
        }
        if let identityFailure {
            // Where nothing else is asked, that was all.
            var failure = identityFailure.failure(calls.isEmpty ? .connection : .review)
            failure.message = "who you are could not be found out: \(failure.message)"
            failures.append(failure)
        }
        async let aboutSelf = asksSelf ? questions.ask(cluster, .currentUser) : []
        // An operator that asks about itself needs no right to review, and is asked once.
        let isOperator = identity.user.is(currentUser)
        let subject: ReviewSubject = isOperator ? .currentUser : .user(identity.user)
        let sharesAnswers = asksSelf && isOperator
        async let aboutOperator = asksOperator && !sharesAnswers ? questions.ask(cluster, subject) : []
        if asksSelf { own = Answers(currentUser, await aboutSelf, fallback: .credentials) }
        if asksOperator {
            operators = sharesAnswers ? own : Answers(identity.user, await aboutOperator, fallback: fallback)
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
            failures.append(failure.failure(.review))
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

/// The requests that calls come to, each once: calls may differ in what is not part of a request.
private struct Questions: Sendable {
    private var requests: [RequestAttributes] = []
    /// Of each call, into `requests`.
    private var places: [Int] = []

    init(_ calls: [Call]) {
        var known: [RequestAttributes: Int] = [:]
        known.reserveCapacity(calls.count)
        requests.reserveCapacity(calls.count)
        places.reserveCapacity(calls.count)
        for call in calls {
            // One look-up, which puts the next place where there was none.
            let place = { (place: inout Int) in place }(&known[call.request, default: requests.count])
            if place == requests.count { requests.append(call.request) }
            places.append(place)
        }
    }

    /// An answer for each call, whatever came back.
    func ask(_ cluster: any ClusterAccess, _ subject: ReviewSubject) async -> [AccessAnswer] {
        guard !requests.isEmpty else { return [] }
        let answers = await cluster.review(requests, for: subject)
        let missing = AccessAnswer(.unknown(ClusterFailure(kind: .noAnswer, message: "the server gave no answer")))
        return places.map { answers.indices.contains($0) ? answers[$0] : missing }
    }
}

extension EffectiveSide.Answers {
    /// - Parameter fallback: what decides where no answer says how it was asked for.
    fileprivate init(_ user: UserInfo, _ answers: [AccessAnswer], fallback: CheckReport.Identity.Via) {
        self.init(user: user, via: answers.lazy.compactMap(\.via).first ?? fallback, answers: answers)
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
