import Diagnosis
import RBAC
import Syntax
import Testing
import Traces

/// What can happen to somebody who runs `check`, as the values that `Diagnosis` would hand over. Every format renders all
/// of them.
struct Situation: Sendable, CustomTestStringConvertible {
    var name: String
    var reports: [CheckReport]
    var testDescription: String { name }

    static let all: [Situation] = [
        missing, allClear, manifestsOnly, online, wideText, longRule, minified, hostile, outside, noAnswer, clusters,
    ]
}

private let operatorUser = ServiceAccountName(namespace: "shop-system", name: "shop-controller-manager")

private func byManifests() -> CheckReport {
    var report = CheckReport()
    report.identities = [CheckReport.Identity(role: .operator, user: operatorUser.user, via: .manifests)]
    return report
}

private func called(
    _ verb: String,
    _ group: String,
    _ resource: String,
    subresource: String = "",
    namespace: String = "",
    name: String = "",
    count: Int = 1,
    status: Int = 403,
    line: Int,
    implied: String? = nil
) -> Requirement {
    let attributes = RequestAttributes(
        verb: verb,
        group: group,
        version: "v1",
        resource: resource,
        subresource: subresource,
        namespace: namespace,
        name: name
    )
    return Requirement(
        key: Requirement.Key(attributes: attributes),
        implied: implied,
        origins: ["rbac-trace.jsonl:\(line)"],
        count: implied == nil ? count : 0,
        statuses: implied == nil ? [status: count] : [:]
    )
}

private func unmet(_ requirement: Requirement, _ findings: Int...) -> CheckReport.Judged {
    CheckReport.Judged(requirement: requirement, declared: .missing, findings: findings, isMet: false)
}

private func met(_ requirement: Requirement, by grant: String) -> CheckReport.Judged {
    CheckReport.Judged(requirement: requirement, declared: .granted, grantedBy: [grant], isMet: true)
}

private let managerGrant = "ClusterRole/shop-manager-role via ClusterRoleBinding/shop-manager-rolebinding"

private let role = SourceFile(
    name: "config/rbac/role.yaml",
    text: """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: manager-role
        rules:
        - apiGroups: [""]
          resources: [configmaps, secrets]
          verbs: [get]
        - apiGroups: [shop.example.com]
          resources: [orders]
          verbs: [get, list, watch, update, patch]
        - apiGroups: [extensions]
          resources: [ingresses]
          verbs: ["*"]

        """
)

// MARK: The ordinary case

private let missing: Situation = {
    var report = byManifests()
    report.notes = [
        "the trace calls the operator `shop-system/shop-controller-manager`, the manifests call it "
            + "`system/controller-manager`: kustomize renames it, and both are taken for one"
    ]
    report.texts = [role.name: role.text]
    report.requirements =
        [
            unmet(called("list", "", "secrets", count: 17, line: 4), 0),
            unmet(called("watch", "", "secrets", line: 4, implied: "informer"), 0),
            unmet(
                called(
                    "patch",
                    "shop.example.com",
                    "orders",
                    subresource: "status",
                    namespace: "demo",
                    name: "o-1",
                    line: 9
                ),
                1
            ),
            unmet(called("create", "networking.k8s.io", "ingresses", namespace: "demo", line: 11), 2),
        ]
        + (0..<38).map {
            met(
                called("get", "shop.example.com", "orders", namespace: "demo-\($0)", status: 200, line: 20 + $0),
                by: managerGrant
            )
        }
    report.findings = [verbMissing, subresourceMissing, groupWrong, wildcard]
    report.fixes = { options in
        var plan = FixPlan()
        guard options.editsManifests else { return plan }
        plan.fixes = [0, 1].map { FixPlan.Fix(finding: $0, places: []) }
        return plan
    }
    return Situation(name: "missing", reports: [report])
}()

