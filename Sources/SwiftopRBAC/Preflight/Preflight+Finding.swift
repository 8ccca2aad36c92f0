import Diagnosis
import RBAC
import Syntax

extension Preflight {
    /// One cause, with its evidence and what mends it.
    public struct Finding: Sendable {
        /// How much it weighs.
        public enum Severity: String, Hashable, Sendable {
            /// Something required is not granted, or will fail.
            case error
            /// It may fail, or grants more than it should.
            case warning
        }

        /// The stable name of its kind: `verb-missing`, `not-applied`, … `swiftop-rbac explain CODE` has a page for each.
        public let code: String
        /// How much it weighs.
        public let severity: Severity
        /// Whether it is why its requirements are not met, rather than something that comes on top.
        public let isPrincipal: Bool
        /// In a line: lower case, no final period.
        public let title: String
        /// In sentences.
        public let explanation: String
        /// What was found on either side, a line each.
        public let evidence: [String]
        /// Indices of the ``Report/requirements`` that it is about.
        public let requirements: [Int]
        /// The place to look at first, then the others.
        public let locations: [Location]
        /// What mends it; `nil` where nothing does.
        public let remedy: Remedy?

        init(_ finding: Diagnosis.Finding) {
            code = finding.code.rawValue
            severity = finding.severity == .error ? .error : .warning
            isPrincipal = finding.isPrincipal
            title = finding.title
            explanation = finding.explanation
            evidence = finding.evidence
            requirements = finding.requirements
            locations = finding.locations.map { Location($0.range) }
            remedy = finding.remedy.map(Remedy.init)
        }
    }

    /// A stretch of a file.
    public struct Location: Hashable, Sendable {
        /// As it was named.
        public let file: String
        /// From 1.
        public let line: Int
        /// In characters, from 1.
        public let column: Int

        init(_ range: SourceRange) {
            file = range.file
            line = range.start.line
            column = range.start.column
        }
    }

    /// What mends a finding.
    public struct Remedy: Hashable, Sendable {
        /// In a line: what to do.
        public let summary: String
        /// Rules that grant exactly what was missing.
        public let rules: [Rule]
        /// The same as markers of kubebuilder.
        public let markers: [String]
        /// Commands, for what no edit of a manifest mends.
        public let commands: [String]

        init(_ remedy: Diagnosis.Remedy) {
            summary = remedy.summary
            rules = remedy.rules.map(Rule.init)
            markers = remedy.markers
            commands = remedy.commands
        }
    }

    /// A rule of a Role or ClusterRole.
    public struct Rule: Hashable, Sendable {
        /// The API groups; an empty text is the core group.
        public let apiGroups: [String]
        /// Resources, subresources as `pods/log`.
        public let resources: [String]
        /// Names of objects; empty for all.
        public let resourceNames: [String]
        /// Paths outside the API.
        public let nonResourceURLs: [String]
        /// What may be done.
        public let verbs: [String]

        init(_ rule: PolicyRule) {
            apiGroups = rule.apiGroups
            resources = rule.resources
            resourceNames = rule.resourceNames
            nonResourceURLs = rule.nonResourceURLs
            verbs = rule.verbs
        }
    }
}
