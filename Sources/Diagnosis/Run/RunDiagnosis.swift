package import Syntax

import RBAC
package import Traces

/// With whose permissions an operator runs. Contract: `--access`.
package enum RunAccess: String, Hashable, Sendable, CaseIterable {
    /// One's own.
    case `self`
    /// Those that the operator's service account has in the cluster.
    case `operator`
    /// Those that the manifests would give it.
    case declared

    /// Whose access the server is asked about: whoever the calls reach it as.
    package var reviewed: IdentityChoice { self == .operator ? .operatorAccount : .currentUser }
}

/// An operator that runs under our eyes: its refusals are explained by the same check that precedes and ends the run.
package struct RunDiagnosis: Sendable {
    /// The manifests and whose they are; without requirements.
    package var input: CheckInput
    package var access: RunAccess
    package var cluster: (any ClusterAccess)?

    package init(_ input: CheckInput, access: RunAccess, cluster: (any ClusterAccess)?) {
        self.input = input
        self.access = access
        self.cluster = cluster
    }

    /// Explains refusals; those that mean no more than that an object is not there are `nil`.
    ///
    /// - Throws: `InputError` where it cannot be told whose access is meant.
    package func explain(_ calls: [RefusedCall]) async throws(InputError) -> [ExplainReport.Refusal?] {
        var refusals = calls.map { $0.refusal(known) }
        let refused = refusals.indices.filter { refusals[$0].map(isDiagnosable) ?? false }
        if input.manifests != nil, !refused.isEmpty {
            // What somebody else than the cluster refused, or refused to somebody else, the cluster cannot explain.
            let cluster = access == .operator ? cluster : nil
            // Each by itself, so that its remedy is no more than it takes.
            for index in refused {
                let check = try await check(refusals[index]?.asked ?? [], status: 403, cluster)
                refusals[index]?.take(check, surroundings(cluster))
                if access != .operator { refusals[index]?.tellOwn() }
            }
        }
        let unable = refusals.indices.filter { refusals[$0]?.code == .impersonationRefused }
        if access == .operator, !unable.isEmpty {
            let operators = try await check([], hasTrace: false, nil).identities.first { $0.role == .operator }
            for index in unable { refusals[index]?.tellImpersonation(of: operators?.user.name) }
        }
        let unserved = refusals.indices.filter { calls[$0].status == 404 && refusals[$0] != nil }
        if !unserved.isEmpty, cluster != nil {
            let check = try await check(unserved.flatMap { refusals[$0]?.asked ?? [] }, status: 404, cluster)
            for index in unserved { refusals[index] = refusals[index].flatMap { $0.unserved(by: check) } }
        }
        return refusals
    }

    private var known: KnownResources { KnownResources.of(input.manifests) }

    /// Whether manifests can say why; of who may not impersonate they say nothing.
    private func isDiagnosable(_ refusal: ExplainReport.Refusal) -> Bool {
        let codes: [FindingCode] = [.accessDenied, .escalationRefused, .finalizersPermission]
        return codes.contains(refusal.code) && !refusal.asked.isEmpty && refusal.user != "system:anonymous"
    }

    private func check(
        _ asked: [RequestAttributes],
        status: Int,
        _ cluster: (any ClusterAccess)?
    ) async throws(InputError) -> CheckReport {
        var set = RequirementSet()
        for request in asked {
            set.insert(Requirement(key: Requirement.Key(attributes: request), count: 1, statuses: [status: 1]))
        }
        return try await check(set.requirements, hasTrace: false, cluster)
    }

    /// The check that precedes a run, and the one that ends it.
    ///
    /// - Throws: `InputError` where it cannot be told whose access is meant.
    package func check(_ requirements: [Requirement], hasTrace: Bool) async throws(InputError) -> CheckReport {
        try await check(requirements, hasTrace: hasTrace, cluster)
    }

    private func check(
        _ requirements: [Requirement],
        hasTrace: Bool,
        _ cluster: (any ClusterAccess)?
    ) async throws(InputError) -> CheckReport {
        var input = input
        input.requirements = requirements
        input.hasTrace = hasTrace
        input.isOffline = cluster == nil
        // What the user asks for goes first.
        if input.reviewed == nil { input.reviewed = access.reviewed }
        return try await Diagnosis.check(input, cluster: cluster)
    }

    private func surroundings(_ cluster: (any ClusterAccess)?) -> ExplainSurroundings {
        ExplainSurroundings(manifests: input.manifests, cluster: cluster, namespace: input.namespace)
    }
}

extension ExplainReport.Refusal {
    /// The finding that the server does not serve what was called; `nil` where it does, so that the 404 was about an object.
    fileprivate func unserved(by check: CheckReport) -> ExplainReport.Refusal? {
        let codes: [FindingCode] = [.resourceNotServed, .versionNotServed, .subresourceNotServed]
        let found = check.requirements.filter { asked.contains($0.requirement.attributes) }
            .flatMap(\.findings).map { check.findings[$0] }
        guard let finding = found.first(where: { codes.contains($0.code) }) else {
            // Nobody could say; the server's own words stand.
            return check.failures.isEmpty ? nil : self
        }
        var refusal = self
        refusal.code = finding.code
        refusal.title = finding.title
        refusal.explanation = finding.explanation
        refusal.remedy = finding.remedy
        refusal.locations = finding.locations
        return refusal
    }

    /// Who may not impersonate has another way. Of the permissions to do so plain `impersonate` is enough for all that the
    /// operator calls.
    fileprivate mutating func tellImpersonation(of operatorName: String?) {
        title = "you may not act as the operator: \(title)"
        if let account = operatorName.flatMap(ServiceAccountName.init(userName:)) {
            let request = RequestAttributes(
                verb: "impersonate",
                resource: "serviceaccounts",
                namespace: account.namespace,
                name: account.name
            )
            requires = rules(granting: [request], withNames: true)
            remedy = GrantRemedy.remedy(user: user, [request], lacksScope: false, .builtin, withNames: true)
        }
        var remedy = remedy ?? Remedy(summary: "")
        remedy.summary = "run it with --access declared, which needs no such right, or \(remedy.summary)"
        self.remedy = remedy
    }

    /// What was refused to whoever runs the operator, with the operator's own permissions not tried.
    fileprivate mutating func tellOwn() {
        guard code == .accessDenied, locations.isEmpty else { return }
        explanation =
            "The manifests grant it to the operator; it was refused to you, with whose credentials calls go out."
        remedy = Remedy(
            summary: "call with a kubeconfig that may do this, or apply the manifests and run it with --access operator"
        )
    }
}
