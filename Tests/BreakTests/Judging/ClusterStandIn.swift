import Diagnosis
import RBAC
import Synchronization

/// A cluster that holds a set of objects and answers by them. Whoever asks is in `system:masters`.
final class ClusterStandIn: ClusterAccess {
    private let objects: ObjectSet
    private let served: [KnownResource]
    /// The kinds that may not be listed.
    private let hidden: [String]
    private let asked = Mutex<[String]>([])

    /// What was asked, in order.
    var questions: [String] { asked.withLock { $0 } }

    init(_ objects: ObjectSet, serving calls: [RequestAttributes] = [], hiding hidden: [String] = []) {
        self.objects = objects
        self.hidden = hidden
        let custom = Dictionary(grouping: calls.filter { $0.nonResourceURL == nil }) { "\($0.group)/\($0.resource)" }
        served = KnownResources.builtin.adding(custom.values.map { KnownResource(called: $0) }).all
    }

    func server() async -> CheckReport.Server { .init(url: "https://cluster.example", version: "v1.36.2") }

    func currentUser() async -> ClusterAnswer<UserInfo> {
        .answer(UserInfo(name: "admin", groups: ["system:masters", "system:authenticated"]))
    }

    func review(_ requests: [RequestAttributes], for subject: ReviewSubject) async -> [AccessAnswer] {
        asked.withLock { $0.append(subject == .currentUser ? "self" : "operator") }
        guard case .user(let user) = subject, let account = ServiceAccountName(userName: user.name) else {
            return requests.map { _ in AccessAnswer(.allowed, via: .credentials) }
        }
        let verdict = Verdict(objects: objects, account: account)
        return requests.map { request in
            AccessAnswer(
                verdict.grants(request) || request.isGrantedToEverybody ? .allowed : .denied,
                via: .subjectaccessreview
            )
        }
    }

    func discovery(refreshed: Bool) async -> ClusterAnswer<Discovery> {
        .answer(Discovery(resources: served))
    }

    func listedRules(of subject: ReviewSubject, inNamespace namespace: String) async -> ClusterAnswer<ListedRules> {
        asked.withLock { $0.append("rules in \(namespace)") }
        guard case .user(let user) = subject, let account = ServiceAccountName(userName: user.name) else {
            return .answer(ListedRules(rules: [PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"])]))
        }
        let verdict = Verdict(objects: objects, account: account)
        let roles = verdict.ownBindings.filter { index in
            objects.bindings[index].kind == .clusterRoleBinding || objects.bindings[index].namespace == namespace
        }.compactMap { verdict.roleOfBinding[$0] }
        return .answer(ListedRules(rules: roles.flatMap(verdict.rules)))
    }

    func liveObjects(inNamespaces namespaces: [String]) async -> LiveObjects {
        asked.withLock { $0.append("objects") }
        var policy = objects.policy
        policy.roles.removeAll { hidden.contains($0.kind.rawValue) }
        policy.bindings.removeAll { hidden.contains($0.kind.rawValue) }
        let labels = objects.roles.filter { $0.role.kind == .clusterRole }.map { ($0.role.name, $0.labels) }
        return LiveObjects(
            policy: policy,
            gaps: hidden.map { .init(kind: $0, reason: "forbidden") },
            labels: Dictionary(labels) { $1 }
        )
    }
}

extension KnownResource {
    /// A custom resource as the calls to it show it.
    init(called calls: [RequestAttributes]) {
        let resource = calls[0].resource
        self.init(
            group: calls[0].group,
            versions: ["v1"],
            plural: resource,
            singular: resource,
            kind: resource,
            isNamespaced: calls.contains { !$0.namespace.isEmpty } || !calls.allSatisfy(\.isOfClusterScope),
            subresources: Set(calls.map(\.subresource)).sorted().map { Subresource(name: $0, verbs: []) },
            origin: .served
        )
    }
}
