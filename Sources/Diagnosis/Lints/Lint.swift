package import Manifests
package import RBAC
package import Syntax
package import Traces

/// The findings about the manifests themselves, in the order of the files.
///
/// - Parameters:
///   - manifests: what was read.
///   - declared: the same as a policy; without it nothing is said about who holds what.
///   - requirements: what the operator needs, filtered to the operator's.
///   - user: the operator, if known: `excess-permission` is about what this identity holds.
///   - hasTrace: whether calls were recorded. A profile alone proves nothing unused.
///   - known: the resources that exist, CRDs of the manifests and what a cluster serves included.
///   - misnamed: the rules that findings blame for a wrong name or group.
package func lint(
    manifests: ManifestSet,
    declared: DeclaredPolicy?,
    requirements: [Requirement],
    operator user: UserInfo?,
    hasTrace: Bool? = nil,
    known: KnownResources? = nil,
    misnamed: Set<SourceRange> = []
) -> [Finding] {
    let context = LintContext(
        manifests: manifests,
        declared: declared,
        requirements: requirements,
        user: user,
        known: known ?? .of(manifests),
        misnamed: misnamed
    )
    var findings = manifests.crds.flatMap(crdInvalid)
    for role in context.roles {
        findings += ruleInvalid(role, context)
        guard !role.isHelper else { continue }
        findings += wildcardGrant(role, context)
        findings += riskyPermission(role, context)
    }
    if hasTrace ?? requirements.contains(where: { $0.count > 0 }) { findings += excessPermission(context) }
    return findings
}

/// What the lints ask about the manifests, worked out once.
struct LintContext {
    var manifests: ManifestSet
    var requirements: [Requirement]
    var known: KnownResources
    var misnamed: Set<SourceRange>
    /// The roles that are looked at, in the order of the files.
    var roles: [LintedRole] = []
    /// What the operator holds; empty where nobody is known to be the operator.
    var held: [HeldRule] = []

    init(
        manifests: ManifestSet,
        declared: DeclaredPolicy?,
        requirements: [Requirement],
        user: UserInfo?,
        known: KnownResources,
        misnamed: Set<SourceRange>
    ) {
        self.manifests = manifests
        self.requirements = requirements.map { $0.asJudged(for: user, known: known) }
        self.known = known
        self.misnamed = misnamed
        if let declared, let user { held = heldRules(of: user, declared: declared) }
        let heldRoles = Set(held.compactMap(\.manifestRole))
        let filled = declared.map { Self.rulesByRole($0) } ?? [:]
        for (index, role) in manifests.roles.enumerated() {
            // A dump of a cluster holds everybody's roles; only the operator's are anybody's business here.
            if role.isClusterDump, !heldRoles.contains(index) { continue }
            roles.append(LintedRole(role, index: index, manifests: manifests, filledRules: filled[index]))
        }
    }

    private static func rulesByRole(_ declared: DeclaredPolicy) -> [Int: [PolicyRule]] {
        var rules: [Int: [PolicyRule]] = [:]
        for role in declared.policy.roles {
            if case .role(let index) = declared[role.source] { rules[index] = role.rules.map(\.rule) }
        }
        return rules
    }
}

/// A role of the manifests with what the bindings beside it make of it.
struct LintedRole {
    var manifest: RoleManifest
    var index: Int
    /// Meant for the cluster's users rather than for the operator, and bound to nobody here.
    var isHelper: Bool
    /// Whether its rules hold in the whole cluster: bound so, or a ClusterRole that nothing here binds.
    var isClusterWide: Bool
    /// An aggregated role's rules after aggregation; `nil` where that was not worked out.
    var filledRules: [PolicyRule]?

    init(_ role: RoleManifest, index: Int, manifests: ManifestSet, filledRules: [PolicyRule]?) {
        manifest = role
        self.index = index
        self.filledRules = filledRules
        let bindings = manifests.bindings.filter { $0.refers(to: role) }
        isHelper = bindings.isEmpty && role.isMeantForUsers
        isClusterWide =
            role.kind == .clusterRole
            && (bindings.isEmpty || bindings.contains { $0.kind == .clusterRoleBinding })
    }

    /// `ClusterRole` and its name as the file spells it.
    var title: String { "\(manifest.kind.rawValue) `\(manifest.identity.nameInFile)`" }
}

extension RoleManifest {
    /// Whether the role is for the cluster's users to be given: aggregated into `admin`, `edit` or `view`, or one of the
    /// three that kubebuilder writes for each resource.
    package var isMeantForUsers: Bool {
        labels.keys.contains { $0.hasPrefix("rbac.authorization.k8s.io/aggregate-to-") }
            || ["-admin-role", "-editor-role", "-viewer-role"].contains(where: identity.nameInFile.hasSuffix)
    }
}

extension BindingManifest {
    /// Whether `roleRef` means this role, open namespaces taken for the same.
    package func refers(to role: RoleManifest) -> Bool {
        guard roleRef.kind == role.kind.rawValue, roleRef.name == role.identity.name else { return false }
        let (ours, theirs) = (identity.namespace, role.identity.namespace)
        return role.kind == .clusterRole || ours == theirs || ours.isEmpty || theirs.isEmpty
    }
}
