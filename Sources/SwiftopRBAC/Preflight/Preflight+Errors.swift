import Inputs

extension Preflight {
    /// A preflight that came to no answer.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What went wrong.
        public enum Reason: String, Hashable, Sendable {
            /// An input is missing, broken or not understood: a manifest, a trace, a profile, a requirement, a kubeconfig.
            case invalidInput
            /// No cluster is configured, or its API server did not answer, or it did not take the credentials.
            case noAnswer
        }

        /// What went wrong.
        public let reason: Reason
        /// For people: the place, what is wrong there, and what to do.
        public let description: String
        /// What was found out without the API server; `nil` where an input is wrong.
        public let report: Report?
    }

    /// Something that is required is not granted.
    public struct Denied: Error, Sendable, CustomStringConvertible {
        /// What was found, and what was granted.
        public let report: Report
        /// The report for people: each cause with its place, and the edit that mends it.
        public var description: String { report.text() }
    }
}

extension Preflight.Failure {
    init(_ failure: InputFailure) {
        self.init(
            reason: failure.isNoAnswer ? .noAnswer : .invalidInput,
            description: failure.message,
            report: nil
        )
    }

    /// - Parameter report: one in which no server answered.
    init(noAnswerIn report: Preflight.Report) {
        let messages = report.failures.isEmpty ? report.findings.map(\.title) : report.failures
        self.init(reason: .noAnswer, description: messages.joined(separator: "\n"), report: report)
    }
}
