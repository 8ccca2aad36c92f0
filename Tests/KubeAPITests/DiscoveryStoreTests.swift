import TestSupport
import Testing

@testable import KubeAPI

@Suite struct DiscoveryStoreTests {
    private static let resources = APIResources(groups: [
        .init(
            name: "",
            versions: [
                .init(
                    name: "v1",
                    resources: [
                        .init(
                            name: "pods",
                            singular: "pod",
                            kind: "Pod",
                            shortNames: ["po"],
                            isNamespaced: true,
                            verbs: ["get"],
                            subresources: ["log": ["get"]]
                        )
                    ],
                    isIncomplete: false
                )
            ]
        )
    ])

    let folder: ScratchFolder
    let store: DiscoveryStore
    init() throws {
        folder = try ScratchFolder()
        store = DiscoveryStore(DiscoveryCache(folder: "\(folder.path)/a/b"))
    }

    @Test func comesBackAsItWas() {
        store.write(Self.resources, "https://h:1", now: 1000)
        #expect(store.read("https://h:1", now: 1001)?.groups == Self.resources.groups)
        #expect(store.read("https://h:1", now: 1001)?.etags == [:])
        var tagged = Self.resources
        tagged.etags = ["/api": "\"A\"", "/apis": "\"B\""]
        store.write(tagged, "https://h:1", now: 1000)
        #expect(store.read("https://h:1", now: 1001)?.etags == tagged.etags)
    }

    @Test func oldOrOfAnotherServerOrFromTheFuture() {
        store.write(Self.resources, "https://h:1", now: 1000)
        #expect(store.read("https://h:1", now: 1600) == nil)
        #expect(store.read("https://h:1", now: 999) == nil)
        #expect(store.read("https://h_1", now: 1001) == nil)
    }

    @Test func damagedFilesDoNotCount() throws {
        store.write(Self.resources, "https://h:1", now: 1000)
        let names = try folder.names("a/b")
        #expect(names.count == 1)
        try folder.write("a/b/\(names[0])", "{\"format\":")
        #expect(store.read("https://h:1", now: 1001) == nil)
    }

    @Test func foldersThatCannotBeMadeAreNoFailure() throws {
        try folder.write("file", "")
        let other = DiscoveryStore(DiscoveryCache(folder: "\(folder.path)/file/x"))
        other.write(Self.resources, "https://h:1")
        #expect(other.read("https://h:1") == nil)
    }

    @Test(arguments: [
        (["XDG_CACHE_HOME": "/c", "HOME": "/h"], "/c/swiftop-rbac/discovery"),
        (["XDG_CACHE_HOME": "relative", "HOME": "/h"], "/h/.cache/swiftop-rbac/discovery"),
        (["HOME": "/h"], "/h/.cache/swiftop-rbac/discovery"), ([:], nil),
    ])
    func place(_ environment: [String: String], _ expected: String?) {
        #expect(DiscoveryCache(environment: environment)?.folder == expected)
    }
}
