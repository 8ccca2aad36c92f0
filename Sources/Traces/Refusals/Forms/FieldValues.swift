import RBAC

/// What a form has a place for.
enum Field: Int, CaseIterable, Sendable {
    case user, groups, verb, resource, group, namespace, path
    /// The resource with its group, as messages begin: `deployments.apps`.
    case target
    /// The object's name.
    case object
    case rules
}

/// The texts of a form's places, decoded: without quotes and escapes.
struct FieldValues: Hashable, Sendable {
    private var texts = [String?](repeating: nil, count: Field.allCases.count)
    var groups: [String] = []
    var rules: [PolicyRule] = []

    init() {}

    subscript(field: Field) -> String? {
        get { texts[field.rawValue] }
        set { texts[field.rawValue] = newValue }
    }
}

extension FieldValues {
    init(_ refusal: Refusal) {
        self.init()
        let request = refusal.request
        self[.user] = refusal.user
        self[.verb] = request.verb
        self[.resource] = request.qualifiedResource
        self[.group] = request.group
        self[.namespace] = request.namespace
        self[.path] = request.nonResourceURL
        self[.target] = request.group.isEmpty ? request.resource : "\(request.resource).\(request.group)"
        groups = refusal.groups
        if case .escalation(let missing) = refusal.kind { rules = missing }
    }

    /// The request that the texts are of; `nil` where they name neither a resource nor a path.
    var request: RequestAttributes? {
        if let path = self[.path] { return RequestAttributes(verb: self[.verb] ?? "", nonResourceURL: path) }
        guard let resource = self[.resource] else { return nil }
        let parts = resource.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return RequestAttributes(
            verb: self[.verb] ?? "",
            group: self[.group] ?? "",
            resource: parts[0],
            subresource: parts.count > 1 ? parts[1] : "",
            namespace: self[.namespace] ?? "",
            name: self[.object] ?? ""
        )
    }
}
