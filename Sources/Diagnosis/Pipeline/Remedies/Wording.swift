import Manifests
import RBAC

/// Calls and objects in words, as titles and explanations use them.
enum Wording {
    /// `list` and `watch`: each verb once, in the order of reading.
    static func verbs(_ calls: [Call], conjunction: String = "and") -> String {
        let verbs = Set(calls.map(\.verb)).sorted(by: verbOrder)
        return quotedList(verbs.map { $0.isEmpty ? "OPTIONS" : $0 }, conjunction: conjunction)
    }

    /// `secrets` and `configmaps`: each target once, as `--need` takes it.
    static func targets(_ calls: [Call], conjunction: String = "and", most: Int = 4) -> String {
        var seen: Set<Target> = []
        let names = calls.map(\.target).filter { seen.insert($0).inserted }.map(\.description)
        return list(names, conjunction: conjunction, most: most)
    }

    static func list(_ names: [String], conjunction: String = "and", most: Int = 4) -> String {
        guard names.count > most else { return quotedList(names, conjunction: conjunction) }
        return
            "\(names.prefix(most).map { "`\($0)`" }.joined(separator: ", ")) \(conjunction) \(names.count - most) more"
    }

    /// Where the calls go, with a space before it: ` in all namespaces`, ` in namespace a`, ` at cluster scope`. Empty for
    /// paths outside the API, which are in no scope.
    static func scope(_ calls: [Call]) -> String {
        let calls = calls.filter(\.request.isResourceRequest)
        var places: [String] = []
        if calls.contains(where: { $0.scope == .cluster && $0.request.namespace.isEmpty }) {
            places.append("at cluster scope")
        }
        let wide = calls.filter { $0.scope != .cluster && $0.request.namespace.isEmpty }
        if !wide.isEmpty {
            places.append(wide.contains { $0.hasManyNamespaces } ? "in many namespaces" : "in all namespaces")
        }
        // What is called in all namespaces is called in each.
        let everywhere = Set(wide.map(\.target))
        let narrow = calls.filter { !$0.request.namespace.isEmpty && !everywhere.contains($0.target) }
        let namespaces = Set(narrow.map(\.request.namespace)).sorted()
        if !namespaces.isEmpty {
            places.append("in \(namespaces.count == 1 ? "namespace" : "namespaces") \(list(namespaces))")
        }
        return places.isEmpty ? "" : " \(places.joined(separator: " and "))"
    }

    /// `list` and `watch` on `secrets` in all namespaces.
    static func needs(_ calls: [Call]) -> String { "\(verbs(calls)) on \(targets(calls))\(scope(calls))" }

    /// ClusterRole `manager-role`.
    static func role(_ role: Role) -> String { "\(role.kind.rawValue) `\(role.name)`" }

    static func binding(_ binding: Binding) -> String { "\(binding.kind.rawValue) `\(binding.name)`" }

    /// `a/b` of a service account, the name of anybody else.
    static func user(_ user: UserInfo) -> String {
        "`\(ServiceAccountName(userName: user.name)?.description ?? user.name)`"
    }

    /// The subject as the binding means it: service account `a/b`, user `x`, group `y`.
    static func subject(_ subject: Subject, in binding: Binding) -> String {
        switch subject.kind {
        case "ServiceAccount":
            subject.accountName(in: binding).map { "service account `\($0)`" }
                ?? "service account `\(subject.name)` of no namespace"
        case "User": "user `\(subject.name)`"
        case "Group": "group `\(subject.name)`"
        default: "\(subject.kind) `\(subject.name)`"
        }
    }

    static func subjects(of binding: Binding) -> String {
        if binding.subjects.isEmpty { return "nobody" }
        let names = binding.subjects.prefix(3).map { subject($0, in: binding) }
        let more = binding.subjects.count > 3 ? " and \(binding.subjects.count - 3) more" : ""
        return names.joined(separator: ", ") + more
    }

    /// A name that may follow a word: the core group has none of its own.
    static func group(_ group: String) -> String { group.isEmpty ? "the core group `\"\"`" : "`\(group)`" }
}
