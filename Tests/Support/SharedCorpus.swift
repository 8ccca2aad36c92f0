package import Foundation

/// Reference data that lies beside the repository on some machines and is never part of it.
///
/// Tests that need it say `@Test(.enabled(if: SharedCorpus.isPresent, "…"))`, so that a run without it reports them as
/// skipped.
package enum SharedCorpus {
    /// `$SWIFTOP_RBAC_SHARED`, else `../shared` beside the repository.
    package static let folder: URL? = {
        let environment = ProcessInfo.processInfo.environment["SWIFTOP_RBAC_SHARED"]
        let url = environment.map { URL(fileURLWithPath: $0) } ?? Repository.root.appending(path: "../shared")
        let standardized = url.standardizedFileURL
        return FileManager.default.fileExists(atPath: standardized.appending(path: "corpus").path) ? standardized : nil
    }()

    package static var isPresent: Bool { folder != nil }

    /// A file or folder below the corpus; only where `isPresent`.
    package static func path(_ relative: String) throws -> URL {
        guard let folder else { throw MissingCorpus() }
        return folder.appending(path: relative)
    }

    package struct MissingCorpus: Error {}
}

/// Where the repository stands on this machine.
package enum Repository {
    package static let root: URL = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    package static let fixtures: URL = root.appending(path: "Tests/Fixtures")
}
