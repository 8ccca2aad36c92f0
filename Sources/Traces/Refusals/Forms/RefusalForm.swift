import RBAC

/// One form of a message: fixed texts, and places for values, in the order in which they are written.
///
/// The same parts write the form and read it, so that the two can't drift apart.
struct RefusalForm: Sendable {
    enum Part: Hashable, Sendable {
        /// As it stands; a space is also met by the end of a line that was wrapped there.
        case text(String)
        /// A value without quotes, up to the next space.
        case word(Field)
        /// The verb, `&`, `<` and `>` as HTML writes them; empty where the method was `OPTIONS`.
        case verb
        /// A value as Go's `%q` writes it, then with `&`, `<` and `>` as HTML writes them.
        case escaped(Field)
        /// A value as Go's `%q` writes it.
        case quoted(Field)
        /// The resource before Kubernetes 1.12: `deployments.apps/scale`, OpenShift's `deploymentconfigs/scale.apps.openshift.io`.
        case dottedResource
        /// `["a" "b"]`
        case groups
        /// A rule a line, each after a line break: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}`.
        case rules
    }

    let parts: [Part]
    /// Whether servers of our day write it.
    let isCurrent: Bool

    init(isCurrent: Bool = true, _ parts: [Part]) {
        self.parts = parts
        self.isCurrent = isCurrent
    }

    /// The text of the form with these values; a value that is not there is written empty.
    func write(_ values: FieldValues) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .word(let field): values[field] ?? ""
            case .verb: htmlEscaped(values[.verb] ?? "")
            case .escaped(let field): htmlEscaped(goQuoted(values[field] ?? ""))
            case .quoted(let field): goQuoted(values[field] ?? "")
            case .dottedResource: dottedResource(values)
            case .groups: goQuoted(values.groups)
            case .rules: escalationLines(values.rules).map { "\n" + $0 }.joined()
            }
        }.joined()
    }

    private func dottedResource(_ values: FieldValues) -> String {
        let request = values.request ?? RequestAttributes(verb: "", resource: "")
        let group = request.group.isEmpty ? "" : ".\(request.group)"
        return htmlEscaped(request.resource + group + (request.subresource.isEmpty ? "" : "/\(request.subresource)"))
    }
}

// MARK: - The table

extension RefusalForm {
    /// What an authorizer's refusal begins with in every form, and where a reader takes hold of it.
    static let cannot = "cannot "

    private static let user: [Part] = [.text("User "), .escaped(.user), .text(" " + cannot), .verb]
    private static let resource: [Part] = [
        .text(" resource "), .escaped(.resource), .text(" in API group "), .escaped(.group),
    ]

    static let namespaced = RefusalForm(user + resource + [.text(" in the namespace "), .escaped(.namespace)])
    static let clusterScope = RefusalForm(user + resource + [.text(" at the cluster scope")])
    static let path = RefusalForm(user + [.text(" path "), .escaped(.path)])

    /// Everything that an authorizer says, the forms of our day first. A reader takes the first that fits.
    static let authorization: [RefusalForm] = [
        namespaced, clusterScope, path,
        // Kubernetes before 1.12, and OpenShift 3.
        old([.text(" "), .dottedResource, .text(" in the namespace "), .escaped(.namespace)]),
        old([.text(" "), .dottedResource, .text(" at the cluster scope")]),
        old([.text(" "), .dottedResource, .text(" in project "), .escaped(.namespace)]),
        old([.text(" all "), .dottedResource, .text(" in the cluster")]),
        old([.text(" "), .dottedResource, .text(" in the cluster")]),
    ]

    private static func old(_ parts: [Part]) -> RefusalForm { RefusalForm(isCurrent: false, user + parts) }

    /// What an escalation begins with after the user, and where a reader takes hold of it.
    static let grants = "is attempting to grant RBAC permissions not currently held:"

    static let escalation = RefusalForm([
        .text("user "), .quoted(.user), .text(" (groups="), .groups, .text(") " + grants), .rules,
    ])

    /// What stands before the sentence. Kubernetes: `errors.NewForbidden`.
    static let named = RefusalForm([.word(.target), .text(" "), .quoted(.object), .text(" is forbidden: ")])
    static let unnamed = RefusalForm([.word(.target), .text(" is forbidden: ")])
    static let bare = RefusalForm([.text("forbidden: ")])

    static func prefix(of request: RequestAttributes) -> RefusalForm {
        if request.resource.isEmpty && request.group.isEmpty { return bare }
        return request.name.isEmpty ? unnamed : named
    }

    /// The form that a server of our day answers with.
    static func current(for refusal: Refusal) -> RefusalForm {
        if case .escalation = refusal.kind { return escalation }
        if !refusal.request.isResourceRequest { return path }
        return refusal.request.namespace.isEmpty ? clusterScope : namespaced
    }
}
