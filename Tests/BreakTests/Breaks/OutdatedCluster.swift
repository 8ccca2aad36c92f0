import RBAC

/// What a cluster holds beside files that have it all right.
enum Outdated: String, CaseIterable, Sendable {
    case nothing
    /// One role was never applied.
    case roleLeftOut
    /// One binding was never applied.
    case bindingLeftOut
    /// A role as it was before a rule, or a verb, was added.
    case olderRole

    func objects(_ project: Project, using random: inout some RandomNumberGenerator) -> ObjectSet? {
        var objects = project.objects
        switch self {
        case .nothing:
            objects.roles.removeAll { !$0.isBuiltIn }
            objects.bindings = []
        case .roleLeftOut:
            let roles = project.heldRoles.filter { !objects.roles[$0].isBuiltIn }
            guard let role = roles.randomElement(using: &random) else { return nil }
            objects.roles.remove(at: role)
        case .bindingLeftOut:
            guard let binding = project.heldBindings.randomElement(using: &random) else { return nil }
            objects.bindings.remove(at: binding)
        case .olderRole:
            let kinds: [Break] = [.dropRule, .dropVerb, .dropSubresource, .addName]
            guard let older = kinds.randomElement(using: &random)?.applied(to: project, using: &random) else {
                return nil
            }
            objects = older
        }
        return objects
    }
}

/// A project whose files are right, and a cluster that differs from them.
struct OutdatedProject: Sendable, CustomStringConvertible {
    var project: Project
    /// What the cluster holds.
    var cluster: ObjectSet
    var calls: [RequestAttributes]
    var expected: [String]
    /// The break, by which results are counted.
    var kind: String

    var description: String { "the cluster's \(kind) of \(project.name)" }

    init?(
        _ kind: String,
        _ candidate: BreakGenerator.Candidate,
        _ cluster: ObjectSet,
        using random: inout some RandomNumberGenerator
    ) {
        let (project, allowed) = (candidate.project, candidate.allowed)
        guard cluster.isUnambiguous else { return nil }
        let live = Verdict(objects: cluster, account: project.account)
        let lost = allowed.filter { !live.grants($0) }.shuffled(using: &random).prefix(5)
        guard !lost.isEmpty, !project.objects.bindings.isEmpty else { return nil }
        let calls = lost + allowed.filter { live.grants($0) }.shuffled(using: &random).prefix(5)
        let files = Verdict(objects: project.objects, account: project.account)
        let cause = ExpectedLiveCause(files: files, cluster: live, calls: Array(calls))
        self.project = project
        self.cluster = cluster
        self.calls = Array(calls)
        self.kind = kind
        expected = calls.map { live.grants($0) ? "ok" : cause.code($0) }
    }
}
