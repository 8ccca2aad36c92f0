package import RBAC
package import Syntax

/// A Kubernetes object of the manifests: what it is called in the cluster, and where the developer edits it.
package struct ObjectIdentity: Hashable, Sendable {
    package var apiVersion: String
    package var kind: String
    /// The name that the cluster will have: kustomize's prefix and suffix applied.
    package var name: String
    /// The namespace that the cluster will have, or empty where the manifests leave it open (or the object has none).
    package var namespace: String
    /// The name as the file spells it.
    package var nameInFile: String
    /// The namespace as the file spells it; empty where it names none.
    package var namespaceInFile: String

    package init(
        apiVersion: String,
        kind: String,
        name: String,
        namespace: String,
        nameInFile: String,
        namespaceInFile: String? = nil
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.namespace = namespace
        self.nameInFile = nameInFile
        self.namespaceInFile = namespaceInFile ?? namespace
    }
}

/// A rule as the file spells it, with the place of each of its parts.
package struct RuleManifest: Sendable {
    package var rule: PolicyRule
    /// The rule's mapping, from its first key to the end of its last value.
    package var range: SourceRange
    /// The places of the entries of each list, in the order of `rule`'s lists; the list's own range where it is empty.
    package var verbs: [SourceRange]
    package var apiGroups: [SourceRange]
    package var resources: [SourceRange]
    package var resourceNames: [SourceRange]
    package var nonResourceURLs: [SourceRange]

    package init(
        rule: PolicyRule,
        range: SourceRange,
        verbs: [SourceRange] = [],
        apiGroups: [SourceRange] = [],
        resources: [SourceRange] = [],
        resourceNames: [SourceRange] = [],
        nonResourceURLs: [SourceRange] = []
    ) {
        self.rule = rule
        self.range = range
        self.verbs = verbs
        self.apiGroups = apiGroups
        self.resources = resources
        self.resourceNames = resourceNames
        self.nonResourceURLs = nonResourceURLs
    }
}

/// A `Role` or `ClusterRole` of the manifests.
package struct RoleManifest: Sendable {
    package var identity: ObjectIdentity
    package var kind: Role.Kind
    package var labels: [String: String]
    /// As typed in the file, before aggregation.
    package var rules: [RuleManifest]
    /// `nil` where the role is no aggregated one.
    package var aggregation: AggregationRule?
    /// Whether `metadata.uid` is there: a dump of a cluster, whose stored rules count as they are.
    package var isClusterDump: Bool
    /// The whole object.
    package var range: SourceRange
    /// The value of `metadata.name`.
    package var nameRange: SourceRange

    package init(
        identity: ObjectIdentity,
        kind: Role.Kind,
        labels: [String: String] = [:],
        rules: [RuleManifest],
        aggregation: AggregationRule? = nil,
        isClusterDump: Bool = false,
        range: SourceRange,
        nameRange: SourceRange
    ) {
        self.identity = identity
        self.kind = kind
        self.labels = labels
        self.rules = rules
        self.aggregation = aggregation
        self.isClusterDump = isClusterDump
        self.range = range
        self.nameRange = nameRange
    }
}

/// Which cluster roles an aggregated one collects. Kubernetes: `rbac/v1.AggregationRule`.
package struct AggregationRule: Hashable, Sendable {
    package struct Expression: Hashable, Sendable {
        package var key: String
        /// `In`, `NotIn`, `Exists`, `DoesNotExist`.
        package var operation: String
        package var values: [String]

        package init(key: String, operation: String, values: [String]) {
            self.key = key
            self.operation = operation
            self.values = values
        }
    }

    package struct Selector: Hashable, Sendable {
        package var matchLabels: [String: String]
        package var matchExpressions: [Expression]

        package init(matchLabels: [String: String] = [:], matchExpressions: [Expression] = []) {
            self.matchLabels = matchLabels
            self.matchExpressions = matchExpressions
        }
    }

    package var selectors: [Selector]
    package var range: SourceRange

    package init(selectors: [Selector], range: SourceRange) {
        self.selectors = selectors
        self.range = range
    }
}

/// A `RoleBinding` or `ClusterRoleBinding` of the manifests.
package struct BindingManifest: Sendable {
    package var identity: ObjectIdentity
    package var kind: Binding.Kind
    package var roleRef: RoleRef
    package var subjects: [Subject]
    package var range: SourceRange
    package var nameRange: SourceRange
    package var roleRefRange: SourceRange
    /// The place of each subject, in the order of `subjects`.
    package var subjectRanges: [SourceRange]

    package init(
        identity: ObjectIdentity,
        kind: Binding.Kind,
        roleRef: RoleRef,
        subjects: [Subject],
        range: SourceRange,
        nameRange: SourceRange,
        roleRefRange: SourceRange,
        subjectRanges: [SourceRange]
    ) {
        self.identity = identity
        self.kind = kind
        self.roleRef = roleRef
        self.subjects = subjects
        self.range = range
        self.nameRange = nameRange
        self.roleRefRange = roleRefRange
        self.subjectRanges = subjectRanges
    }
}

/// A `ServiceAccount` of the manifests.
package struct ServiceAccountManifest: Sendable {
    package var identity: ObjectIdentity
    package var range: SourceRange

    package init(identity: ObjectIdentity, range: SourceRange) {
        self.identity = identity
        self.range = range
    }
}

/// A Deployment, StatefulSet, DaemonSet, Job or CronJob: what runs under a service account.
package struct WorkloadManifest: Sendable {
    package var identity: ObjectIdentity
    /// As the cluster will have it (kustomize renames the reference too); `default` where none is named.
    package var serviceAccountName: String
    package var range: SourceRange

    package init(identity: ObjectIdentity, serviceAccountName: String, range: SourceRange) {
        self.identity = identity
        self.serviceAccountName = serviceAccountName
        self.range = range
    }
}

/// A `CustomResourceDefinition`: the resources that it will add to the API.
package struct CRDManifest: Sendable {
    package struct Version: Hashable, Sendable {
        package var name: String
        package var isServed: Bool
        package var hasSchema: Bool
        /// Names of its subresources: `status`, `scale`.
        package var subresources: [String]

        package init(name: String, isServed: Bool, hasSchema: Bool, subresources: [String]) {
            self.name = name
            self.isServed = isServed
            self.hasSchema = hasSchema
            self.subresources = subresources
        }
    }

    package var identity: ObjectIdentity
    package var group: String
    package var plural: String
    package var singular: String
    package var kind: String
    package var shortNames: [String]
    package var isNamespaced: Bool
    package var versions: [Version]
    package var range: SourceRange
    /// The value of `apiVersion`.
    package var apiVersionRange: SourceRange

    package init(
        identity: ObjectIdentity,
        group: String,
        plural: String,
        singular: String,
        kind: String,
        shortNames: [String],
        isNamespaced: Bool,
        versions: [Version],
        range: SourceRange,
        apiVersionRange: SourceRange
    ) {
        self.identity = identity
        self.group = group
        self.plural = plural
        self.singular = singular
        self.kind = kind
        self.shortNames = shortNames
        self.isNamespaced = isNamespaced
        self.versions = versions
        self.range = range
        self.apiVersionRange = apiVersionRange
    }
}
