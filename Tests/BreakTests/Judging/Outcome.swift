import Diagnosis
import Foundation
import Manifests
import RBAC

/// What came of one break: whether the diagnosis named its cause, and which remedies mended it.
struct Outcome: Sendable {
    /// By which results are counted.
    var kind: String
    var description: String
    /// Calls that got another principal code than expected, a line each.
    var wrong: [String] = []
    /// Remedies that were followed.
    var remedies = 0
    /// Those that left something to mend, a line each.
    var unmended: [String] = []
    /// Whether what was expected is the code that the break is named after.
    var isPlain = true

    mutating func compare(_ codes: [String], with expected: [String], _ calls: [RequestAttributes]) {
        for (index, call) in calls.enumerated() where codes[index] != expected[index] {
            wrong.append("\(description): \(call.text): \(codes[index]), expected \(expected[index])")
        }
    }

    /// Holds a report after a remedy to what it should have mended.
    mutating func expectMended(_ report: CheckReport, _ calls: [RequestAttributes], by way: String) {
        remedies += 1
        for (call, code) in zip(calls, report.codes(calls)) where code != "ok" {
            unmended.append("\(description), by \(way): \(call.text): \(code)")
        }
        for finding in report.findings where finding.severity == .error && !finding.requirements.isEmpty {
            unmended.append("\(description), by \(way): \(finding.title)")
        }
    }

    mutating func noteFailure(_ error: any Error, by way: String) {
        remedies += 1
        unmended.append("\(description), by \(way): \(error)")
    }
}

extension [Outcome] {
    /// One of each break, worked on by all processors.
    static func of<Break: Sendable>(
        _ breaks: [Break],
        _ judge: @escaping @Sendable (Break) async throws -> Outcome
    ) async throws -> [Outcome] {
        try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            for (index, broken) in breaks.enumerated() { group.addTask { (index, try await judge(broken)) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    var rightShare: Double { isEmpty ? 0 : Double(count { $0.wrong.isEmpty }) / Double(count) }
    var wrong: String { flatMap(\.wrong).joined(separator: "\n") }
    var unmended: String { flatMap(\.unmended).joined(separator: "\n") }

    /// A line for each kind of break, printed where `SWIFTOP_RBAC_BREAKS` asks for a number of breaks.
    func printTable(_ title: String) {
        guard Measure.isAskedFor else { return }
        print(
            "\(title): \(count) breaks, \(percent(rightShare)) right, \(map(\.remedies).reduce(0, +)) remedies followed"
        )
        for (kind, outcomes) in Dictionary(grouping: self, by: \.kind).sorted(by: { $0.key < $1.key }) {
            let followed = outcomes.map(\.remedies).reduce(0, +)
            let failed = outcomes.count { !$0.unmended.isEmpty }
            print(
                "  \(kind): \(outcomes.count) breaks (\(outcomes.count(where: \.isPlain)) with the code of their name), "
                    + "\(percent(outcomes.rightShare)) right; \(followed) remedies, \(failed) breaks not mended"
            )
        }
    }

    private func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100)%" }
}

/// How much is measured.
enum Measure {
    private static let number = ProcessInfo.processInfo.environment["SWIFTOP_RBAC_BREAKS"].flatMap(Int.init)
    static let isAskedFor = number != nil
    /// Draws other breaks.
    static let seed = ProcessInfo.processInfo.environment["SWIFTOP_RBAC_SEED"].flatMap(UInt64.init) ?? 1

    /// The number asked for; else what the suite can afford.
    static func count(else usual: Int) -> Int { number ?? usual }
}

extension RequestAttributes {
    /// As `--need` takes it.
    var text: String {
        if let nonResourceURL { return "\(verb) \(nonResourceURL)" }
        let target =
            (group.isEmpty ? resource : "\(resource).\(group)") + (subresource.isEmpty ? "" : "/\(subresource)")
        return [verb, target, namespace.isEmpty ? "" : "-n \(namespace)", name].filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}

extension ObjectSet {
    /// Read back as the program reads files.
    func manifests(operator account: ServiceAccountName) throws -> ManifestSet {
        try ManifestLoader.load(paths: ["-"], standardInput: Array(yaml(operator: account).utf8))
    }
}
