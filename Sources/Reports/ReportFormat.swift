/// The forms a report can be written in.
package enum ReportFormat: String, Hashable, Sendable, CaseIterable {
    case text, json
}
