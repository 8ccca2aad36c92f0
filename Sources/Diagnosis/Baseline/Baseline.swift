import RBAC
import Traces
package import Syntax

/// What was wrong when a project took up the tool: findings that are known, so that only new ones fail a run.
///
/// A finding is known by its code and what it is about, and not by its place or its words, which change with every edit.
package struct Baseline: Hashable, Sendable {
    /// One known thing: `verb-missing: list secrets in demo`.
    private var entries: Set<String>

    /// Everything that a report finds.
    package init(of reports: [CheckReport]) {
        entries = Set(reports.flatMap { report in report.findings.flatMap { Self.entries(of: $0, in: report) } })
    }

    /// Reads what `text` wrote.
    ///
    /// - Throws: `InputError` at what is no baseline.
    package init(yaml bytes: [UInt8], file: String) throws(InputError) {
        guard let document = try YAMLParser.documents(bytes, file: file).first else {
            throw InputError(file: file, message: "the baseline is empty", hint: "write it anew with --write-baseline")
        }
        let fields = try document.fields("baseline")
        let kind = try fields.optionalString("kind") ?? ""
        let version = try fields.optionalString("apiVersion") ?? ""
        guard kind == "CheckBaseline", version == "swiftop.dev/v1" else {
            throw document.error(
                "this is no baseline of kind CheckBaseline, apiVersion swiftop.dev/v1",
                hint: "write one with --write-baseline"
            )
        }
        entries = Set(try fields.strings("known").map(\.text))
    }

    /// The baseline as a file: YAML, sorted, one line each, so that a review shows what is accepted.
    package var text: String {
        var text = "# What was known when this was written; swiftop-rbac check --baseline leaves it out.\n"
        text += "apiVersion: swiftop.dev/v1\nkind: CheckBaseline\n"
        if entries.isEmpty { return text + "known: []\n" }
        text += "known:\n"
        for entry in entries.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            text += "- \(yamlScalar(entry))\n"
        }
        return text
    }

    /// The report without the findings that are known in every respect; a note says how many those are.
    package func applied(to report: CheckReport) -> CheckReport {
        let known = report.findings.map { entries.isSuperset(of: Self.entries(of: $0, in: report)) }
        let count = known.count { $0 }
        guard count > 0 else { return report }
        var result = report
        var places: [Int: Int] = [:]
        result.findings = []
        for (index, finding) in report.findings.enumerated() where !known[index] {
            places[index] = result.findings.count
            result.findings.append(finding)
        }
        for index in result.requirements.indices {
            result.requirements[index].findings = result.requirements[index].findings.compactMap { places[$0] }
        }
        result.fixes = { [fixes = report.fixes, places] options in
            var rest = options
            rest.findings = Set(places.keys.filter { options.findings?.contains(places[$0] ?? $0) ?? true })
            return fixes(rest).renumbered(places)
        }
        let findings = count == 1 ? "one finding is" : "\(count) findings are"
        result.notes.append("\(findings) in the baseline and left out")
        return result
    }

    /// A finding in single facts: one a call, or one for what it says where it is about no call.
    private static func entries(of finding: Finding, in report: CheckReport) -> [String] {
        let calls = finding.requirements.filter(report.requirements.indices.contains)
        guard !calls.isEmpty else { return ["\(finding.code.rawValue): \(finding.title)"] }
        return calls.map { index in
            let attributes = report.requirements[index].requirement.attributes
            if let path = attributes.nonResourceURL { return "\(finding.code.rawValue): \(attributes.verb) \(path)" }
            let group = attributes.group.isEmpty ? "" : ".\(attributes.group)"
            let sub = attributes.subresource.isEmpty ? "" : "/\(attributes.subresource)"
            let name = attributes.name.isEmpty ? "" : " \(attributes.name)"
            let place = attributes.namespace.isEmpty ? "" : " in \(attributes.namespace)"
            return "\(finding.code.rawValue): \(attributes.verb) \(attributes.resource)\(group)\(sub)\(name)\(place)"
        }
    }
}
