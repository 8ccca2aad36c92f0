import Diagnosis
import Foundation
import Manifests
import RBAC
import Syntax
import TestSupport
import Testing
import Traces

/// Random gaps in real manifests: what the fix plans grants what was missing and nothing more, touches nothing else, and is
/// enough.
@Suite struct FixPropertyTests {
    /// Gaps in each file, a few at a time.
    private static let count = 50

    static func files(_ folder: URL, _ name: (String) -> Bool) -> [URL] {
        let enumerator = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let urls = (enumerator?.allObjects ?? []).compactMap { $0 as? URL }
        return urls.filter { name($0.lastPathComponent) }.sorted { $0.path < $1.path }
    }

    static let own =
        files(Repository.fixtures.appending(path: "fixes")) { $0.hasPrefix("before.") }
        + files(Repository.root.appending(path: "Examples")) { $0.hasSuffix("role.yaml") }

    static let corpus = (try? SharedCorpus.path("corpus/roles")).map { folder in files(folder) { $0.hasSuffix(".yaml") }
    }

    @Test(arguments: own)
    func ownManifests(_ file: URL) async throws {
        try await check(file, seed: 1)
    }

    @Test(.enabled(if: SharedCorpus.isPresent, "reference data not there"), arguments: corpus ?? [])
    func manifestsOfPublicOperators(_ file: URL) async throws {
        try await check(file, seed: 2)
    }

    /// Many gaps, one after the other, each in the manifests as they were.
    private func check(_ file: URL, seed: UInt64) async throws {
        var manifests = try ManifestLoader.load(paths: [file.path])
        // Whoever is bound in the file, its roles are taken for the operator's.
        manifests.bindings = []
        manifests.serviceAccounts = []
        manifests.workloads = []
        guard !manifests.roles.isEmpty else { return }
        var generator = SeededGenerator(seed: seed)
        var fixed = 0
        var drawn = 0
        while drawn < Self.count {
            let gaps = try (0..<Int.random(in: 1...5, using: &generator)).map { _ in try gap(in: manifests, &generator)
            }
            drawn += gaps.count
            if try await isFixed(manifests, RequirementSet(gaps).requirements, file) { fixed += 1 }
        }
        // Roles that a dump of a cluster or an aggregation holds are not edited; most are.
        let isEditable =
            manifests.roles.contains { role in
                role.aggregation == nil && !role.isClusterDump && !role.isMeantForUsers
            }
            && !manifests.roles.flatMap(\.rules).contains {
                $0.rule.verbs.contains("*") && $0.rule.resources.contains("*")
            }
        #expect(!isEditable || fixed > 0, "\(file.lastPathComponent)")
    }

    // MARK: - Gaps

