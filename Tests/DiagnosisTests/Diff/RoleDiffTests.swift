import Manifests
import RBAC
import Testing

@testable import Diagnosis

@Suite struct RoleDiffTests {
    typealias Situation = DiffSituation

    static let pods = #"apiGroups: [""], resources: [pods], verbs: [get, list]"#

    func diff(_ old: String, _ new: String) throws -> DiffReport {
        diffRoles(
            try Situation(old, name: "old.yaml", operator: Situation.account.user).input,
            try Situation(new, name: "new.yaml", operator: Situation.account.user).input
        )
    }

    @Test func howItIsWrittenIsNoDifference() throws {
        let old = Situation.role([
            #"apiGroups: [""], resources: [pods, secrets], verbs: [get, list]"#,
            #"apiGroups: [apps], resources: [deployments], verbs: [get]"#,
        ])
        let new = Situation.role([
            #"apiGroups: [apps, apps], resources: [deployments], verbs: [get]"#,
            #"apiGroups: [""], resources: [secrets, pods], verbs: [list]"#,
            #"apiGroups: [""], resources: [pods], verbs: [get]"#,
            #"apiGroups: [""], resources: [secrets], verbs: [get]"#,
        ])
        for (before, after) in [
            (old, new), (new, old), (old + Situation.binding(), new + Situation.binding(name: "x")),
        ] {
            let report = try diff(before, after)
            #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty)
            #expect(!report.inBoth.isEmpty && report.inBoth.allSatisfy { $0.severity == nil })
            #expect(report.count(.error) == 0)
        }
    }

