import Manifests
import RBAC
import Syntax
import Traces

/// Who the operator may be, as the manifests tell.
struct ManifestIdentities {
    /// Somebody who may be the operator, with what names them.
    private struct Candidate: Hashable {
        enum Who: Hashable {
            case account(ServiceAccountName)
            case user(String)
            case group(String)
        }

        var who: Who
        var source: OperatorIdentity.Source
        /// `Deployment web`.
        var namedBy: String

        var userName: String? {
            switch who {
            case .account(let account): account.userName
            case .user(let name): name
            case .group: nil
            }
        }

        var description: String {
            let name =
                switch who {
                case .account(let account): account.description
                case .user(let name): name
                case .group(let name): "group \(name)"
                }
            return "`\(name)` (\(namedBy))"
        }
    }

    private let input: CheckInput
    private let manifests: ManifestSet
    private let trace: TraceUsers
    private let namespaces: OpenNamespaces

    init(_ input: CheckInput, _ trace: TraceUsers) {
        self.input = input
        self.trace = trace
        manifests = input.manifests ?? ManifestSet()
        namespaces = OpenNamespaces(manifests, flag: input.namespace, trace: trace)
    }

    /// The account of the workloads, else the one subject of the bindings; of several the one that the trace names.
    ///
    /// - Throws: `InputError` that lists them, where they are still several and something is required.
    func identity() throws(InputError) -> OperatorIdentity {
        let ranks: [[Candidate]] = [workloadAccounts, boundSubjects, definedAccounts]
        guard let candidates = ranks.first(where: { !$0.isEmpty }) else { return assumed }
        if let candidate = chosen(from: candidates) { return identity(of: candidate) }
        if candidates.first?.source == .serviceAccount || input.requirements.isEmpty { return assumed }
        throw Self.ambiguity(candidates)
    }

    private func chosen(from candidates: [Candidate]) -> Candidate? {
        if candidates.count == 1 { return candidates[0] }
        let named = candidates.filter { $0.userName.map(trace.users.contains) ?? false }
        if !named.isEmpty { return named.count == 1 ? named[0] : nil }
        if candidates[0].source == .subject {
            // An operator runs as a service account; people and groups beside it are given something else.
            let accounts = candidates.filter { if case .account = $0.who { true } else { false } }
            if accounts.count == 1 { return accounts[0] }
        }
        return namesake(in: candidates)
    }

    /// The one candidate whose name the trace's only service account carries with a prefix or suffix, as kustomize adds.
    private func namesake(in candidates: [Candidate]) -> Candidate? {
        guard trace.accounts.count == 1, let account = trace.accounts.first else { return nil }
        let similar = candidates.filter { candidate in
            guard case .account(let own) = candidate.who else { return false }
            return account.name.hasSuffix(own.name) || account.name.hasPrefix(own.name)
        }
        return similar.count == 1 ? similar[0] : nil
    }

    private func identity(of candidate: Candidate) -> OperatorIdentity {
        switch candidate.who {
        case .account(let account):
            return OperatorIdentity(user: account.user, namespace: account.namespace, source: candidate.source)
        case .user(let name):
            return OperatorIdentity(
                user: .impersonated(name: name),
                namespace: namespaces.general,
                source: candidate.source
            )
        case .group(let name):
            let user = UserInfo(name: "any member of \(name)", groups: [name, "system:authenticated"])
            return OperatorIdentity(user: user, namespace: namespaces.general, source: candidate.source)
        }
    }

    /// Pods run as `default` where nothing else is said.
    private var assumed: OperatorIdentity {
        let account = trace.accounts.count == 1 ? trace.accounts.first : nil
        let namespace = account?.namespace ?? namespaces.general
        let assumed = account ?? ServiceAccountName(namespace: namespace, name: "default")
        return OperatorIdentity(
            user: assumed.user,
            namespace: namespace,
            source: account == nil ? .assumed : .trace
        )
    }

    // MARK: - Candidates, each once

    private var workloadAccounts: [Candidate] {
        unique(
            manifests.workloads.map { workload in
                let account = ServiceAccountName(
                    namespace: namespaces.resolve(workload.identity.namespace, account: workload.serviceAccountName),
                    name: workload.serviceAccountName
                )
                return Candidate(
                    who: .account(account),
                    source: .workload,
                    namedBy: "\(workload.identity.kind) `\(workload.identity.name)`"
                )
            }
        )
    }

