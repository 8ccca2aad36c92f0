import RBAC

/// A grant that is worth more than it says.
struct Risk {
    /// After `grants`: `reading all secrets`.
    var name: String
    /// Beside the underlined resource.
    var label: String
    var group: String
    var resources: [String]
    /// Any of them makes the risk.
    var verbs: [String]
    /// Whether it counts in the whole cluster only: cluster scope, or harmless enough in one namespace.
    var isClusterOnly = false
    /// What it can be turned into, in a sentence; `{where}` stands for the reach.
    var turnsInto: String
    /// `*` on everything: all other risks at once.
    var isEverything = false

    func consequence(inCluster: Bool) -> String {
        turnsInto.split(separator: "{where}", omittingEmptySubsequences: false)
            .joined(separator: inCluster ? "in the cluster" : "in the namespace")
    }

    func isGranted(by rule: PolicyRule, inCluster: Bool) -> Bool {
        guard inCluster || !isClusterOnly, rule.resourceNames.isEmpty, rule.nonResourceURLs.isEmpty else {
            return false
        }
        if isEverything {
            return rule.verbs.contains("*") && rule.apiGroups.contains("*") && rule.resources.contains("*")
        }
        return verbs.contains(where: rule.allowsVerb) && rule.allowsGroup(group)
            && resources.contains(where: rule.coversResource)
    }

    private static let rbac = "rbac.authorization.k8s.io"
    private static let writing = ["create", "update", "patch"]

    /// In the order of weight. Kubernetes: "Role Based Access Control Good Practices", privilege escalation risks.
    static let all: [Risk] = [
        Risk(
            name: "every verb on every resource",
            label: "everything",
            group: "*",
            resources: ["*"],
            verbs: ["*"],
            turnsInto: "Whoever gets hold of the service account does anything at all {where}.",
            isEverything: true
        ),
        Risk(
            name: "`escalate` on roles",
            label: "with `escalate`",
            group: rbac,
            resources: ["roles", "clusterroles"],
            verbs: ["escalate"],
            turnsInto: "It allows writing roles with permissions that the writer does not hold, and so to grant itself "
                + "anything {where}."
        ),
        Risk(
            name: "`bind` on roles",
            label: "with `bind`",
            group: rbac,
            resources: ["roles", "clusterroles"],
            verbs: ["bind"],
            turnsInto:
                "It allows binding any role to anybody, `cluster-admin` too, and so to become administrator {where}."
        ),
        Risk(
            name: "`impersonate`",
            label: "with `impersonate`",
            group: "",
            resources: ["users", "groups", "serviceaccounts"],
            verbs: ["impersonate"],
            turnsInto: "It allows acting as somebody else {where}, with all that they may do."
        ),
        Risk(
            name: "writing roles and bindings",
            label: "written by the operator",
            group: rbac,
            resources: ["roles", "clusterroles", "rolebindings", "clusterrolebindings"],
            verbs: writing,
            turnsInto:
                "It allows handing on {where} everything that the service account holds, and rewriting what others "
                + "rely on."
        ),
        Risk(
            name: "reading all secrets",
            label: "of every namespace",
            group: "",
            resources: ["secrets"],
            verbs: ["get", "list", "watch"],
            isClusterOnly: true,
            turnsInto: "Secrets of all namespaces hold the passwords, keys and tokens of everything that runs {where}."
        ),
        Risk(
            name: "running commands in pods",
            label: "a shell in any pod",
            group: "",
            resources: ["pods/exec", "pods/attach", "pods/ephemeralcontainers"],
            verbs: writing,
            turnsInto:
                "It allows running commands in any pod {where}, with that pod's service account, secrets and host "
                + "access."
        ),
        Risk(
            name: "issuing tokens of service accounts",
            label: "tokens for any account",
            group: "",
            resources: ["serviceaccounts/token"],
            verbs: ["create"],
            turnsInto: "It allows becoming any service account {where}."
        ),
        Risk(
            name: "the kubelets' own API through `nodes/proxy`",
            label: "past admission and audit",
            group: "",
            resources: ["nodes/proxy"],
            verbs: ["get", "create", "update", "patch", "delete"],
            isClusterOnly: true,
            turnsInto:
                "It reaches the kubelet of every node and with it commands in every pod, past admission and audit."
        ),
        Risk(
            name: "writing admission webhooks and policies",
            label: "sees and changes every object",
            group: "admissionregistration.k8s.io",
            resources: [
                "validatingwebhookconfigurations", "mutatingwebhookconfigurations", "mutatingadmissionpolicies",
                "mutatingadmissionpolicybindings",
            ],
            verbs: writing,
            isClusterOnly: true,
            turnsInto: "A webhook sees every object that it asks for, secrets too, and a mutating one changes them."
        ),
        Risk(
            name: "approving certificates",
            label: "certificates for anybody",
            group: "certificates.k8s.io",
            resources: ["certificatesigningrequests/approval"],
            verbs: ["update", "patch"],
            isClusterOnly: true,
            turnsInto: "With `approve` on a signer it yields client certificates in the name of other users."
        ),
        Risk(
            name: "registering API servers",
            label: "takes over API groups",
            group: "apiregistration.k8s.io",
            resources: ["apiservices"],
            verbs: writing,
            isClusterOnly: true,
            turnsInto: "It allows answering whole API groups in the API server's place and reading what is sent there."
        ),
    ]
}
