package import RBAC
package import Syntax

/// A `+kubebuilder:rbac` marker that controller-gen turns into a rule.
package struct RBACMarker: Hashable, Sendable {
    /// `core` is the core group, as controller-gen reads it.
    package var rule: PolicyRule
    /// The namespace of its Role; empty for the ClusterRole.
    package var namespace: String
    /// The role's own name where the marker gives one, else empty.
    package var roleName: String
    /// From the `+` to the end of the comment.
    package var range: SourceRange
    /// The bytes of each argument's value.
    package var values: [String: Range<Int>]

    init(_ fields: MarkerParser.Fields, range: SourceRange) {
        func list(_ name: String) -> [String] { fields.lists[name] ?? [] }
        rule = PolicyRule(
            verbs: list("verbs"),
            apiGroups: list("groups").map { $0 == "core" ? "" : $0 },
            resources: list("resources"),
            resourceNames: list("resourceNames"),
            nonResourceURLs: list("urls")
        )
        namespace = fields.texts["namespace"] ?? ""
        roleName = fields.texts["roleName"] ?? ""
        values = fields.values
        self.range = range
    }
}

/// A comment that reads like a marker, and that controller-gen does not turn into a rule.
package struct IgnoredMarker: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// It touches the code below.
        case documentation
        /// It stands inside a declaration.
        case inside
        /// It stands behind code.
        case trailing
        /// It stands in a block comment.
        case block
        /// The name is not `+kubebuilder:rbac:`; as it is written.
        case misspelt(String)
        /// controller-gen reports it and stops; why.
        case malformed(String)
        /// The file is a test's.
        case testFile
        /// The file is built under other conditions only (`//go:build`, or its name).
        case notBuilt
        /// controller-gen is not told to look there; the paths that it is told.
        case outsidePaths(String)
    }

    package var reason: Reason
    /// What it would grant; `nil` where that cannot be read.
    package var marker: RBACMarker?
    package var range: SourceRange
}

/// How a project calls controller-gen for its roles.
package struct MarkerGeneration: Hashable, Sendable {
    /// `rbac:roleName=`; `nil` where the project does not say.
    package var roleName: String?
    package var fileName = "role.yaml"
    /// `paths=`, such as `./...`.
    package var paths = ["./..."]
    /// What writes the file anew: `make manifests`.
    package var command = "make manifests"
    /// The markers that it finds, in the order of the files.
    package internal(set) var markers: [RBACMarker] = []

    package init() {}
}

/// The markers of a Go project.
package struct MarkerProject: Sendable {
    package var ignored: [IgnoredMarker] = []
    package var generations: [MarkerGeneration] = []
    /// The texts of the files with markers, by the name in the ranges.
    package var texts: [String: String] = [:]
    package var readOnlyFiles: Set<String> = []

    package init() {}

    /// Whether there is a marker that controller-gen takes.
    package var hasMarkers: Bool { generations.contains { !$0.markers.isEmpty } }
}
