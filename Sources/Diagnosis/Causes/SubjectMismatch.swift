import Manifests
import RBAC
import Syntax

/// `subject-mismatch`: a binding to a role that grants the call exists, and its subject is not the operator.
enum SubjectMismatch: ReachCause {
    static let code = FindingCode.subjectMismatch

    static func proof(_ call: Call, granting: [RuleRef], _ evidence: Evidence) -> Proof? {
        let side = evidence.side
        var best: (rank: Int, proof: Proof)?
        for ref in granting where !side.roles[ref.role].bindings.isEmpty && mayBeMeant(ref, call, evidence) {
            for binding in side.roles[ref.role].bindings {
                let (subject, likeness) = nearestSubject(of: side.policy.bindings[binding], evidence)
                let rank = (side.covers(binding, call) ? 0 : 10) - likeness
                if best.map({ rank < $0.rank }) ?? true {
                    best = (rank, Proof(code: code, role: ref.role, binding: binding, subject: subject))
                }
            }
        }
        return best?.proof
    }

    /// A role of another component is no slip where a rule of the operator's own comes close; nor is one that names everything
    /// or that Kubernetes brings along, where the operator has a role of its own.
    private static func mayBeMeant(_ ref: RuleRef, _ call: Call, _ evidence: Evidence) -> Bool {
        guard evidence.belongsToOthers(ref.role) else { return true }
        let rule = evidence.side.rule(ref)
        let isVague = rule.resources.contains("*") || rule.nonResourceURLs.contains("*")
        if evidence.side.roles[ref.role].isBuiltIn || isVague { return !evidence.operatorHoldsSomething }
        return Causes.nearMiss(call, evidence, in: [.own]) == nil
    }

    // MARK: - How alike

    /// The subject that comes closest to the operator, and how close: 0 not at all.
    private static func nearestSubject(of binding: Binding, _ evidence: Evidence) -> (subject: Int?, likeness: Int) {
        var best: (subject: Int?, likeness: Int) = (binding.subjects.isEmpty ? nil : 0, 0)
        for (index, subject) in binding.subjects.enumerated() {
            let likeness = likeness(subject, in: binding, to: evidence.identity.user)
            if likeness > best.likeness { best = (index, likeness) }
        }
        return best
    }

    private static func likeness(_ subject: Subject, in binding: Binding, to user: UserInfo) -> Int {
        guard let account = ServiceAccountName(userName: user.name) else {
            return editDistance(subject.name, user.name, limit: 2) == nil ? 0 : 3
        }
        let isNearName = editDistance(subject.name, account.name, limit: editAllowance(account.name)) != nil
        switch subject.kind {
        case "ServiceAccount":
            let namespace = subject.accountName(in: binding)?.namespace
            if subject.name == account.name { return namespace == nil ? 5 : 4 }
            if namespace == account.namespace { return isNearName ? 4 : 2 }
            return isNearName ? 2 : 0
        case "User":
            return subject.name.hasSuffix(account.name) ? 3 : 0
        case "Group":
            return subject.name == account.name || subject.name.hasPrefix("system:serviceaccounts:") ? 2 : 0
        default:
            return subject.name == account.name ? 3 : 0
        }
    }

    /// Which part of the subject is not the operator's.
    private static func difference(_ subject: Subject, in binding: Binding, _ user: UserInfo) -> String {
        guard let account = ServiceAccountName(userName: user.name) else {
            return "the operator is user `\(user.name)`"
        }
        switch subject.kind {
        case "ServiceAccount":
            guard let named = subject.accountName(in: binding) else {
                return "no namespace: in a ClusterRoleBinding this is nobody; the operator's is `\(account.namespace)`"
            }
            var parts: [String] = []
            if named.namespace != account.namespace {
                let origin = subject.namespace.isEmpty ? " (the binding's)" : ""
                parts.append("namespace `\(named.namespace)`\(origin), the operator's is `\(account.namespace)`")
            }
            if named.name != account.name { parts.append("name `\(named.name)`, the operator's is `\(account.name)`") }
            return parts.joined(separator: "; ")
        case "User", "Group":
            return "kind `\(subject.kind)`; the operator is the ServiceAccount `\(account)`"
        default:
            return "kind `\(subject.kind)` is nobody; the operator is the ServiceAccount `\(account)`"
        }
    }

    // MARK: - What it says

