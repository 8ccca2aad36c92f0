import RBAC
import Testing
import Traces

@testable import Diagnosis

@Suite struct TraceDiffTests {
    typealias Situation = DiffSituation

    /// Judges each call by the policy, as `check` would.
    func diff(_ manifests: Situation, _ calls: [Requirement], traceIsA: Bool = false) -> DiffReport {
        let user = Situation.account.user
        let access = Authorizer(policy: manifests.input.policy).access(of: user)
        let judged = calls.map { call in
            CheckReport.Judged(
                requirement: call,
                declared: access.decide(call.attributes).isAllowed ? .granted : .missing,
                isMet: access.decide(call.attributes).isAllowed
            )
        }
        return diffTrace(
            role: manifests.input,
            trace: DiffReport.Side(kind: .trace, label: "trace.jsonl"),
            judged: judged,
            traceIsA: traceIsA
        )
    }

    func situation(_ rules: [String]) throws -> Situation {
        try Situation(Situation.role(rules) + Situation.binding(), operator: Situation.account.user)
    }

    @Test func neededAndUnusedAreTold() throws {
        let situation = try situation([#"apiGroups: [""], resources: [pods, secrets], verbs: [get, list]"#])
        let calls: [Requirement] = [
            .call("list", "pods"), .call("watch", "pods"), .call("get", "secrets", namespace: "x", name: "y"),
        ]
        let report = diff(situation, calls)
        #expect(report.comparison == .roleToTrace)
        #expect(report.onlyInB.map(\.gist) == ["needed-not-granted watch pods"])
        #expect(report.onlyInB.map(\.severity) == [.error])
        #expect(
            report.onlyInA.map(\.gist) == [
                "not-exercised ClusterRole/manager-role to ServiceAccount/demo/operator: get on pods",
                "not-exercised ClusterRole/manager-role to ServiceAccount/demo/operator: list on secrets",
            ]
        )
        #expect(report.onlyInA.allSatisfy { $0.severity == .warning })
        #expect(report.onlyInA.map(situation.underlined) == [["pods", "get"], ["secrets", "list"]])
        #expect(report.inBoth.map(\.gist) == ["same list pods", "same get secrets"])
        #expect(report.inBoth.allSatisfy { $0.locations.count == 1 })

        let swapped = diff(situation, calls, traceIsA: true)
        #expect(swapped.onlyInA.map(\.gist) == report.onlyInB.map(\.gist))
        #expect(swapped.a.kind == .trace && swapped.b.kind == .manifests)
    }

    @Test func aWildcardIsExercisedInPart() throws {
        let situation = try situation([
            #"apiGroups: [""], resources: [pods], verbs: ["*"]"#, #"apiGroups: [apps], resources: ["*"], verbs: [get]"#,
        ])
        let report = diff(situation, [.call("list", "pods"), .call("watch", "pods")])
        #expect(report.onlyInA.map(\.change) == [.exercisedInPart, .notExercised])
        #expect(
            report.onlyInA.first?.counterpart == [
                PolicyRule(verbs: ["list", "watch"], apiGroups: [""], resources: ["pods"])
            ]
        )
        #expect(report.onlyInA.map(situation.underlined).first == [])
    }

    @Test func usualRequirementsWeighLess() throws {
        let situation = try situation([#"apiGroups: [""], resources: [pods], verbs: [get]"#])
        var usual = Requirement.call("update", "pods", subresource: "status")
        usual.level = .usual
        let report = diff(situation, [usual, .call("get", "pods", name: "x"), .call("list", "pods")])
        #expect(
            report.onlyInB.map(\.gist) == ["needed-not-granted list pods", "needed-not-granted update pods/status"]
        )
        #expect(report.onlyInB.map(\.severity) == [.error, .warning])
    }

    @Test func oneAlternativeIsEnough() throws {
        let situation = try situation([#"apiGroups: [events.k8s.io], resources: [events], verbs: [create]"#])
        func events(_ group: String, _ verb: String) -> Requirement {
            var requirement = Requirement.call(verb, "events", group: group)
            requirement.alternative = "events \(verb)"
            return requirement
        }
        let report = diff(
            situation,
            [
                events("", "create"), events("events.k8s.io", "create"), events("", "patch"),
                events("events.k8s.io", "patch"),
            ]
        )
        // Of that group which is there in part the other verb is missing: half of each is not enough.
        #expect(report.onlyInB.map(\.gist) == ["needed-not-granted patch events.events.k8s.io"])
        #expect(report.onlyInB.first?.note == "granting `events` instead is enough")
    }

    @Test func whatEveryClusterGrantsIsLeftOut() throws {
        let situation = try situation([#"apiGroups: [""], resources: [pods], verbs: [get]"#])
        let judged = CheckReport.Judged(
            requirement: .call("get", path: "/api"),
            declared: .granted,
            grantedBy: ["ClusterRole/system:discovery via ClusterRoleBinding/system:discovery (cluster default)"],
            isMet: true
        )
        let unknown = CheckReport.Judged(requirement: .call("list", "nodes"), declared: .notEvaluated)
        let report = diffTrace(
            role: situation.input,
            trace: DiffReport.Side(kind: .trace, label: "t"),
            judged: [judged, unknown]
        )
        #expect(report.inBoth.isEmpty && report.onlyInB.isEmpty)
        #expect(report.notEvaluated.map(\.gist) == ["needed-not-granted list nodes"])
        #expect(report.onlyInA.count == 1)
    }
}