    private static let verbs = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use",
    ]

    /// A call that is near a rule: another verb, a subresource, another resource, a path, an object of a name.
    private func gap(in manifests: ManifestSet, _ generator: inout SeededGenerator) throws -> Requirement {
        let rules = manifests.roles.flatMap(\.rules).map(\.rule)
        let rule =
            rules.randomElement(using: &generator) ?? PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"])
        let verb = Self.verbs.randomElement(using: &generator) ?? "get"
        if let path = rule.nonResourceURLs.randomElement(using: &generator) {
            return try need(
                "\(["get", "post"].randomElement(using: &generator) ?? "get") \(path.replacing("*", with: "x"))"
            )
        }
        let group = rule.apiGroups.randomElement(using: &generator).map { $0 == "*" ? "example.org" : $0 } ?? "apps"
        var resource = rule.resources.randomElement(using: &generator).map { String($0.prefix { $0 != "/" }) } ?? "pods"
        if resource.isEmpty || resource == "*" { resource = "widgets" }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: resource += "/" + (["status", "scale", "log"].randomElement(using: &generator) ?? "status")
        case 1: resource = ["gadgets", "secrets", "leases"].randomElement(using: &generator) ?? "gadgets"
        default: break
        }
        let parts = resource.split(separator: "/")
        let qualified = group.isEmpty ? String(parts[0]) : "\(parts[0]).\(group)"
        let target = parts.count > 1 ? "\(qualified)/\(parts[1])" : qualified
        let isNamed = Bool.random(using: &generator) && ["get", "update", "patch", "delete"].contains(verb)
        let namespaces = manifests.roles.filter { $0.kind == .role }
            .map { $0.identity.namespace.isEmpty ? "default" : $0.identity.namespace }
        let namespace = namespaces.randomElement(using: &generator).map { " -n \($0)" } ?? ""
        return try need("\(verb) \(target)\(namespace)\(isNamed ? " thing" : "")")
    }

    /// As if it had been recorded: what people write in short would be looked up first.
    private func need(_ text: String) throws -> Requirement {
        var requirement = try #require(try NeedExpression.parse(text).first)
        requirement.origins = ["rbac-trace.jsonl:1"]
        return requirement
    }

    // MARK: - What has to hold

    private func report(_ manifests: ManifestSet, _ requirements: [Requirement]) async throws -> CheckReport {
        try await Diagnosis.check(
            CheckInput(manifests: manifests, requirements: requirements, hasTrace: false, isOffline: true)
        )
    }

    /// Whether there was something to fix, and all of it is sound.
    private func isFixed(_ manifests: ManifestSet, _ requirements: [Requirement], _ file: URL) async throws -> Bool {
        let report = try await report(manifests, requirements)
        let plan = report.fixes(FixOptions(overwritesAll: true))
        let what = "\(file.lastPathComponent): \(requirements.map { RequirementLabel.text($0) })"
        guard !plan.fixes.isEmpty else {
            #expect(plan.changes.isEmpty, "\(what)")
            return false
        }
        for change in plan.changes { expectAddition(change, what) }

        // Effective, and enough: no finding that was fixed is there any more, and nothing is left to do.
        let changed = try #require(plan.manifests)
        let after = try await self.report(changed, requirements)
        for fix in plan.fixes {
            for index in report.findings[fix.finding].requirements {
                #expect(after.requirements[index].declared == .granted, "\(what)")
            }
        }
        #expect(after.fixes(FixOptions(overwritesAll: true)).changes.isEmpty, "\(what)")
        expectExactTuples(manifests, changed, requirements, what)
        return true
    }

    /// All that was there is there, in its order, and few lines are not as they were.
    private func expectAddition(_ change: FixPlan.Change, _ what: String) {
        var rest = Array(change.before.utf8)[...]
        for byte in change.after.utf8 where byte == rest.first { rest = rest.dropFirst() }
        let wasEmpty = change.before.contains("rules: []")
        #expect(rest.isEmpty || wasEmpty, "\(what)\n\(change.after)")
        let old = change.before.split(separator: "\n", omittingEmptySubsequences: false)
        let new = change.after.split(separator: "\n", omittingEmptySubsequences: false)
        let removed = new.difference(from: old).removals.count
        #expect(removed <= 4, "\(what)\n\(change.after)")
    }

    /// The tuples that came in are those of calls that were not granted, and no others.
    private func expectExactTuples(
        _ before: ManifestSet,
        _ after: ManifestSet,
        _ requirements: [Requirement],
        _ what: String
    ) {
        let required = requirements.map { requirement -> PolicyRule in
            let attributes = requirement.attributes
            if let path = attributes.nonResourceURL {
                return PolicyRule(verbs: [attributes.verb], nonResourceURLs: [path])
            }
            let resource =
                attributes.subresource.isEmpty
                ? attributes.resource : "\(attributes.resource)/\(attributes.subresource)"
            return PolicyRule(verbs: [attributes.verb], apiGroups: [attributes.group], resources: [resource])
        }
        for (old, new) in zip(before.roles, after.roles) {
            let oldRules = old.rules.map(\.rule)
            let newRules = new.rules.map(\.rule)
            #expect(RuleCoverage.covers(oldRules, by: newRules), "\(what)")
            for tuple in RuleCoverage.uncovered(newRules, by: oldRules) {
                let isRequired = RuleCoverage.covers([tuple], by: required)
                #expect(isRequired, "\(what): \(tuple.compactDescription)")
            }
        }
    }
}

private enum RequirementLabel {
    static func text(_ requirement: Requirement) -> String {
        let attributes = requirement.attributes
        if let path = attributes.nonResourceURL { return "\(attributes.verb) \(path)" }
        return "\(attributes.verb) \(attributes.resource).\(attributes.group)/\(attributes.subresource) "
            + "-n \(attributes.namespace) \(attributes.name)"
    }
}
