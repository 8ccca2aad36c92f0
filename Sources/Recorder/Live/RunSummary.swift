package import Diagnosis
package import RBAC
import Syntax
package import Traces

/// What a run showed, in a few lines: what was refused, what only you may do, and what was not seen.
package struct RunSummary: Sendable {
    package let report: CheckReport
    private let requirements: [Requirement]

    /// - Parameter requirements: those of this run.
    /// - Throws: `InputError` where it cannot be told whose calls they are.
    package init(_ input: CheckInput, _ requirements: [Requirement]) async throws {
        var input = input
        input.requirements = requirements
        input.hasTrace = true
        input.isOffline = true
        report = try await Diagnosis.check(input)
        self.requirements = requirements
    }

    /// Calls that the manifests do not grant.
    private var missing: [CheckReport.Judged] {
        report.requirements.filter { $0.declared == .missing && $0.requirement.implied == nil }
    }

    /// - Parameters:
    ///   - refusedLists: of informers, which wait for them for ever.
    ///   - status: of the command.
    package func lines(trace: String, refusedLists: [RequestAttributes], status: Int32) -> [String] {
        var lines: [String] = []
        let denied = requirements.filter { $0.statuses[403] != nil }
        let masked = missing.filter { judged in
            judged.requirement.statuses.keys.contains { (200..<400).contains($0) }
                && judged.requirement.statuses[403] == nil
        }
        lines += Self.list("denied", denied.map { Explanation.words($0.attributes) })
        lines += Self.list(
            "masked: allowed to you, and not granted by the manifests",
            masked.map { Explanation.words($0.requirement.attributes) }
        )
        let principal = report.findings.filter { $0.isPrincipal }
        lines += Self.list(
            "needed and not granted",
            principal.map { finding in
                let place = finding.locations.first.map { " (\($0.range.file):\($0.range.start.line))" } ?? ""
                return "\(finding.title)\(place) [\(finding.code.rawValue)]"
            }
        )
        let unused = report.findings.count { $0.code == .excessPermission }
        if unused > 0 {
            lines.append(
                "granted and not exercised in this run: \(unused) \(unused == 1 ? "grant" : "grants"); "
                    + "one run proves none of them superfluous"
            )
        }
        if status != 0, let list = refusedLists.first {
            lines.append(
                "the command ended with status \(status): a cache whose `\(Explanation.words(list))` is refused never "
                    + "syncs, which ends a manager with a time-out and no word of this"
            )
        }
        if !principal.isEmpty { lines.append("to mend it: swiftop-rbac check --fix -t \(trace)") }
        return lines
    }

    private static func list(_ title: String, _ items: [String]) -> [String] {
        var seen: Set<String> = []
        let items = items.filter { seen.insert($0).inserted }
        guard !items.isEmpty else { return [] }
        let shown = items.prefix(20).map { "  \($0)" }
        return ["\(title):"] + shown + (items.count > 20 ? ["  and \(items.count - 20) more"] : [])
    }
}
