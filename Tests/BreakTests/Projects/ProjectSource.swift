import Foundation
import Manifests
import TestSupport

/// Where projects come from: the example, manifests of the tests' own, and those of public operators where they are at hand.
enum ProjectSource {
    static let own: [Project] = {
        let folder = Repository.fixtures.appending(path: "breaks")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let files = names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder.appending(path: $0).path }
        let example = Repository.root.appending(path: "Examples/guestbook-operator/config/default").path
        return (files + [example]).compactMap { project($0) }
    }()

    static let shared: [Project] = {
        guard let folder = try? SharedCorpus.path("corpus/roles") else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { project(folder.appending(path: $0).path) }
    }()

    private static func project(_ path: String) -> Project? {
        guard let manifests = try? ManifestLoader.load(paths: [path]) else { return nil }
        let name = path.split(separator: "/").suffix(1).joined()
        return Project(name, manifests)
    }
}
