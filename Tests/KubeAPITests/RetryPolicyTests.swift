import Testing

@testable import KubeAPI

@Suite struct RetryPolicyTests {
    private let start = ContinuousClock.now

    private func policy() -> RetryPolicy {
        var policy = RetryPolicy()
        policy.jitter = { 0.5 }
        return policy
    }

    private func attempt(_ number: Int = 1, repeatable: Bool = true, seconds: Int? = 30) -> RetryPolicy.Attempt {
        .init(number: number, isRepeatable: repeatable, started: start, deadline: seconds.map { start + .seconds($0) })
    }

    private static let reset = RetryPolicy.Outcome.failure(.connectionLost(address: "h:1", detail: "reset"))
    private static let refused = RetryPolicy.Outcome.failure(.refused(address: "h:1"))

    @Test(arguments: [200, 201, 301, 400, 401, 403, 404, 409, 410, 422])
    func answersAreDelivered(_ status: Int) {
        var policy = policy()
        #expect(policy.decide(.answer(status: status, retryAfter: nil), attempt(), now: start) == .deliver)
    }

    @Test func resetsAreTriedAgainWithGrowingWaits() {
        var policy = policy()
        #expect(policy.decide(Self.reset, attempt(1), now: start) == .retry(after: .milliseconds(100)))
        #expect(policy.decide(Self.reset, attempt(2), now: start) == .retry(after: .milliseconds(200)))
        #expect(policy.decide(Self.reset, attempt(3), now: start) == .retry(after: .milliseconds(400)))
        #expect(policy.decide(Self.reset, attempt(4), now: start) == .deliver)
    }

    @Test func onlyRepeatableRequests() {
        var policy = policy()
        #expect(policy.decide(Self.reset, attempt(repeatable: false), now: start) == .deliver)
        #expect(
            policy.decide(.answer(status: 429, retryAfter: 1), attempt(repeatable: false), now: start) == .deliver
        )
    }

    @Test func neverPastTheDeadline() {
        var policy = policy()
        let decision = policy.decide(.answer(status: 429, retryAfter: 60), attempt(), now: start)
        // Nothing succeeded, and the server asks for more time than there is.
        #expect(decision == .deliverAndGiveUp)
    }

    @Test func busyServersCloseTheGate() {
        var policy = policy()
        let decision = policy.decide(.answer(status: 429, retryAfter: 2), attempt(), now: start)
        #expect(decision == .retry(after: .milliseconds(2150)))
        #expect(policy.closedUntil == start + .milliseconds(2150))
    }

    /// Whoever said nothing once is not waited for as long by all that comes after.
    @Test func silenceIsRemembered() {
        var policy = policy()
        let hung = RetryPolicy.Outcome.failure(.answerTimedOut(address: "h:1", seconds: 30))
        #expect(!policy.isSilent)
        #expect(policy.decide(hung, attempt(), now: start + .seconds(30)) == .deliverAndGiveUp)
        #expect(policy.isSilent)
        _ = policy.decide(.answer(status: 200, retryAfter: nil), attempt(), now: start + .seconds(31))
        #expect(!policy.isSilent)
        #expect(policy.decide(Self.refused, attempt(), now: start + .seconds(60)) != .deliver || !policy.isSilent)
        #expect(!policy.isSilent)
    }

    @Test func refusedIsFinalUnlessTheServerHasAnswered() {
        var policy = policy()
        #expect(policy.decide(Self.refused, attempt(), now: start) == .deliverAndGiveUp)
        _ = policy.decide(.answer(status: 200, retryAfter: nil), attempt(), now: start)
        #expect(policy.decide(Self.refused, attempt(), now: start) == .retry(after: .milliseconds(100)))
    }

    @Test func oneHungRequestSaysNothingOfTheOthers() {
        var policy = policy()
        let hung = RetryPolicy.Outcome.failure(.answerTimedOut(address: "h:1", seconds: 30))
        #expect(policy.decide(hung, attempt(), now: start) == .deliverAndGiveUp)
        _ = policy.decide(.answer(status: 201, retryAfter: nil), attempt(), now: start + .seconds(1))
        #expect(policy.decide(hung, attempt(), now: start + .seconds(30)) == .deliver)
    }

    @Test func aBrokenServerIsNotAskedFourTimesEach() {
        var policy = policy()
        let broken = RetryPolicy.Outcome.answer(status: 500, retryAfter: nil)
        for _ in 0..<RetryPolicy.exhaustionLimit { _ = policy.decide(broken, attempt(4), now: start) }
        #expect(policy.decide(broken, attempt(1), now: start) == .deliver)
        _ = policy.decide(.answer(status: 200, retryAfter: nil), attempt(), now: start)
        #expect(policy.decide(broken, attempt(1), now: start) == .retry(after: .milliseconds(100)))
    }

    @Test(arguments: [501, 505, 511])
    func whatTheServerCannotDoIsNotTriedAgain(_ status: Int) {
        var policy = policy()
        #expect(policy.decide(.answer(status: status, retryAfter: nil), attempt(), now: start) == .deliver)
    }
}
