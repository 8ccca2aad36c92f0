import Manifests
import Traces

/// What was read, for whoever wants to know all.
enum InputDetails {
    static func lines(_ input: CheckInput) -> [String] {
        (input.manifests.map(lines) ?? []) + calls(input.requirements)
    }

    private static func lines(_ manifests: ManifestSet) -> [String] {
        var counts: [String: Int] = [:]
        let kinds =
            manifests.roles.map(\.identity.kind) + manifests.bindings.map(\.identity.kind)
            + manifests.serviceAccounts.map(\.identity.kind) + manifests.workloads.map(\.identity.kind)
            + manifests.crds.map(\.identity.kind)
        for kind in kinds { counts[kind, default: 0] += 1 }
        let files = manifests.texts.count == 1 ? "1 file" : "\(manifests.texts.count) files"
        var lines = ["\(files) of \(manifests.paths.joined(separator: ", ")): \(words(counts) ?? "nothing of use")"]
        if let skipped = words(manifests.skipped) {
            lines.append("skipped, having no bearing on permissions: \(skipped)")
        }
        return lines
    }

    /// `ClusterRole (3), Role (1)`, by name; `nil` where there are none.
    private static func words(_ counts: [String: Int]) -> String? {
        guard !counts.isEmpty else { return nil }
        return counts.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
    }

    private static func calls(_ requirements: [Requirement]) -> [String] {
        let calls = requirements.reduce(0) { $0.addingReportingOverflow($1.count).partialValue }
        guard calls > 0 else { return [] }
        return ["\(calls) calls, which come to \(requirements.count) distinct ones"]
    }
}
