package import Manifests
import RBAC
package import Syntax
import Traces

/// What else is known when refusals are explained: manifests, a cluster, or both.
package struct ExplainSurroundings: Sendable {
    package var manifests: ManifestSet?
    package var cluster: (any ClusterAccess)?
    /// `-n`.
    package var namespace: String?

    package init(manifests: ManifestSet? = nil, cluster: (any ClusterAccess)? = nil, namespace: String? = nil) {
        self.manifests = manifests
        self.cluster = cluster
        self.namespace = namespace
    }

    var isEmpty: Bool { manifests == nil && cluster == nil }
}

extension Explainer {
    /// Puts each refusal to the cause that a check finds for it: the refused requests are what is required, and whoever was
    /// refused is the identity.
    ///
    /// - Throws: `InputError` where it can't be told whose access is meant.
    package static func diagnosed(
        _ report: ExplainReport,
        _ surroundings: ExplainSurroundings
    ) async throws(InputError) -> ExplainReport {
        guard !surroundings.isEmpty else { return report }
        var report = report
        nameOwners(&report, surroundings.manifests)
        var seen: Set<String> = []
        let users = report.refusals.filter(\.isDiagnosable).map(\.user).filter { seen.insert($0).inserted }
        let accounts = users.filter { ServiceAccountName(userName: $0) != nil }
        for user in users {
            let run = UserRun(user: user, isOnlyAccount: accounts == [user], surroundings: surroundings)
            let indices = report.refusals.indices.filter {
                report.refusals[$0].isDiagnosable && report.refusals[$0].user == user
            }
            try await run.diagnose(&report, indices)
        }
        return report
    }

    /// An owner reference does not name the owner: of an operator it is one of the kinds that it defines.
    private static func nameOwners(_ report: inout ExplainReport, _ manifests: ManifestSet?) {
        let owners = (manifests?.crds ?? []).map { crd in
            RequestAttributes(verb: "update", group: crd.group, resource: crd.plural, subresource: "finalizers")
        }
        for index in report.refusals.indices
        where report.refusals[index].code == .finalizersPermission && report.refusals[index].asked.isEmpty {
            report.refusals[index].asked = owners
            report.refusals[index].requires = rules(granting: owners)
        }
    }
}

extension ExplainReport.Refusal {
    /// Whether there is a request that a role could allow.
    fileprivate var isDiagnosable: Bool { !asked.isEmpty && user != "system:anonymous" }
}

/// The refusals of one user, held against the manifests and the cluster.
private struct UserRun {
    let user: String
    /// Whether no other service account was refused.
    let isOnlyAccount: Bool
    let surroundings: ExplainSurroundings

    func diagnose(_ report: inout ExplainReport, _ indices: [Int]) async throws(InputError) {
        let check = try await Diagnosis.check(input(report, indices), cluster: isAccount ? surroundings.cluster : nil)
        for index in indices {
            let judged = report.refusals[index].take(check, surroundings)
            if surroundings.cluster != nil, isAccount { now(judged.map(\.effectiveOperator), &report.refusals[index]) }
        }
        if !isAccount { await askAgain(&report, indices) }
        report.texts.merge(check.texts) { $1 }
        report.server = report.server ?? check.server
        for failure in check.failures where !report.failures.contains(failure) { report.failures.append(failure) }
        for note in check.notes where !report.notes.contains(note) { report.notes.append(note) }
    }

    private var isAccount: Bool { ServiceAccountName(userName: user) != nil }

    private func input(_ report: ExplainReport, _ indices: [Int]) -> CheckInput {
        var set = RequirementSet()
        for index in indices {
            let refusal = report.refusals[index]
            for request in refusal.asked {
                let key = Requirement.Key(attributes: request, user: user.isEmpty ? nil : user)
                let place = refusal.file.isEmpty ? "line \(refusal.firstLine)" : "\(refusal.file):\(refusal.firstLine)"
                set.insert(
                    Requirement(key: key, origins: [place], count: refusal.count, statuses: [403: refusal.count])
                )
            }
        }
        return CheckInput(
            manifests: surroundings.manifests,
            requirements: set.requirements,
            hasTrace: false,
            identity: identity,
            namespace: surroundings.namespace,
            asUser: isAccount || user.isEmpty ? nil : user,
            isOffline: surroundings.cluster == nil || !isAccount
        )
    }

    /// The account that was refused; where the manifests know it under another name, as before kustomize's prefix, and no
    /// other account was refused, it stands for theirs.
    private var identity: IdentityChoice {
        guard let account = ServiceAccountName(userName: user) else { return user.isEmpty ? .automatic : .currentUser }
        if isOnlyAccount, let manifests = surroundings.manifests, !manifests.bindings.isEmpty,
            !names(manifests, account)
        {
            return .automatic
        }
        return .account(account)
    }

    private func names(_ manifests: ManifestSet, _ account: ServiceAccountName) -> Bool {
        manifests.bindings.contains { $0.subjects.contains { $0.kind == "ServiceAccount" && $0.name == account.name } }
    }

    // MARK: - Now

    private func now(_ answers: [CheckReport.Effective], _ refusal: inout ExplainReport.Refusal) {
        guard !answers.isEmpty else { return }
        if answers.allSatisfy({ $0 == .allowed }) {
            refusal.explanation += " Asked again now, the API server allows it."
            // A cause in the manifests stays one, whatever else grants the call in this cluster.
            if refusal.locations.isEmpty {
                refusal.remedy = Remedy(summary: "nothing is missing any more: start again what gave up")
            }
        } else if answers.contains(.denied) {
            refusal.explanation += " Asked again now, the API server still refuses it."
        } else {
            refusal.explanation += " Whether it is still refused could not be found out."
        }
    }

    /// Of a user that is no service account the API server is asked alone.
    private func askAgain(_ report: inout ExplainReport, _ indices: [Int]) async {
        guard let cluster = surroundings.cluster else { return }
        let subject: ReviewSubject = user.isEmpty ? .currentUser : .user(.impersonated(name: user))
        let answers = await cluster.review(indices.flatMap { report.refusals[$0].asked }, for: subject)
        var rest = answers[...]
        for index in indices {
            let own = rest.prefix(report.refusals[index].asked.count)
            rest = rest.dropFirst(own.count)
            now(own.map(\.effective), &report.refusals[index])
        }
        if case .unknown(let failure)? = answers.first?.verdict, failure.kind != .refused {
            let failure = failure.failure(.connection)
            if !report.failures.contains(failure) { report.failures.append(failure) }
        }
        if report.server == nil { report.server = await cluster.server() }
    }
}

extension AccessAnswer {
    fileprivate var effective: CheckReport.Effective {
        switch verdict {
        case .allowed: .allowed
        case .denied: .denied
        case .unknown: .unknown
        }
    }
}