private let verbMissing = Finding(
    code: .verbMissing,
    severity: .error,
    isPrincipal: true,
    title: "the operator may not list and watch secrets in all namespaces",
    explanation: "An informer lists first and watches then. Without both its cache never syncs, and the operator waits "
        + "for it without saying so.",
    requirements: [0, 1],
    locations: [
        FindingLocation(
            range: role.range(from: "- apiGroups: [\"\"]", to: "[get]"),
            labels: [role.label("secrets", "covers the resource"), role.label("[get]", "grants get alone")]
        )
    ],
    evidence: ["ClusterRole/shop-manager-role grants get"],
    remedy: Remedy(
        summary: "add a rule of its own: `configmaps`, in the same rule, need not be listed",
        rules: [PolicyRule(verbs: ["list", "watch"], apiGroups: [""], resources: ["secrets"])],
        markers: ["//+kubebuilder:rbac:groups=\"\",resources=secrets,verbs=list;watch"],
        edit: .addRule(
            role: role.range(from: "apiVersion", to: "rules:"),
            after: nil,
            rule: PolicyRule(verbs: ["list", "watch"], apiGroups: [""], resources: ["secrets"])
        )
    )
)

private let subresourceMissing = Finding(
    code: .subresourceMissing,
    severity: .error,
    isPrincipal: true,
    title: "the operator may not patch orders.shop.example.com/status in demo",
    explanation: "A rule for `orders` says nothing about `orders/status`: each subresource is named in full.",
    requirements: [2],
    locations: [
        FindingLocation(
            range: role.range(from: "- apiGroups: [shop.example.com]", to: "patch]"),
            labels: [role.label("orders", "without `orders/status`")]
        )
    ],
    remedy: Remedy(
        summary: "add a rule for the subresource",
        rules: [PolicyRule(verbs: ["patch"], apiGroups: ["shop.example.com"], resources: ["orders/status"])],
        markers: ["//+kubebuilder:rbac:groups=shop.example.com,resources=orders/status,verbs=patch"],
        edit: .addRule(
            role: role.range(from: "apiVersion", to: "rules:"),
            after: nil,
            rule: PolicyRule(verbs: ["patch"], apiGroups: ["shop.example.com"], resources: ["orders/status"])
        )
    )
)

private let groupWrong = Finding(
    code: .apiGroupWrong,
    severity: .error,
    isPrincipal: true,
    title: "the operator may not create ingresses.networking.k8s.io in demo",
    explanation: "The rule names `ingresses` in the group `extensions`, which stopped serving them in Kubernetes 1.22.",
    requirements: [3],
    locations: [
        FindingLocation(
            range: role.range(from: "- apiGroups: [extensions]", to: "[\"*\"]"),
            labels: [role.label("extensions", "the call is to `networking.k8s.io`")]
        )
    ],
    remedy: Remedy(
        summary: "name the group that is called",
        rules: [PolicyRule(verbs: ["create"], apiGroups: ["networking.k8s.io"], resources: ["ingresses"])],
        replacement: ["- apiGroups: [networking.k8s.io]"],
        edit: nil
    )
)

private let wildcard = Finding(
    code: .wildcardGrant,
    severity: .warning,
    title: "ClusterRole/manager-role grants every verb on ingresses.extensions",
    explanation: "A star also grants what Kubernetes adds later.",
    locations: [
        FindingLocation(
            range: role.range(from: "- apiGroups: [extensions]", to: "[\"*\"]"),
            labels: [role.label("\"*\"", "every verb, now and later")]
        )
    ],
    remedy: Remedy(summary: "list the verbs that the trace needs", replacement: ["  verbs: [create]"])
)

// MARK: Nothing wrong, and nothing required

private let allClear: Situation = {
    var report = byManifests()
    report.requirements = (0..<202).map {
        met(called("get", "", "configmaps", namespace: "ns-\($0)", status: 200, line: $0 + 1), by: managerGrant)
    }
    return Situation(name: "all-clear", reports: [report])
}()

private let invalid = SourceFile(
    name: "role.yaml",
    text: """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: worker, namespace: demo}
        rules:
        - apiGroups: [core, apps/v1]
          resources: [Pods, pods/*]
          verbs: [Get, lst, post]

        """
)