    @Test func additionsAndRemovalsAreTold() throws {
        let old = try Situation(Situation.role([Self.pods]))
        let new = try Situation(
            Situation.role([
                #"apiGroups: [""], resources: [pods, secrets], verbs: [list, watch]"#
            ])
        )
        let report = diffRoles(old.input, new.input)
        #expect(report.onlyInA.map(\.gist) == ["removed ClusterRole/manager-role: get on pods"])
        #expect(
            report.onlyInB.map(\.gist) == [
                "added ClusterRole/manager-role: watch on pods",
                "added ClusterRole/manager-role: list, watch on secrets",
            ]
        )
        #expect(report.inBoth.map(\.gist) == ["same ClusterRole/manager-role: list on pods"])
        #expect(report.count(.error) == 3)
        // What is underlined is what differs.
        #expect(report.onlyInA.map(old.underlined) == [["get"]])
        #expect(report.onlyInB.map(new.underlined) == [["pods", "watch"], ["secrets"]])
    }

    @Test func wideningIsShownAsWidening() throws {
        let wider: [(String, String, [PolicyRule])] = [
            (
                #"apiGroups: [""], resources: [pods], verbs: ["*"]"#, "* on pods",
                [Self.rule(["get", "list"], ["pods"])]
            ),
            (
                #"apiGroups: [""], resources: ["*"], verbs: [get, list]"#, "get, list on *",
                [Self.rule(["get", "list"], ["pods"])]
            ),
            (
                #"apiGroups: ["*"], resources: [pods], verbs: [get, list]"#, "get, list on pods.*",
                [Self.rule(["get", "list"], ["pods"])]
            ),
        ]
        for (rule, gist, counterpart) in wider {
            let report = try diff(Situation.role([Self.pods]), Situation.role([rule]))
            #expect(report.onlyInA.isEmpty)
            #expect(
                report.onlyInB.map(\.gist) == [
                    "widened ClusterRole/manager-role to ServiceAccount/demo/operator: \(gist)"
                ]
            )
            #expect(report.onlyInB.first?.counterpart == counterpart)
            // The place in the new file, then that in the old one.
            #expect(report.onlyInB.first?.locations.count == 2)
            #expect(report.inBoth.count == 1)
            let back = try diff(Situation.role([rule]), Situation.role([Self.pods]))
            #expect(back.onlyInA.map(\.change) == [.narrowed] && back.onlyInB.isEmpty)
        }
    }

    @Test func droppingNamesIsAWidening() throws {
        let named = #"apiGroups: [""], resources: [secrets], resourceNames: [a, b], verbs: [get]"#
        let all = #"apiGroups: [""], resources: [secrets], verbs: [get]"#
        let report = try diff(Situation.role([named]), Situation.role([all]))
        #expect(report.onlyInB.map(\.change) == [.widened] && report.onlyInA.isEmpty)
        let less = try diff(
            Situation.role([named]),
            Situation.role([#"apiGroups: [""], resources: [secrets], resourceNames: [a], verbs: [get]"#])
        )
        #expect(less.onlyInA.map(\.gist).first?.hasSuffix("get on secrets (named b)") == true && less.onlyInB.isEmpty)
    }

    @Test func onlyTheWiderPartIsAWidening() throws {
        let rule = #"apiGroups: [""], resources: [pods, nodes], verbs: ["*"]"#
        let report = try diff(Situation.role([Self.pods]), Situation.role([rule]))
        #expect(report.onlyInB.map(\.change) == [.added, .widened])
        #expect(report.onlyInB.map(\.gist).first?.hasSuffix("* on nodes") == true)
    }

    @Test func fromOneNamespaceToAllIsAWidening() throws {
        let role = Situation.role([Self.pods])
        let report = try diff(role + Situation.binding(namespace: "demo"), role + Situation.binding())
        #expect(report.onlyInA.isEmpty)
        #expect(report.onlyInB.map(\.change) == [.widened])
        #expect(report.onlyInB.first?.note == "on the other side in namespace `demo` only")
        #expect(report.inBoth.map(\.gist).allSatisfy { $0.contains(" in demo ") })
        let moved = try diff(role + Situation.binding(namespace: "one"), role + Situation.binding(namespace: "two"))
        #expect(moved.onlyInA.count == 1 && moved.onlyInB.count == 1)
    }

    @Test func whoIsGivenItCounts() throws {
        let role = Situation.role([Self.pods, #"apiGroups: [apps], resources: [deployments], verbs: [get]"#])
        let report = try diff(
            role + Situation.binding(),
            role + Situation.binding(subjects: ["demo/operator", "demo/other"])
        )
        // The role is the same: one line, not one a rule.
        #expect(report.onlyInA.isEmpty)
        #expect(
            report.onlyInB.map(\.gist) == ["added ClusterRole/manager-role to ServiceAccount/demo/other: all of it"]
        )
        #expect(report.onlyInB.first?.note == "the role is the same on both sides, and whom it is bound to is not")
    }

    @Test func oneSubjectInTwoSpellingsIsOne() throws {
        let role = Situation.role([Self.pods])
        let user = Situation.binding().replacing(
            "{kind: ServiceAccount, namespace: demo, name: operator}",
            with: "{kind: User, name: \"system:serviceaccount:demo:operator\"}"
        )
        let report = try diff(role + Situation.binding(), role + user)
        #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty)
    }

    @Test func anotherNameOfTheRoleIsNoDifference() throws {
        let report = try diff(
            Situation.role([Self.pods]) + Situation.binding(),
            Situation.role([Self.pods], name: "x-manager-role")
                + Situation.binding(to: "ClusterRole/x-manager-role", name: "x")
        )
        #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty)
    }

    @Test func aBareRoleIsTheOperators() throws {
        let report = try diff(Situation.role([Self.pods]), Situation.role([Self.pods]) + Situation.binding())
        #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty)
        #expect(report.notes.count == 1)
        let less = try diff(Situation.role([]), Situation.role([Self.pods]) + Situation.binding())
        #expect(less.onlyInB.map(\.change) == [.added])
    }

    @Test func aBareRoleAgainstBindingsWithoutAnOperatorComparesTheRoles() throws {
        let old = try Situation(Situation.role([Self.pods]))
        let new = try Situation(Situation.role([Self.pods]) + Situation.binding(subjects: ["demo/one", "demo/two"]))
        let report = diffRoles(old.input, new.input)
        #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty)
    }

    @Test func rolesForUsersAreComparedByName() throws {
        let editor = Situation.role([Self.pods], name: "myapp-editor-role")
        let rest = "---\n" + Situation.role([Self.pods]) + Situation.binding()
        let wider = editor.replacing("[get, list]", with: "[get, list, delete]")
        let report = try diff(editor + rest, wider + rest)
        #expect(report.onlyInA.isEmpty)
        #expect(report.onlyInB.map(\.gist) == ["added ClusterRole/myapp-editor-role: delete on pods"])
        #expect(try diff(editor + rest, editor + rest).onlyInB.isEmpty)
    }

    @Test func referencesToUnknownRolesAreComparedByName() throws {
        let role = Situation.role([Self.pods])
        let company = Situation.binding(to: "ClusterRole/company-base", name: "base")
        let both = try diff(role + Situation.binding() + company, role + Situation.binding() + company)
        #expect(both.onlyInA.isEmpty && both.onlyInB.isEmpty)
        let one = try diff(role + Situation.binding(), role + Situation.binding() + company)
        #expect(one.onlyInB.map(\.gist) == ["added ClusterRoleBinding/base to ServiceAccount/demo/operator: all of it"])
        #expect(one.onlyInB.first?.note == "no file holds the role")
    }

    @Test func builtInRolesAreToldByName() throws {
        let role = Situation.role([Self.pods])
        let view = Situation.binding(to: "ClusterRole/view", name: "view")
        let report = try diff(role + Situation.binding(), role + Situation.binding() + view)
        #expect(!report.onlyInB.isEmpty && report.onlyInB.allSatisfy { $0.gist.contains("ClusterRole/view") })
        let delegator = Situation.binding(to: "ClusterRole/system:auth-delegator", name: "metrics")
        let named = try diff(role + Situation.binding(), role + Situation.binding() + delegator)
        #expect(
            named.onlyInB.map(\.gist) == [
                "added ClusterRole/system:auth-delegator to ServiceAccount/demo/operator: all of it"
            ]
        )
    }

    @Test func openNamespacesAreTheOtherSides() throws {
        let role = Situation.role([Self.pods], kind: "Role")
        let open = (role + Situation.binding(to: "Role/manager-role", namespace: "demo", subjects: ["demo/operator"]))
            .replacing(", namespace: demo}", with: "}").replacing("namespace: demo, name", with: "name")
        let closed = role + Situation.binding(to: "Role/manager-role", namespace: "demo")
        func input(_ text: String, namespace: String = "") throws -> DiffInput {
            let side = try Situation(text).input
            guard let manifests = side.manifests else { return side }
            let declared = manifests.declaredPolicy(defaultNamespace: namespace)
            return DiffInput(side: side.side, manifests: manifests, declared: declared, operator: nil)
        }
        for (old, new) in [(open, closed), (closed, open), (open, open)] {
            let report = diffRoles(try input(old), try input(new))
            #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty && report.inBoth.count == 1)
        }
        let changed = open.replacing("[get, list]", with: "[get]")
        #expect(diffRoles(try input(open), try input(changed)).onlyInA.map(\.change) == [.removed])
        #expect(diffRoles(try input(changed), try input(closed)).onlyInB.map(\.change) == [.added])
    }

    @Test func boundToNobodyIsComparedByName() throws {
        let nobody = Situation.binding().replacing(
            "[{kind: ServiceAccount, namespace: demo, name: operator}]",
            with: "[]"
        )
        let report = try diff(
            Situation.role([Self.pods]) + nobody,
            Situation.role([Self.pods.replacing(", list", with: "")]) + nobody
        )
        #expect(report.onlyInA.map(\.gist) == ["removed ClusterRole/manager-role: list on pods"])
    }

    @Test func pathsInANamespaceGrantNothing() throws {
        let rules = [Self.pods, "nonResourceURLs: [/metrics], verbs: [get]"]
        let report = try diff(
            Situation.role([Self.pods]) + Situation.binding(namespace: "demo"),
            Situation.role(rules) + Situation.binding(namespace: "demo")
        )
        #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty)
        let wide = try diff(Situation.role([Self.pods]), Situation.role(rules))
        #expect(wide.onlyInB.map(\.gist).first?.hasSuffix("get on /metrics") == true)
    }

    private static func rule(_ verbs: [String], _ resources: [String]) -> PolicyRule {
        PolicyRule(verbs: verbs, apiGroups: [""], resources: resources)
    }
}
