/// One rule of a role. Kubernetes: `rbac/v1.PolicyRule`.
package struct PolicyRule: Hashable, Sendable {
    package var verbs: [String]
    package var apiGroups: [String]
    package var resources: [String]
    package var resourceNames: [String]
    package var nonResourceURLs: [String]

    package init(
        verbs: [String],
        apiGroups: [String] = [],
        resources: [String] = [],
        resourceNames: [String] = [],
        nonResourceURLs: [String] = []
    ) {
        self.verbs = verbs
        self.apiGroups = apiGroups
        self.resources = resources
        self.resourceNames = resourceNames
        self.nonResourceURLs = nonResourceURLs
    }
}

/// Says where an object or a rule came from, in the terms of whoever made it. `RBAC` only hands it back.
package struct SourceID: Hashable, Sendable {
    package var rawValue: Int
    package init(_ rawValue: Int) { self.rawValue = rawValue }
    /// Of what no file holds, such as the cluster's default grants.
    package static let none = SourceID(-1)
}

/// A `Role` or a `ClusterRole`.
package struct Role: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case role = "Role"
        case clusterRole = "ClusterRole"
    }

    /// A rule and where it is written; in an aggregated role that is another role.
    package struct Rule: Hashable, Sendable {
        package var rule: PolicyRule
        package var source: SourceID
        package init(_ rule: PolicyRule, source: SourceID = .none) {
            self.rule = rule
            self.source = source
        }
    }

    package var kind: Kind
    /// Empty for a `ClusterRole`.
    package var namespace: String
    package var name: String
    package var rules: [Rule]
    package var source: SourceID

    package init(kind: Kind, namespace: String = "", name: String, rules: [Rule], source: SourceID = .none) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.rules = rules
        self.source = source
    }
}

/// Whom a binding grants something to. Kubernetes: `rbac/v1.Subject`.
package struct Subject: Hashable, Sendable {
    /// `User`, `Group` or `ServiceAccount`; anything else matches nobody.
    package var kind: String
    package var apiGroup: String
    package var name: String
    /// Of a service account; empty means the namespace of the `RoleBinding`.
    package var namespace: String
    package var source: SourceID

    package init(kind: String, apiGroup: String = "", name: String, namespace: String = "", source: SourceID = .none) {
        self.kind = kind
        self.apiGroup = apiGroup
        self.name = name
        self.namespace = namespace
        self.source = source
    }
}

/// The role that a binding grants.
package struct RoleRef: Hashable, Sendable {
    package var apiGroup: String
    /// `Role` or `ClusterRole`; anything else is an error at evaluation.
    package var kind: String
    package var name: String

    package init(apiGroup: String = "rbac.authorization.k8s.io", kind: String, name: String) {
        self.apiGroup = apiGroup
        self.kind = kind
        self.name = name
    }
}

/// A `RoleBinding` or a `ClusterRoleBinding`.
package struct Binding: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case roleBinding = "RoleBinding"
        case clusterRoleBinding = "ClusterRoleBinding"
    }

    package var kind: Kind
    /// Empty for a `ClusterRoleBinding`.
    package var namespace: String
    package var name: String
    package var roleRef: RoleRef
    package var subjects: [Subject]
    package var source: SourceID

    package init(
        kind: Kind,
        namespace: String = "",
        name: String,
        roleRef: RoleRef,
        subjects: [Subject],
        source: SourceID = .none
    ) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.roleRef = roleRef
        self.subjects = subjects
        self.source = source
    }
}

/// Roles and bindings as an API server would store them; the order of bindings is the order of evaluation.
package struct Policy: Hashable, Sendable {
    package var roles: [Role]
    package var bindings: [Binding]

    package init(roles: [Role] = [], bindings: [Binding] = []) {
        self.roles = roles
        self.bindings = bindings
    }
}