private let manifestsOnly: Situation = {
    var report = byManifests()
    report.texts = [invalid.name: invalid.text]
    let rule = invalid.range(from: "- apiGroups", to: "post]")
    report.findings = [
        Finding(
            code: .ruleInvalid,
            severity: .error,
            title: "this rule matches no request",
            explanation:
                "RBAC compares strings as they are: in lower case, with the group's own name, and a star alone.",
            locations: [
                FindingLocation(
                    range: rule,
                    labels: [
                        invalid.label("core", "the core group is written \"\""),
                        invalid.label("apps/v1", "a group has no version here"),
                        invalid.label("Pods", "no such resource: `pods`"),
                        invalid.label("pods/*", "matches only a subresource named `*`"),
                    ]
                )
            ],
            remedy: Remedy(
                summary: "write the rule as requests spell it",
                replacement: ["- apiGroups: [\"\", apps]", "  resources: [pods]"]
            )
        ),
        Finding(
            code: .ruleInvalid,
            severity: .warning,
            title: "verbs that no request has",
            explanation: "",
            locations: [
                FindingLocation(
                    range: rule,
                    labels: [
                        invalid.label("Get", "no such verb"), invalid.label("lst", "no such verb"),
                        invalid.label("post", "an HTTP method: `create` is meant"),
                    ]
                )
            ]
        ),
    ]
    return Situation(name: "manifests-only", reports: [report])
}()

// MARK: With a server

private let binding = SourceFile(
    name: "config/rbac/role_binding.yaml",
    text: """
        # Who may do what the manager role says.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata:
          name: manager-rolebinding
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: ClusterRole
          name: manager-role
        subjects:
        - kind: ServiceAccount
          name: controller-manager
          namespace: default

        """
)

private let online: Situation = {
    var report = CheckReport()
    report.details = ["2 roles, 3 bindings, 1 service account from config/rbac", "skipped: 2 Service, 1 ConfigMap"]
    report.server = CheckReport.Server(url: "https://127.0.0.1:6443", version: "v1.36.2", context: "kind-dev")
    report.identities = [
        CheckReport.Identity(
            role: .`self`,
            user: UserInfo(name: "kubernetes-admin", groups: ["system:masters"]),
            via: .credentials
        ),
        CheckReport.Identity(role: .operator, user: operatorUser.user, via: .subjectaccessreview),
    ]
    report.texts = [binding.name: binding.text, role.name: role.text]
    report.requirements = [
        CheckReport.Judged(
            requirement: called("list", "shop.example.com", "orders", count: 3, line: 2),
            declared: .missing,
            effectiveSelf: .allowed,
            effectiveOperator: .denied,
            findings: [0],
            isMet: false
        ),
        CheckReport.Judged(
            requirement: called("get", "", "nodes", name: "worker-1", status: 200, line: 3),
            declared: .notEvaluated,
            effectiveSelf: .allowed,
            effectiveOperator: .unknown,
            findings: [1],
            isMet: nil
        ),
        CheckReport.Judged(
            requirement: Requirement(
                key: Requirement.Key(attributes: RequestAttributes(verb: "get", nonResourceURL: "/metrics")),
                origins: ["profile metrics-auth"]
            ),
            declared: .granted,
            effectiveSelf: .allowed,
            effectiveOperator: .allowed,
            grantedBy: [
                "ClusterRole/metrics-reader via ClusterRoleBinding/metrics",
                "ClusterRole/system:discovery (cluster default)",
            ],
            isMet: true
        ),
    ]
    report.findings = [subjectMismatch, unknown]
    report.failures = [
        CheckReport.Failure(
            stage: .discovery,
            message: "`/apis/metrics.k8s.io/v1beta1` could not be read: 503 service unavailable\n"
                + "  hint: an aggregated API server is down; its resources are not judged"
        )
    ]
    return Situation(name: "online", reports: [report])
}()

private let subjectMismatch = Finding(
    code: .subjectMismatch,
    severity: .error,
    isPrincipal: true,
    title: "the operator may not list orders.shop.example.com: the binding names another service account",
    explanation: "A rule of `manager-role` grants the call, and a binding refers to it. Its subject is "
        + "`default/controller-manager`; the operator runs as `shop-system/shop-controller-manager`.",
    requirements: [0],
    locations: [
        FindingLocation(
            range: binding.range(from: "- kind: ServiceAccount", to: "namespace: default"),
            labels: [
                FindingLocation.Label(
                    range: binding.range(from: "- kind: ServiceAccount", to: "namespace: default"),
                    text: "bound to `default/controller-manager`"
                )
            ]
        ),
        FindingLocation(
            range: role.range(from: "- apiGroups: [shop.example.com]", to: "patch]"),
            labels: [role.label("list", "this rule would grant it")]
        ),
    ],
    remedy: Remedy(
        summary: "bind it to the account that the operator runs as, then apply",
        commands: [
            "kubectl set subject clusterrolebinding manager-rolebinding --serviceaccount=shop-system:shop-controller-manager",
            "kubectl apply -k config/default",
        ],
        replacement: ["  namespace: shop-system"]
    )
)

