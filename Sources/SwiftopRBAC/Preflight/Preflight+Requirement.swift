import Diagnosis
import RBAC
import Traces

extension Preflight {
    /// Something that the program must be allowed to do, with what was found out about it.
    public struct Requirement: Hashable, Sendable {
        /// What the manifests say.
        public enum Declared: String, Hashable, Sendable {
            /// They grant it.
            case granted
            /// They do not.
            case missing
            /// There are none, or a part of them that decides is not there.
            case notEvaluated = "not-evaluated"
        }

        /// What the API server says.
        public enum Effective: String, Hashable, Sendable {
            /// It may be done.
            case allowed
            /// It may not.
            case denied
            /// The server could not say.
            case unknown
            /// The server was not asked.
            case notAsked = "not-asked"
        }

        /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, …
        public let verb: String
        /// The API group; empty for the core group.
        public let group: String
        /// The API version; empty where it is not known.
        public let version: String
        /// The plural name; empty for a path outside the API.
        public let resource: String
        /// Without its resource: `status`; empty for the resource itself.
        public let subresource: String
        /// Empty for all namespaces, and for what has none.
        public let namespace: String
        /// Of the object; empty where none is named.
        public let name: String
        /// A path outside the API; `nil` for resources.
        public let nonResourceURL: String?
        /// Why this stands for more than a call, such as `informer`; `nil` for the call itself.
        public let implied: String?
        /// What the manifests say.
        public let declared: Declared
        /// What the API server says about whoever asks.
        public let effectiveSelf: Effective
        /// What the API server says about the operator.
        public let effectiveOperator: Effective
        /// Where it was asked for: `rbac-trace.jsonl:12`.
        public let origins: [String]
        /// `ClusterRole/manager-role via ClusterRoleBinding/manager-rolebinding`.
        public let grantedBy: [String]
        /// Indices of the ``Report/findings`` about it.
        public let findings: [Int]
        /// Whether it is granted; `nil` where nobody could say.
        public let isMet: Bool?

        init(_ judged: CheckReport.Judged) {
            let attributes = judged.requirement.attributes
            verb = attributes.verb
            group = attributes.group
            version = attributes.version
            resource = attributes.resource
            subresource = attributes.subresource
            namespace = attributes.namespace
            name = attributes.name
            nonResourceURL = attributes.nonResourceURL
            implied = judged.requirement.implied
            declared = Declared(rawValue: judged.declared.rawValue) ?? .notEvaluated
            effectiveSelf = Effective(rawValue: judged.effectiveSelf.rawValue) ?? .unknown
            effectiveOperator = Effective(rawValue: judged.effectiveOperator.rawValue) ?? .unknown
            origins = judged.requirement.origins
            grantedBy = judged.grantedBy
            findings = judged.findings
            isMet = judged.isMet
        }
    }
}