    private var boundSubjects: [Candidate] {
        unique(
            manifests.bindings.flatMap { binding in
                binding.subjects.compactMap { subject in
                    candidate(subject, in: binding)
                }
            }
        )
    }

    private func candidate(_ subject: Subject, in binding: BindingManifest) -> Candidate? {
        let who: Candidate.Who
        switch subject.kind {
        case "ServiceAccount":
            let written = subject.namespace.isEmpty ? binding.identity.namespace : subject.namespace
            let namespace = namespaces.resolve(written, account: subject.name)
            who = .account(ServiceAccountName(namespace: namespace, name: subject.name))
        case "User":
            who = ServiceAccountName(userName: subject.name).map(Candidate.Who.account) ?? .user(subject.name)
        case "Group":
            who = .group(subject.name)
        default:
            return nil
        }
        return Candidate(
            who: who,
            source: .subject,
            namedBy: "\(binding.kind.rawValue) `\(binding.identity.name)`"
        )
    }

    private var definedAccounts: [Candidate] {
        unique(
            manifests.serviceAccounts.map { account in
                Candidate(
                    who: .account(
                        ServiceAccountName(
                            namespace: namespaces.resolve(account.identity.namespace, account: account.identity.name),
                            name: account.identity.name
                        )
                    ),
                    source: .serviceAccount,
                    namedBy: "ServiceAccount"
                )
            }
        )
    }

    private func unique(_ candidates: [Candidate]) -> [Candidate] {
        var seen: Set<Candidate.Who> = []
        return candidates.filter { seen.insert($0.who).inserted }
    }

    private static func ambiguity(_ candidates: [Candidate]) -> InputError {
        let accounts = candidates.compactMap { candidate -> ServiceAccountName? in
            if case .account(let account) = candidate.who { account } else { nil }
        }
        let hint =
            accounts.first.map { "say which one is meant: --identity \($0)" }
            ?? "say which one is meant: --offline --as USER"
        return InputError(
            file: "--identity",
            message: "the manifests have several that may be the operator: "
                + candidates.map(\.description).joined(separator: ", "),
            hint: hint
        )
    }
}

/// The namespaces of what the manifests leave open: kustomize's, else `-n`, else the operator's.
private struct OpenNamespaces {
    private let manifests: ManifestSet
    private let given: String?
    /// The operator's namespace, where no object of its own says it.
    let general: String

    init(_ manifests: ManifestSet, flag: String?, trace: TraceUsers) {
        self.manifests = manifests
        given = manifests.kustomizeNamespace ?? flag
        let account = trace.accounts.count == 1 ? trace.accounts.first : nil
        general =
            given ?? Self.only(Self.writtenNamespaces(manifests)) ?? account?.namespace ?? trace.likelyNamespace
            ?? "default"
    }

    func resolve(_ written: String, account: String) -> String {
        if !written.isEmpty { return written }
        return given ?? Self.only(namespaces(ofAccount: account)) ?? general
    }

    private func namespaces(ofAccount name: String) -> Set<String> {
        var namespaces: Set<String> = []
        for account in manifests.serviceAccounts where account.identity.name == name {
            namespaces.insert(account.identity.namespace)
        }
        for subject in manifests.bindings.flatMap(\.subjects) where subject.kind == "ServiceAccount" {
            if subject.name == name { namespaces.insert(subject.namespace) }
        }
        return namespaces
    }

    private static func writtenNamespaces(_ manifests: ManifestSet) -> Set<String> {
        var namespaces = Set(manifests.roles.map(\.identity.namespace))
        namespaces.formUnion(manifests.bindings.map(\.identity.namespace))
        namespaces.formUnion(manifests.serviceAccounts.map(\.identity.namespace))
        namespaces.formUnion(manifests.workloads.map(\.identity.namespace))
        for binding in manifests.bindings {
            namespaces.formUnion(binding.subjects.filter { $0.kind == "ServiceAccount" }.map(\.namespace))
        }
        return namespaces
    }

    private static func only(_ namespaces: Set<String>) -> String? {
        let written = namespaces.filter { !$0.isEmpty }
        return written.count == 1 ? written.first : nil
    }
}