private let unknown = Finding(
    code: .unknown,
    severity: .warning,
    isPrincipal: true,
    title: "nobody could say whether the operator may get nodes \"worker-1\"",
    explanation: "The manifests bind a role that no file holds, and the review was not answered.",
    requirements: [1],
    evidence: [
        "config/rbac/extra_binding.yaml:8 refers to ClusterRole/node-reader, which no file holds",
        "the server answered the access review with 500: context deadline exceeded",
        "discovery of /api/v1 was refused with 403",
        "the kubeconfig's user may not read clusterroles",
        "no other identity could be tried",
    ]
)

// MARK: Texts that are hard to draw

private let wide = SourceFile(
    name: "役割.yaml",
    text: "kind: Role # \u{1B}[31mrot\u{1B}[0m\r\nrules: # 規則 👩‍👩‍👧 e\u{301}\r\n"
        + "-\tapiGroups: [\"\"]\t# 核心 ⚠️ グループ\r\n"
        + "\tresources: [\"秘密\", secrets, 🔐x]\t# tail\u{202E}\r\n\tverbs: [get]\r\n"
)

private let wideText: Situation = {
    var report = byManifests()
    report.texts = [wide.name: wide.text]
    report.requirements = [unmet(called("list", "", "secrets", line: 1), 0)]
    report.findings = [
        Finding(
            code: .verbMissing,
            severity: .error,
            isPrincipal: true,
            title: "the operator may not list secrets",
            explanation: "Marks stand below what they mark, whatever the width of what precedes it.",
            requirements: [0],
            locations: [
                FindingLocation(
                    range: wide.range(from: "kind", to: "[get]"),
                    labels: [
                        wide.label("rot", "after an escape sequence"), wide.label("e\u{301}", "after an emoji family"),
                        wide.label("核心", "two wide characters"), wide.label("secrets", "秘密の次"),
                        wide.label("x]", "after an emoji"), wide.label("tail", "after a tab"),
                        wide.label("[get]", "plain"),
                    ]
                )
            ]
        )
    ]
    return Situation(name: "wide-text", reports: [report])
}()

private let generated = SourceFile(
    name: "config/rbac/role.yaml",
    text: "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: manager-role\nrules:\n"
        + "- apiGroups:\n  - \"\"\n  resources:\n" + (1...30).map { "  - things\($0)\n" }.joined()
        + "  verbs:\n  - create\n  - get\n  - list\n  - update\n\n"
        + "- apiGroups: [apps]\n  resources: [deployments]\n  verbs: [get]\n"
)

private let longRule: Situation = {
    var report = byManifests()
    report.texts = [generated.name: generated.text]
    report.requirements = (1...9).map { unmet(called("delete", "", "things\($0)", namespace: "ns", line: $0 * 3), 0) }
    let rule = generated.range(from: "- apiGroups:\n", to: "- update")
    report.findings = [
        Finding(
            code: .verbMissing,
            severity: .error,
            isPrincipal: true,
            title: "the operator may not delete 9 kinds of things in ns",
            explanation: "",
            requirements: Array(0...8),
            locations: [
                FindingLocation(
                    range: rule,
                    labels: [
                        generated.label("things12", "covered"), generated.label("things27", "covered"),
                        FindingLocation.Label(
                            range: generated.range(from: "- create", to: "- update"),
                            text: "no `delete` among these"
                        ),
                    ]
                )
            ] + [
                FindingLocation(range: generated.range("- apiGroups: [apps]")), FindingLocation(range: rule),
                FindingLocation(range: rule), FindingLocation(range: rule),
            ],
            remedy: Remedy(
                summary: "add a rule",
                rules: [
                    PolicyRule(verbs: ["delete"], apiGroups: [""], resources: (1...9).map { "things-of-length-\($0)" })
                ]
            )
        ),
        Finding(
            code: .excessPermission,
            severity: .warning,
            title: "30 granted resources were not called",
            explanation: "",
            locations: [
                FindingLocation(
                    range: rule,
                    labels: [FindingLocation.Label(range: rule, text: "not exercised by the trace")]
                )
            ]
        ),
    ]
    return Situation(name: "long-rule", reports: [report])
}()

