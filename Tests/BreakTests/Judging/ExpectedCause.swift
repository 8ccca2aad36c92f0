import Diagnosis
import RBAC

/// The principal code of a call that is not granted, worked out from the contract (section 4) alone.
struct ExpectedCause {
    let verdict: Verdict
    /// All calls, which say what the resources are.
    let calls: [RequestAttributes]
    /// Whether there is no role beyond these, as in a cluster that was read.
    var hasAllRoles = false
    private var objects: ObjectSet { verdict.objects }
    private var account: ServiceAccountName { verdict.account }

    func code(_ call: RequestAttributes) -> String {
        let granting = verdict.rolesAllowing(call).filter(isEvidence)
        return unreadable(call, granting) ?? reach(call, granting) ?? NearMiss(self, call).code ?? "rule-missing"
    }

    /// "A helper role that users are to be given is no evidence while it is bound to nobody."
    func isEvidence(_ role: Int) -> Bool {
        let isHelper = objects.roles[role].isForUsers || (objects.roles[role].isBuiltIn && !hasAllRoles)
        return !(isHelper && verdict.bindings(of: role).isEmpty)
    }

    /// Section 2, 6: the operator refers to a role that nobody has seen.
    private func unreadable(_ call: RequestAttributes, _ granting: [Int]) -> String? {
        let isOpen = !hasAllRoles && dangling.contains { verdict.reaches(objects.bindings[$0], call) }
        return isOpen && !granting.contains(where: verdict.isUnbound) ? "unknown" : nil
    }

    private var dangling: [Int] { verdict.ownBindings.filter { verdict.roleOfBinding[$0] == nil } }

    // MARK: - A rule grants the call, but not to this identity here

    private func reach(_ call: RequestAttributes, _ granting: [Int]) -> String? {
        let isHeld = granting.contains(where: verdict.isHeld)
        if isOfClusterScope(call), isHeld || !granting.isEmpty && granting.allSatisfy(isNamespaced) {
            return "cluster-scope-in-role"
        }
        if isHeld { return "namespace-scope-too-narrow" }
        if isUncollected(call) { return "aggregation-unmatched" }
        let unbound = granting.filter { verdict.bindings(of: $0).isEmpty }
        let loose = unbound.filter(verdict.isUnbound)
        if dangling.contains(where: { isMeant($0, for: call, loose) }) { return "role-ref-dangling" }
        if granting.contains(where: { !verdict.bindings(of: $0).isEmpty && mayBeMeant($0, call) }) {
            return "subject-mismatch"
        }
        return unbound.isEmpty ? nil : "not-bound"
    }

    private func isNamespaced(_ role: Int) -> Bool { objects.roles[role].role.kind == .role }

    func isOfClusterScope(_ call: RequestAttributes) -> Bool {
        if call.nonResourceURL != nil { return true }
        if let known = KnownResources.builtin.resource(call.resource, group: call.group) { return !known.isNamespaced }
        if hasAllRoles {
            return KnownResource(called: calls.filter { $0.isOfSameResource(as: call) }).isNamespaced == false
        }
        // Of a resource that nobody defines: one object without a namespace is called, and none in one.
        let same = calls.filter { $0.isOfSameResource(as: call) }
        return same.allSatisfy(\.namespace.isEmpty)
            && same.contains { !$0.name.isEmpty && ["get", "update", "patch", "delete"].contains($0.verb) }
    }

    private func isMeant(_ binding: Int, for call: RequestAttributes, _ unbound: [Int]) -> Bool {
        let reference = objects.bindings[binding].roleRef.name
        return unbound.contains { role in
            verdict.reaches(objects.bindings[binding], call) || objects.roles[role].role.name == reference
        }
    }

    /// A role of another component, which the manifests define, is a slip only where nothing of the operator's own comes
    /// near the call.
    private func mayBeMeant(_ role: Int, _ call: RequestAttributes) -> Bool {
        guard isOthers(role) else { return true }
        let isVague = verdict.rules(role).contains { rule in
            allows(rule, call) && (rule.resources.contains("*") || rule.nonResourceURLs.contains("*"))
        }
        return !isVague && NearMiss(self, call).ownCode == nil
    }

    func isOthers(_ role: Int) -> Bool {
        let bindings = verdict.bindings(of: role)
        return !bindings.isEmpty
            && bindings.allSatisfy { index in
                let binding = objects.bindings[index]
                return !binding.subjects.isEmpty
                    && binding.subjects.allSatisfy { subject in
                        let namespace = subject.namespace.isEmpty ? binding.namespace : subject.namespace
                        let name = ServiceAccountName(namespace: namespace, name: subject.name)
                        return subject.kind == "ServiceAccount" && name != account && objects.accounts.contains(name)
                    }
            }
    }

    /// The rule stands in a ClusterRole that nobody binds and nothing collects, beside an aggregated role of the operator's.
    private func isUncollected(_ call: RequestAttributes) -> Bool {
        let aggregated = objects.roles.indices.filter { role in
            objects.roles[role].isAggregated
                && verdict.ownBindings.contains {
                    verdict.roleOfBinding[$0] == role && verdict.reaches(objects.bindings[$0], call)
                }
        }
        guard !aggregated.isEmpty else { return false }
        return objects.roles.indices.contains { index in
            let object = objects.roles[index]
            return object.role.kind == .clusterRole && verdict.bindings(of: index).isEmpty
                && verdict.rules(index).contains { allows($0, call) }
                && !objects.roles.contains { object.isCollected(by: $0) }
                && aggregated.contains { isPart(index, of: $0) }
        }
    }

    /// What collects rules itself is a part of another role only where that one is empty, or the labels nearly fit.
    private func isPart(_ role: Int, of aggregated: Int) -> Bool {
        if hasNearLabel(objects.roles[role], objects.roles[aggregated]) { return true }
        return isEvidence(role) && (!objects.roles[role].isAggregated || verdict.rules(aggregated).isEmpty)
    }

    private func hasNearLabel(_ object: ObjectSet.RoleObject, _ aggregated: ObjectSet.RoleObject) -> Bool {
        aggregated.selectors.flatMap(\.keys).contains { key in
            object.labels.keys.contains { distance($0, key) <= 2 }
        }
    }
}
