import Manifests
import RBAC
import Testing

@testable import Diagnosis

@Suite struct ClusterDiffTests {
    typealias Situation = DiffSituation

    static let pods = #"apiGroups: [""], resources: [pods], verbs: [get, list]"#
    static let secrets = #"apiGroups: [""], resources: [secrets], verbs: [get]"#

    func diff(_ manifests: String, _ dump: String, clusterIsA: Bool = false) throws -> DiffReport {
        diffCluster(
            manifests: try Situation(manifests, operator: Situation.account.user).input,
            cluster: try Situation(dump, name: "dump.yaml").input,
            clusterIsA: clusterIsA
        )
    }

    func live(_ rules: [String], name: String = "manager-role") -> String {
        Situation.role(rules, name: name, uid: "f00d")
    }

    @Test func aDumpIsToldByItsUIDs() throws {
        #expect(try Situation(live([Self.pods])).input.side.kind == .cluster)
        #expect(try Situation(Situation.role([Self.pods])).input.side.kind == .manifests)
    }

    @Test func whatIsAppliedIsNoDifference() throws {
        let report = try diff(
            Situation.role([Self.pods, Self.secrets]) + Situation.binding(),
            live([Self.secrets, Self.pods]) + Situation.binding() + "---\n" + live([Self.pods], name: "of-others")
                + Situation.binding(to: "ClusterRole/of-others", name: "others", subjects: ["demo/other"])
        )
        #expect(report.comparison == .roleToCluster)
        #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty)
        #expect(report.inBoth.count == 3)
    }