private let oneLine = SourceFile(
    name: "role.json",
    text:
        "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\",\"metadata\":{\"name\":\"m\"},\"rules\":["
        + (1...40).map { "{\"apiGroups\":[\"\"],\"resources\":[\"r\($0)\"],\"verbs\":[\"get\"]}" }.joined(
            separator: ","
        )
        + "]}"
)

private let minified: Situation = {
    var report = byManifests()
    report.texts = [oneLine.name: oneLine.text]
    report.requirements = [unmet(called("list", "", "r20", line: 1), 0)]
    report.findings = [
        Finding(
            code: .verbMissing,
            severity: .error,
            isPrincipal: true,
            title: "the operator may not list r20",
            explanation: "",
            requirements: [0],
            locations: [
                FindingLocation(
                    range: oneLine.range(from: "{\"apiGroups\":[\"\"],\"resources\":[\"r20\"]", to: "}"),
                    labels: [oneLine.label("\"get\"", after: "r20", "grants get alone")]
                )
            ]
        )
    ]
    return Situation(name: "minified", reports: [report])
}()

// MARK: Input that would harm

private let hostile: Situation = {
    var report = byManifests()
    let name = "x\u{1B}]0;title\u{7}\nerror[verb-missing]: forged \u{2028}\u{202E}\"\\"
    report.notes = ["the manifests hold `\(name)`"]
    report.requirements = [unmet(called("get", name, name, namespace: name, name: name, line: 1), 0)]
    report.findings = [
        Finding(
            code: .ruleMissing,
            severity: .error,
            isPrincipal: true,
            title: "no rule mentions `\(name)`",
            explanation: "`\(name)` is what was called.",
            requirements: [0, 7, -1],
            locations: [FindingLocation(range: SourceRange(file: name, start: .start, end: .start))],
            evidence: [name],
            remedy: Remedy(
                summary: "add a rule for `\(name)`",
                rules: [PolicyRule(verbs: ["get", "*"], apiGroups: [name, "", "1e3", "no"], resources: [name])],
                commands: ["kubectl get '\(name)'"]
            )
        )
    ]
    report.failures = [CheckReport.Failure(stage: .trace, message: name)]
    return Situation(name: "hostile", reports: [report])
}()

/// Ranges into texts that changed since, or were never there.
private let outside: Situation = {
    var report = byManifests()
    report.texts = ["empty.yaml": "", "short.yaml": "a: b\nc: d"]
    func place(_ file: String, _ line: Int, _ column: Int, _ endLine: Int, _ endColumn: Int) -> SourceRange {
        SourceRange(
            file: file,
            start: SourceLocation(line: line, column: column, offset: 0),
            end: SourceLocation(line: endLine, column: endColumn, offset: 0)
        )
    }
    let ranges = [
        place("empty.yaml", 1, 1, 1, 1), place("short.yaml", 2, 3, 9, 1), place("short.yaml", 7, 1, 8, 1),
        place("short.yaml", 2, 90, 2, 95), place("gone.yaml", 3, 1, 4, 1),
    ]
    report.findings = ranges.map { range in
        Finding(
            code: .ruleInvalid,
            severity: .warning,
            title: "a place that may not be there",
            explanation: "",
            locations: [FindingLocation(range: range, labels: [FindingLocation.Label(range: range, text: "here")])]
        )
    }
    return Situation(name: "outside", reports: [report])
}()

// MARK: No answer, and several

private let noAnswer: Situation = {
    var report = CheckReport()
    report.failures = [
        CheckReport.Failure(
            stage: .connection,
            message:
                "`https://10.0.0.1:6443` did not answer: connection refused\n  hint: judge the manifests alone with --offline"
        )
    ]
    return Situation(name: "no-answer", reports: [report])
}()

private let clusters: Situation = {
    var first = allClear.reports[0]
    first.requirements.removeLast(200)
    first.server = CheckReport.Server(url: "https://a.example.com", version: "v1.36.2", context: "a")
    var second = online.reports[0]
    second.server = CheckReport.Server(url: "https://b.example.com", version: nil, context: "b")
    second.findings.removeLast()
    second.requirements.removeLast(2)
    second.failures = []
    return Situation(name: "clusters", reports: [first, second])
}()
