import Foundation

/// A folder for one test; all of them are gone when the test process ends.
struct TemporaryFolder {
    let path: String

    private static let base: URL = {
        let name = "swiftop-rbac-tests-\(ProcessInfo.processInfo.processIdentifier)"
        let url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: name)
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: TemporaryFolder.base) }
        return url
    }()

    init() throws {
        let url = Self.base.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    /// - Parameter files: Texts by path below the folder.
    init(_ files: [String: String]) throws {
        try self.init()
        for (path, text) in files { try write(text, to: path) }
    }

    func write(_ text: String, to path: String) throws {
        let file = URL(fileURLWithPath: self(path))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// The path of something in the folder.
    func callAsFunction(_ name: String) -> String { name.isEmpty ? path : "\(path)/\(name)" }
}
