import Manifests
import RBAC
import Syntax

/// A role that controller-gen writes.
struct MarkedRole: Sendable {
    /// Into the manifests' roles.
    var role: Int
    /// In the order of the files.
    var markers: [RBACMarker]
    /// What writes it anew.
    var command: String

    /// What the markers grant.
    var halves: [PolicyRule] { markers.flatMap(\.rule.halves) }

    /// The markers that a rule of the role is made from: those that name a group, a resource and a verb of it, or a path.
    func sources(of rule: PolicyRule) -> [RBACMarker] {
        markers.filter { marker in
            marker.rule.halves.contains { half in
                rule.halves.contains { other in
                    half.isPathHalf == other.isPathHalf && Self.meet(half.verbs, other.verbs)
                        && (half.isPathHalf
                            ? Self.meet(half.nonResourceURLs, other.nonResourceURLs)
                            : Self.meet(half.apiGroups, other.apiGroups) && Self.meet(half.resources, other.resources)
                                && half.resourceNames.isEmpty == other.resourceNames.isEmpty)
                }
            }
        }
    }

    private static func meet(_ first: [String], _ second: [String]) -> Bool {
        first.contains { second.contains($0) || $0 == "*" } || second.contains("*")
    }
}

/// The roles of the manifests that markers yield.
///
/// controller-tools: `GenerateRoles` in `pkg/rbac/parser.go`: one role for each namespace and role name, a ClusterRole where the
/// marker names no namespace.
struct MarkedRoles: Sendable {
    private(set) var roles: [MarkedRole] = []
    let ignored: [IgnoredMarker]

    init(_ manifests: ManifestSet) {
        ignored = manifests.markers?.ignored ?? []
        for generation in manifests.markers?.generations ?? [] { add(generation, manifests) }
    }

    private struct Key: Hashable {
        var namespace: String
        var name: String
    }

    private mutating func add(_ generation: MarkerGeneration, _ manifests: ManifestSet) {
        let files = manifests.roles.indices.filter { index in
            let file = manifests.roles[index].range.file
            return file.split(separator: "/").last.map(String.init) == generation.fileName
        }
        guard let usual = generation.roleName ?? Self.usualName(files.map { manifests.roles[$0] }, generation) else {
            return
        }
        var order: [Key] = []
        var markers: [Key: [RBACMarker]] = [:]
        for marker in generation.markers {
            let key = Key(namespace: marker.namespace, name: marker.roleName.isEmpty ? usual : marker.roleName)
            if markers[key] == nil { order.append(key) }
            markers[key, default: []].append(marker)
        }
        for key in order {
            let role = files.first { index in
                let role = manifests.roles[index]
                return role.kind == (key.namespace.isEmpty ? .clusterRole : .role)
                    && role.identity.nameInFile == key.name && role.identity.namespaceInFile == key.namespace
            }
            guard let role, !roles.contains(where: { $0.role == role }) else { continue }
            let generated = MarkedRole(role: role, markers: markers[key] ?? [], command: generation.command)
            // Where nothing says that the file is generated, it has to look like it.
            let rules = manifests.roles[role].rules
            let known = rules.count { !generated.sources(of: $0.rule).isEmpty }
            guard generation.roleName != nil || known * 2 >= rules.count else { continue }
            roles.append(generated)
        }
    }

    /// The name that markers without one give, where the project does not say it: the one ClusterRole of the file, or the one
    /// Role where it has no other, that no marker names.
    private static func usualName(_ roles: [RoleManifest], _ generation: MarkerGeneration) -> String? {
        let named = Set(generation.markers.map(\.roleName))
        let others = roles.filter { !named.contains($0.identity.nameInFile) }
        let clusterRoles = others.filter { $0.kind == .clusterRole }
        let names = Set((clusterRoles.isEmpty ? others : clusterRoles).map(\.identity.nameInFile))
        return names.count == 1 ? names.first : nil
    }

    /// The generated role of an index.
    func role(_ index: Int) -> MarkedRole? { roles.first { $0.role == index } }
}
