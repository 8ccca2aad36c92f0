import RBAC

/// The principal code of a call that the files grant and the cluster does not, by the contract alone: what is not there,
/// what lacks the rule, then what stands between the role and the operator.
struct ExpectedLiveCause {
    let files: Verdict
    let cluster: Verdict
    let calls: [RequestAttributes]

    func code(_ call: RequestAttributes) -> String {
        let origins = origins(call)
        let names = origins.flatMap { [$0.role] + ($0.collector.map { [$0] } ?? []) }
        if names.contains(where: { counterpart($0) == nil }) { return "not-applied" }
        if origins.contains(where: { lacks($0.role, call) }) { return "role-outdated" }
        if origins.contains(where: { $0.collector.map { lacks($0, call) } ?? false }) { return "aggregation-unmatched" }
        return reach(call)
    }

    /// A role of the files in which a rule is written, and the one by which it comes to the operator.
    private struct Origin {
        var role: Int
        var collector: Int?
    }

    private func origins(_ call: RequestAttributes) -> [Origin] {
        files.ownBindings.filter { files.reaches(files.objects.bindings[$0], call) }.flatMap { binding -> [Origin] in
            guard let role = files.roleOfBinding[binding] else { return [] }
            let object = files.objects.roles[role]
            guard object.isAggregated else {
                return files.rules(role).contains { allows($0, call) } ? [Origin(role: role)] : []
            }
            return files.objects.roles.indices.filter { piece in
                files.objects.roles[piece].isCollected(by: object)
                    && files.rules(piece).contains { allows($0, call) }
            }.map { Origin(role: $0, collector: role) }
        }
    }

    private func counterpart(_ role: Int) -> Int? {
        cluster.objects.roles.firstIndex { $0.isSame(as: files.objects.roles[role]) }
    }

    private func lacks(_ role: Int, _ call: RequestAttributes) -> Bool {
        guard let live = counterpart(role) else { return false }
        return !cluster.rules(live).contains { allows($0, call) }
    }

    /// The first group of the contract's causes, on the objects of the cluster that the files name or the operator has.
    private func reach(_ call: RequestAttributes) -> String {
        var objects = cluster.objects
        let names = files.objects
        objects.roles = objects.roles.enumerated().filter { index, role in
            cluster.isHeld(index) || names.roles.contains { $0.isSame(as: role) }
        }.map { index, role in
            // Stored rules; who collected them does not matter any more.
            var stored = role
            stored.role.rules = cluster.rules(index).map { .init($0) }
            stored.selectors = []
            return stored
        }
        let verdict = Verdict(objects: objects, account: cluster.account)
        return ExpectedCause(verdict: verdict, calls: calls, hasAllRoles: true).code(call)
    }
}
