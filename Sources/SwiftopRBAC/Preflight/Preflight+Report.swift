import Diagnosis
import RBAC
import Reports

extension Preflight {
    /// What a preflight found out.
    public struct Report: Sendable {
        /// The API server that was asked; `nil` where none was.
        public let server: Server?
        /// Whose access was judged, and how that was asked.
        public let identities: [JudgedIdentity]
        /// What is required, in a stable order, with what was found out about each.
        public let requirements: [Requirement]
        /// What is wrong, errors first, and why.
        public let findings: [Finding]
        /// Said once about the whole: what was assumed, and what was not followed.
        public let notes: [String]
        /// What was left out of the inputs, and why.
        public let warnings: [String]
        /// Steps that failed; what was found without them stands.
        public let failures: [String]

        private let report: CheckReport

        init(_ report: CheckReport, warnings: [String]) {
            self.report = report
            self.warnings = warnings
            server = report.server.map(Server.init)
            identities = report.identities.map(JudgedIdentity.init)
            requirements = report.requirements.map(Requirement.init)
            findings = report.findings.map(Finding.init)
            notes = report.notes
            failures = report.failures.map(\.message)
        }

        /// Whether nothing is wrong: no finding is an error. `swiftop-rbac check` ends with status 0 then.
        public var isGranted: Bool { !findings.contains { $0.severity == .error } }

        /// In a line: `14 calls are allowed, 2 are not`.
        public var summary: String {
            let summary = report.summary
            var parts = [summary.met == 1 ? "1 call is allowed" : "\(summary.met) calls are allowed"]
            if summary.unmet > 0 { parts.append(summary.unmet == 1 ? "1 is not" : "\(summary.unmet) are not") }
            if summary.unknown > 0 {
                parts.append(
                    summary.unknown == 1 ? "1 could not be found out" : "\(summary.unknown) could not be found out"
                )
            }
            return parts.joined(separator: ", ")
        }

        /// Goes on where nothing is wrong.
        ///
        /// - Throws: ``Denied``, whose text says what is missing and how to mend it.
        public func requireGranted() throws(Denied) {
            guard isGranted else { throw Denied(report: self) }
        }

        /// The report for people, as `swiftop-rbac check` prints it.
        ///
        /// - Parameter width: Columns that prose is wrapped to; at least 40.
        public func text(width: Int = 100) -> String {
            Renderer(tool: Tool(version: ToolVersion.current), options: RenderOptions(width: width)).check(
                [report],
                as: .text
            )
        }

        /// The report for programs: the document of `swiftop-rbac check -o json`.
        public var json: String {
            Renderer(tool: Tool(version: ToolVersion.current)).check([report], as: .json)
        }
    }

    /// An API server.
    public struct Server: Hashable, Sendable {
        /// Its address.
        public let url: String
        /// As it says it: `v1.36.2`; `nil` where it did not.
        public let version: String?

        init(_ server: CheckReport.Server) {
            url = server.url
            version = server.version
        }
    }

    /// Somebody whose access was judged.
    public struct JudgedIdentity: Hashable, Sendable {
        /// `self` for whoever asks, or `operator`.
        public let role: String
        /// The user name.
        public let user: String
        /// The groups that count.
        public let groups: [String]
        /// How it was asked: `credentials`, `impersonation`, `token`, `subjectaccessreview`, or `manifests` where no server
        /// was.
        public let via: String

        init(_ identity: CheckReport.Identity) {
            role = identity.role.rawValue
            user = identity.user.name
            groups = identity.user.groups
            via = identity.via.rawValue
        }
    }
}
