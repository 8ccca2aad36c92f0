import Diagnosis
import RBAC

extension Project {
    /// Calls that the manifests allow the operator: each rule's lists gone through, wildcards by an example of what they
    /// stand for. What every cluster grants to everybody is left out.
    var allowedCalls: [RequestAttributes] {
        var seen: Set<RequestAttributes> = []
        let calls = heldBindings.flatMap { index -> [RequestAttributes] in
            let binding = objects.bindings[index]
            guard let role = objects.roleIndex(of: binding) else { return [] }
            return objects.storedRules(role).flatMap { rule in
                CallExamples(rule, binding).calls.filter { allows(rule, $0) }
            }
        }
        return calls.filter { seen.insert($0).inserted && !$0.isGrantedToEverybody }
    }
}

extension RequestAttributes {
    func isOfSameResource(as other: Self) -> Bool { group == other.group && resource == other.resource }

    /// The default roles `system:discovery`, `system:basic-user` and `system:public-info-viewer`.
    var isGrantedToEverybody: Bool {
        if let path = nonResourceURL {
            let open = ["/healthz", "/livez", "/readyz", "/version", "/api", "/apis", "/openapi", "/.well-known"]
            return open.contains { path.hasPrefix($0) }
        }
        return resource.hasPrefix("selfsubject")
    }

    /// Whether the resource belongs to no namespace, as far as anybody knows.
    var isOfClusterScope: Bool {
        guard nonResourceURL == nil else { return true }
        if let known = KnownResources.builtin.resource(resource, group: group) { return !known.isNamespaced }
        return resource.hasPrefix("cluster")
    }
}

/// Requests that one rule allows through one binding.
private struct CallExamples {
    let rule: PolicyRule
    let binding: Binding

    init(_ rule: PolicyRule, _ binding: Binding) {
        self.rule = rule
        self.binding = binding
    }

    var calls: [RequestAttributes] {
        let paths = rule.nonResourceURLs.filter { _ in binding.kind == .clusterRoleBinding }.flatMap { path in
            verbs(["get"]).map { RequestAttributes(verb: $0, nonResourceURL: example(ofPath: path)) }
        }
        let resources = rule.apiGroups.flatMap { group in
            rule.resources.flatMap { entry in targets(group, entry).flatMap(requests) }
        }
        return paths + resources
    }

    private func verbs(_ all: [String]) -> [String] { rule.verbs.flatMap { $0 == "*" ? all : [$0] } }

    private func example(ofPath path: String) -> String {
        guard path.hasSuffix("*") else { return path }
        return path == "*" ? "/metrics" : path.prefix { $0 != "*" } + "all"
    }

    /// A resource and subresource for each entry: an example of a wildcard, nothing for what matches nothing.
    private func targets(_ group: String, _ entry: String) -> [RequestAttributes] {
        let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let group = group == "*" ? KnownResources.builtin.groups(withResource: parts[0]).first ?? "apps" : group
        let stored = KnownResources.builtin.all.filter { $0.group == group && $0.verbs.contains("list") }
        let examples = stored.isEmpty ? ["widgets"] : stored.prefix(2).map(\.plural)
        let resources = parts[0] == "*" ? examples : [parts[0]]
        return resources.map { resource in
            RequestAttributes(
                verb: "",
                group: group,
                resource: resource,
                subresource: parts.count > 1 ? parts[1] : ""
            )
        }
    }

    private func requests(_ target: RequestAttributes) -> [RequestAttributes] {
        if target.isOfClusterScope, binding.kind == .roleBinding { return [] }
        return verbs(["get", "list", "watch", "create", "update", "delete"]).flatMap { verb -> [RequestAttributes] in
            var request = target
            request.verb = verb
            let isCollection = ["list", "watch", "deletecollection"].contains(verb)
            if !target.isOfClusterScope {
                let isEverywhere = binding.kind == .clusterRoleBinding && ["list", "watch"].contains(verb)
                request.namespace = binding.kind == .roleBinding ? binding.namespace : isEverywhere ? "" : "apps"
            }
            guard rule.resourceNames.isEmpty else {
                return rule.resourceNames.map { name in
                    var named = request
                    named.name = name
                    return named
                }
            }
            if !isCollection, verb != "create" || !target.subresource.isEmpty { request.name = "one" }
            return [request]
        }
    }
}
