package import Foundation
package import Testing

/// Compares a rendering with a file that a person can read.
///
/// `SWIFTOP_RBAC_RECORD=1` writes what was rendered instead, and fails the test so that a recording never passes for a
/// check.
package func expectGolden(
    _ actual: String,
    _ file: URL,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if ProcessInfo.processInfo.environment["SWIFTOP_RBAC_RECORD"] != nil {
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(actual.utf8).write(to: file)
            Issue.record(
                "recorded \(file.lastPathComponent); run again without SWIFTOP_RBAC_RECORD",
                sourceLocation: sourceLocation
            )
        } catch {
            Issue.record("could not record \(file.path): \(error)", sourceLocation: sourceLocation)
        }
        return
    }
    guard let data = try? Data(contentsOf: file) else {
        Issue.record(
            "no expected file \(file.path); record it with SWIFTOP_RBAC_RECORD=1",
            sourceLocation: sourceLocation
        )
        return
    }
    let expected = String(decoding: data, as: UTF8.self)
    guard actual != expected else { return }
    Issue.record(
        "\(file.lastPathComponent) differs:\n\(lineDifference(expected, actual))",
        sourceLocation: sourceLocation
    )
}

/// The lines that differ, `-` expected and `+` actual, in the order of the texts.
private func lineDifference(_ expected: String, _ actual: String) -> String {
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let new = actual.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return new.difference(from: old).map { change in
        switch change {
        case .remove(let line, let text, _): "-\(line + 1): \(text)"
        case .insert(let line, let text, _): "+\(line + 1): \(text)"
        }
    }.joined(separator: "\n")
}
