import RBAC
import TestSupport
import Testing

@testable import Traces

/// Any refusal, dressed up in any way, is read back the same.
struct LogWrapperTests {
    @Test(arguments: LogWrapper.allCases)
    func everyRefusalIsReadThrough(wrapper: LogWrapper) {
        var generator = SeededGenerator(seed: 23)
        for round in 0..<250 {
            var refusal = generator.refusal()
            if wrapper.needsPlainNames { generator.makePlain(&refusal) }
            // What a line break separates is not one message on a line.
            if refusal.reason.contains("\n") { refusal.reason = "" }
            let width = 40 + round % 100
            let text = "something before\n" + wrapper.text(refusal.message, width: width) + "\nsomething after\n"
            var scanner = LogScanner()
            scanner.scan(text)
            let found = scanner.found().entries
            #expect(found.count == 1, "\(text)")
            #expect(found.first?.notice.request == refusal.request, "\(text)")
            #expect(found.first?.notice.user == refusal.user, "\(text)")
            #expect(found.first?.count == 1, "\(text)")
        }
    }

    /// The escalation's rules stand in lines of their own, or in one that is escaped.
    @Test(arguments: LogWrapper.allCases.filter { ![.yaml, .pythonDictionary].contains($0) })
    func everyEscalationIsReadThrough(wrapper: LogWrapper) {
        let missing = [
            PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["secrets"]),
            PolicyRule(verbs: ["get"], nonResourceURLs: ["/metrics"]),
        ]
        let refusal = Refusal(
            kind: .escalation(missing: missing),
            request: RequestAttributes(verb: "", group: "rbac.authorization.k8s.io", resource: "roles", name: "r"),
            user: "system:serviceaccount:demo:op",
            groups: ["system:serviceaccounts", "system:authenticated"]
        )
        for width in [60, 80, 100, 133] {
            let text = wrapper.text(refusal.message, width: width) + "\nafter\n"
            var scanner = LogScanner()
            scanner.scan(text)
            let found = scanner.found().entries
            #expect(found.count == 1, "\(text)")
            #expect(found.first?.notice.kind == .escalation(missing: missing), "\(text)")
            #expect(found.first?.notice.groups == refusal.groups, "\(text)")
        }
    }
}

extension SeededGenerator {
    mutating func makePlain(_ refusal: inout Refusal) {
        refusal.user = pick(["alice", "system:serviceaccount:demo:op", "system:node:n1", "user@example.com"])
        if !refusal.request.name.isEmpty { refusal.request.name = pick(["web", "op-7d9f", "a.example.com"]) }
        if refusal.request.nonResourceURL != nil { refusal.request.nonResourceURL = "/metrics" }
        if refusal.request.verb.isEmpty { refusal.request.verb = "get" }
        refusal.reason = ""
    }
}
