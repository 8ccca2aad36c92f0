import RBAC
import TestSupport
import Testing

/// The authorizer against a naive one, over generated policies and requests.
struct PropertyTests {
    /// Twenty seeds of 6,000 requests.
    @Test(arguments: UInt64(1)...20)
    func `Every decision is that of the naive evaluator`(seed: UInt64) {
        var generator = PolicyGenerator(random: SeededGenerator(seed: seed))
        var allowed = 0
        var refused = 0
        var broken = 0
        for _ in 0..<100 {
            let policy = generator.policy()
            let naive = NaiveEvaluator(policy: policy)
            let authorizer = Authorizer(policy: policy)
            for _ in 0..<3 {
                let user = generator.user(near: policy)
                let access = authorizer.access(of: user)
                for _ in 0..<20 {
                    let request = generator.request(near: policy, of: user)
                    let expected = naive.answer(request, user)
                    let decision = access.decide(request)
                    guard decision.grant == expected.grant, decision.errors == expected.errors else {
                        Issue.record("\(request) of \(user) in \(policy): \(decision.reason) is not \(expected)")
                        return
                    }
                    allowed += decision.isAllowed ? 1 : 0
                    refused += decision.isAllowed ? 0 : 1
                    broken += decision.errors.isEmpty ? 0 : 1
                }
                let request = generator.request(near: policy, of: user)
                #expect(authorizer.authorize(request, user: user).grant == naive.answer(request, user).grant)
                #expect(access.grants(of: request) == naive.grants(request, user))
            }
        }
        // A generator that hits nothing, or everything, would prove nothing.
        #expect(allowed > 1_000)
        #expect(refused > 1_000)
        #expect(broken > 100)
    }

    @Test func `A rule's parts together are its match`() {
        var generator = PolicyGenerator(random: SeededGenerator(seed: 77))
        for _ in 0..<2_000 {
            let rule = generator.rule()
            let policy = Policy(roles: [Role(kind: .clusterRole, name: "r", rules: [Role.Rule(rule)])])
            let request = generator.request(near: [rule])
            #expect(rule.matches(request) == NaiveEvaluator(policy: policy).grants(rule, request))
        }
    }
}
