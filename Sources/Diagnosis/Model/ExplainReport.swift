package import RBAC

/// The answer of `explain`: what was refused, and what it means.
package struct ExplainReport: Sendable {
    /// One refusal, however often it was found.
    package struct Refusal: Sendable {
        package var code: FindingCode
        /// One line: lower case, no final period.
        package var title: String
        /// `nil` where the refusal names none.
        package var request: RequestAttributes?
        /// Empty where nobody is named.
        package var user: String
        package var groups: [String]
        package var count: Int
        package var firstLine: Int
        package var lastLine: Int
        /// The file of `firstLine`; empty for a text or standard input.
        package var file: String
        /// As it was written.
        package var message: String
        /// The lines of generic errors that it brought about.
        package var cause: [String]
        /// What a role would have to grant; empty where no role helps.
        package var requires: [PolicyRule]
        /// The requests that would have to be allowed, for whoever judges them; with the namespaces and names of the refusal.
        package var asked: [RequestAttributes] = []
        /// Sentences.
        package var explanation: String
        package var remedy: Remedy?
        /// Of manifests: where the remedy goes.
        package var locations: [FindingLocation]

        package init(
            code: FindingCode,
            title: String,
            request: RequestAttributes? = nil,
            user: String = "",
            groups: [String] = [],
            count: Int = 1,
            firstLine: Int = 1,
            lastLine: Int = 1,
            file: String = "",
            message: String = "",
            cause: [String] = [],
            requires: [PolicyRule] = [],
            explanation: String = "",
            remedy: Remedy? = nil,
            locations: [FindingLocation] = []
        ) {
            self.code = code
            self.title = title
            self.request = request
            self.user = user
            self.groups = groups
            self.count = count
            self.firstLine = firstLine
            self.lastLine = lastLine
            self.file = file
            self.message = message
            self.cause = cause
            self.requires = requires
            self.explanation = explanation
            self.remedy = remedy
            self.locations = locations
        }

        /// A generic error alone is no refusal: nobody could say what was behind it.
        package var isRefusal: Bool { code != .unknown }
    }

    /// In the order in which they were found.
    package var refusals: [Refusal] = []
    package var failures: [CheckReport.Failure] = []
    /// Sentences said once: whose access was judged, what was left out.
    package var notes: [String] = []
    /// Texts of the manifests that the locations point into, for excerpts.
    package var texts: [String: String] = [:]
    package var server: CheckReport.Server?

    package init() {}
}