    @Test func whatIsNotAppliedIsTold() throws {
        let report = try diff(
            Situation.role([Self.pods, Self.secrets]) + Situation.binding(),
            live([Self.pods, #"apiGroups: [""], resources: [nodes], verbs: [get]"#])
        )
        #expect(
            report.onlyInA.map(\.gist) == [
                "not-applied ClusterRole/manager-role: get on secrets",
                "not-applied ClusterRoleBinding/manager to ServiceAccount/demo/operator: all of it",
            ]
        )
        #expect(report.onlyInA.compactMap(\.note).last == "ClusterRoleBinding/manager is not in the cluster")
        #expect(report.onlyInB.map(\.gist) == ["not-in-manifests ClusterRole/manager-role: get on nodes"])
        #expect(report.count(.error) == 3)
    }

    @Test func aRoleThatIsNotThereIsToldRuleByRule() throws {
        let report = try diff(Situation.role([Self.pods, Self.secrets]) + Situation.binding(), live([], name: "x"))
        #expect(report.onlyInA.count == 3)
        #expect(report.onlyInA.first?.note == "ClusterRole/manager-role is not in the cluster")
        let swapped = try diff(
            Situation.role([Self.pods, Self.secrets]) + Situation.binding(),
            live([], name: "x"),
            clusterIsA: true
        )
        #expect(swapped.onlyInB.map(\.gist) == report.onlyInA.map(\.gist) && swapped.onlyInA.isEmpty)
        #expect(swapped.a.kind == .cluster)
    }

    /// What could not be read is neither there nor missing.
    @Test func whatCouldNotBeReadIsOpen() throws {
        let role = Situation.role([Self.pods], kind: "Role")
        let binding = Situation.binding(to: "Role/manager-role", namespace: "demo")
        let manifests = Situation.role([Self.secrets]) + Situation.binding() + "---\n" + role + binding
        func diff(_ gaps: [LiveObjects.Gap]) throws -> DiffReport {
            let live = try Situation(live([Self.secrets])).input
            return diffCluster(
                manifests: try Situation(manifests, operator: Situation.account.user).input,
                cluster: DiffInput(side: live.side, policy: live.policy, gaps: gaps, operator: nil)
            )
        }
        let known = try diff([])
        #expect(known.onlyInA.count == 3 && known.notEvaluated.isEmpty && known.failures.isEmpty)

        let here = LiveObjects.Gap(kind: "Role", namespace: "demo", reason: "refused")
        let partly = try diff([here, LiveObjects.Gap(kind: "ClusterRoleBinding", reason: "refused")])
        #expect(partly.onlyInA.map(\.note) == ["RoleBinding/demo/manager is not in the cluster"])
        #expect(partly.notEvaluated.count == 2 && partly.notEvaluated.allSatisfy { $0.severity == nil })
        #expect(partly.failures.map(\.message) == ["Role objects in demo, ClusterRoleBinding objects: refused"])

        let elsewhere = try diff([LiveObjects.Gap(kind: "Role", namespace: "other", reason: "refused")])
        #expect(elsewhere.onlyInA.count == 3 && elsewhere.notEvaluated.isEmpty)
        // Read in this namespace though not in all, it is known.
        let besides = try diff([LiveObjects.Gap(kind: "Role", reason: "refused", besides: ["demo"])])
        #expect(besides.onlyInA.count == 3 && besides.notEvaluated.isEmpty && besides.failures.count == 1)
        // What was found is compared all the same.
        let all = try diff(["Role", "ClusterRole"].map { LiveObjects.Gap(kind: $0, reason: "gone") })
        #expect(all.inBoth.count == 1 && all.onlyInA.count == 2 && all.notEvaluated.count == 1)
    }

    @Test func aWiderLiveRuleNamesItsNarrowerForm() throws {
        let report = try diff(
            Situation.role([Self.pods]) + Situation.binding(),
            live([#"apiGroups: [""], resources: [pods], verbs: ["*"]"#]) + Situation.binding()
        )
        #expect(report.onlyInA.isEmpty)
        #expect(report.onlyInB.map(\.gist) == ["not-in-manifests ClusterRole/manager-role: * on pods"])
        #expect(report.onlyInB.first?.counterpart.map(\.verbs) == [["get", "list"]])
    }

    @Test func everyLiveBindingOfTheOperatorCounts() throws {
        let report = try diff(
            Situation.role([Self.pods]) + Situation.binding(),
            live([Self.pods]) + Situation.binding()
                + Situation.binding(to: "ClusterRole/cluster-admin", name: "left-over")
                + Situation.binding(to: "ClusterRole/of-others", name: "others", subjects: ["demo/other"])
                + "---\n" + live([Self.secrets], name: "extra")
                + Situation.binding(to: "ClusterRole/extra", name: "extra", namespace: "demo")
        )
        #expect(
            report.onlyInB.map(\.gist) == [
                "not-in-manifests ClusterRoleBinding/left-over to ServiceAccount/demo/operator: all of it",
                "not-in-manifests RoleBinding/demo/extra in demo to ServiceAccount/demo/operator: get on secrets",
            ]
        )
    }

    /// An aggregated role that no controller has filled, say.
    @Test func aBindingToARoleWithoutRulesCountsToo() throws {
        let report = try diff(
            Situation.role([Self.pods]) + Situation.binding(),
            live([Self.pods]) + Situation.binding() + "---\n" + live([], name: "empty")
                + Situation.binding(to: "ClusterRole/empty", name: "left-over")
        )
        #expect(report.onlyInB.count == 1)
        #expect(report.onlyInB.first?.note?.hasSuffix("binds the operator to a role that grants nothing now") == true)
    }

    @Test func referencesAndSubjectsAreCompared() throws {
        let report = try diff(
            Situation.role([Self.pods]) + Situation.binding(),
            live([Self.pods]) + Situation.binding(to: "ClusterRole/other")
        )
        #expect(report.onlyInA.first?.note?.contains("ClusterRole/other") == true)
        #expect(report.onlyInA.count == 1 && report.onlyInB.count == 1)
        let subjects = try diff(
            Situation.role([Self.pods]) + Situation.binding(subjects: ["demo/operator"]),
            live([Self.pods]) + Situation.binding(subjects: ["old/operator"])
        )
        #expect(subjects.onlyInA.map(\.gist).first?.contains("ServiceAccount/demo/operator") == true)
        #expect(subjects.onlyInB.map(\.gist).first?.contains("ServiceAccount/old/operator") == true)
    }

    @Test func anOpenNamespaceIsTheClusters() throws {
        let live =
            Situation.role([Self.pods], kind: "Role", uid: "f00d")
            + Situation.binding(to: "Role/manager-role", namespace: "demo")
        let open =
            (Situation.role([Self.pods], kind: "Role")
            + Situation.binding(to: "Role/manager-role", namespace: "demo"))
            .replacing(", namespace: demo}", with: "}").replacing("namespace: demo, name", with: "name")
        let situation = try Situation(open).input
        let manifests = try #require(situation.manifests)
        let declared = manifests.declaredPolicy(defaultNamespace: "")
        let input = DiffInput(side: situation.side, manifests: manifests, declared: declared, operator: nil)
        let report = diffCluster(manifests: input, cluster: try Situation(live).input)
        #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty && report.inBoth.count == 2)
    }

    @Test func whatAggregationAddedIsNoDifference() throws {
        let aggregated = Situation.role([]).replacing(
            "rules: []",
            with: "aggregationRule: {clusterRoleSelectors: [{matchLabels: {part-of: all}}]}\nrules: []"
        )
        let part = "---\n" + Situation.role([Self.pods], name: "part", extra: ", labels: {part-of: all}")
        let report = try diff(
            aggregated + part,
            live([Self.pods, Self.secrets]) + "---\n" + live([Self.pods], name: "part")
        )
        #expect(report.onlyInA.isEmpty && report.onlyInB.isEmpty)
    }
}