    static func finding(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Finding {
        let side = evidence.side
        let bindingIndex = proof.binding ?? 0
        let binding = side.policy.bindings[bindingIndex]
        let role = side.policy.roles[proof.role ?? 0]
        let user = evidence.identity.user
        let location: FindingLocation?
        if let subject = proof.subject {
            let text = difference(binding.subjects[subject], in: binding, user)
            location = side.location(ofSubject: subject, ofBinding: bindingIndex, text)
        } else {
            location = side.location(ofBinding: bindingIndex, "has no subjects")
        }
        return .principal(
            code,
            calls,
            title: "\(Wording.binding(binding)) binds \(Wording.subjects(of: binding)), not the operator "
                + Wording.user(user),
            explanation:
                "\(Wording.role(role)) grants what is called, and the operator is not among those it is bound to. "
                + explanation(proof, binding),
            locations: [location],
            evidence: [
                "the binding's subjects: \(Wording.subjects(of: binding))",
                "the operator: user `\(user.name)`, groups \(Wording.list(user.groups))",
            ],
            remedy: remedy(proof, calls, evidence)
        )
    }

    private static func explanation(_ proof: Proof, _ binding: Binding) -> String {
        guard let index = proof.subject else { return "The binding names nobody." }
        switch binding.subjects[index].kind {
        case "ServiceAccount" where binding.subjects[index].accountName(in: binding) == nil:
            return "A service account in a ClusterRoleBinding needs a namespace, since the binding has none to lend it."
        case "ServiceAccount":
            return "Name and namespace of a service account must both be the same, letter by letter."
        case "User", "Group":
            return "A service account is bound as kind ServiceAccount; users and groups are other names altogether."
        default:
            return "Kubernetes knows the kinds ServiceAccount, User and Group."
        }
    }

    private static func remedy(_ proof: Proof, _ calls: [Call], _ evidence: Evidence) -> Remedy {
        let builder = RemedyBuilder(evidence)
        let side = evidence.side
        let bindingIndex = proof.binding ?? 0
        let binding = side.policy.bindings[bindingIndex]
        let role = side.policy.roles[proof.role ?? 0]
        if evidence.belongsToOthers(proof.role ?? 0) {
            var remedy = builder.grant(calls, near: nil)
            remedy.summary += "; or make the operator a subject of \(Wording.binding(binding)), if the role is its own"
            if ServiceAccountName(userName: evidence.identity.user.name)?.name == "default" {
                remedy.summary +=
                    "; or, where the workload was to run as \(Wording.subjects(of: binding)), name that in "
                    + "`serviceAccountName` of its pods"
            }
            return remedy
        }
        let rules = builder.exactRules(calls, withNames: false)
        let objects = NewObjects(evidence)
        guard calls.allSatisfy({ side.covers(bindingIndex, $0) }) else {
            if role.kind == .role, calls.contains(where: { $0.home != role.namespace }) {
                return builder.grant(calls, near: nil)
            }
            let namespace = role.kind == .role ? role.namespace : NotBound.namespace(for: calls)
            let new = objects.binding(to: role, inNamespace: namespace)
            return .creating(
                [new],
                summary: "bind \(Wording.role(role)) to the operator where it calls",
                rules: rules
            )
        }
        let (nearest, likeness) = nearestSubject(of: binding, evidence)
        var remedy = Remedy(
            summary: likeness > 1
                ? "correct the subject of \(Wording.binding(binding))"
                : "make the operator a subject of \(Wording.binding(binding))",
            rules: rules,
            commands: [Kubectl.add(objects.subject, to: binding)],
            replacement: YAMLText.subject(objects.subject)
        )
        if let manifest = side.manifestBinding(bindingIndex) {
            let isSlip = likeness > 1 && nearest.map { binding.subjects[$0].kind == objects.subject.kind } ?? false
            let place =
                isSlip
                ? nearest.flatMap { manifest.subjectRanges.indices.contains($0) ? manifest.subjectRanges[$0] : nil }
                : nil
            remedy.corrections = [
                .setSubject(binding: manifest.range, subject: place, to: inFile(objects.subject, side.manifests))
            ]
        }
        return remedy
    }

    /// The subject as the files spell it, before kustomize renames it.
    private static func inFile(_ subject: Subject, _ manifests: ManifestSet) -> Subject {
        let account = manifests.serviceAccounts.first {
            $0.identity.name == subject.name
                && ($0.identity.namespace.isEmpty || $0.identity.namespace == subject.namespace)
        }
        guard let account, subject.kind == "ServiceAccount" else { return subject }
        var result = subject
        result.name = account.identity.nameInFile
        if !account.identity.namespaceInFile.isEmpty { result.namespace = account.identity.namespaceInFile }
        return result
    }
}
