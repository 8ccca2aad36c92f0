import Foundation
import Manifests
import Syntax
import Testing

@Suite struct LoaderTests {
    private func role(_ name: String, _ more: String = "") -> String {
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: \(name)}\n\(more)"
    }

    @Test func aFolderIsReadSortedAndHiddenOrForeignFilesAreNot() throws {
        let folder = try TemporaryFolder([
            "b.yml": role("b"), "a.yaml": role("a"),
            "sub/c.json": "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\","
                + "\"metadata\":{\"name\":\"c\"}}", ".git/d.yaml": role("d"), "README.md": "# no manifest",
            "e.yaml.bak": role("e"),
            "values.yaml": "replicas: 3\n", "patch.yaml": "- op: add\n", "Chart.yaml": "apiVersion: v2\nname: chart\n",
        ])
        let set = try ManifestLoader.load(paths: [folder("")])
        #expect(set.roles.map(\.identity.name) == ["a", "b"])
        #expect(set.serviceAccounts.map(\.identity.name) == ["c"])
        #expect(set.roles[0].range.file == folder("a.yaml"))
        #expect(set.paths == [folder("")])
        #expect(set.texts.keys.contains(folder("a.yaml")))
    }

    @Test func namedFilesMustBeManifests() throws {
        let folder = try TemporaryFolder(["values.yaml": "replicas: 3\n", "odd": role("odd")])
        #expect(try #require(loadError(paths: [folder("values.yaml")])).message == "the object has no `kind`")
        #expect(try ManifestLoader.load(paths: [folder("odd")]).roles.count == 1, "whatever its name ends in")
    }

    @Test func aRoleWithoutItsKindIsAnErrorInAFolderToo() throws {
        let folder = try TemporaryFolder(["role.yaml": "metadata: {name: a}\nrules: []\n"])
        #expect(try #require(loadError(paths: [folder("")])).message == "the object has no `kind`")
    }

    @Test func whatCannotBeReadIsNamed() throws {
        let folder = try TemporaryFolder(["empty/README": "x"])
        let missing = try #require(loadError(paths: [folder("nothing.yaml")]))
        #expect(missing.message == "no such file or folder")
        #expect(missing.file == folder("nothing.yaml"))
        #expect(missing.location == nil)
        #expect(try #require(loadError(paths: [folder("empty")])).message.hasPrefix("there is no .yaml"))
        #expect(try #require(loadError(paths: [folder("empty/README/x.yaml")])).message == "no such file or folder")
        let socket = try #require(loadError(paths: ["/dev/null"]))
        #expect(socket.message == "the file is empty")
        #expect(throws: InputError.self) { try FileAccess.read(folder("empty"), limit: 10) }
        let endless = #expect(throws: InputError.self) { try FileAccess.read("/dev/zero", limit: 1 << 20) }
        #expect(endless?.message == "the file has more than 1 MiB, which is all that is read")
    }

    @Test(.enabled(if: getuid() != 0, "the superuser may read everything"))
    func withoutTheRightToRead() throws {
        let folder = try TemporaryFolder(["secret.yaml": role("a")])
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder("secret.yaml"))
        let error = try #require(loadError(paths: [folder("secret.yaml")]))
        #expect(error.message == "cannot be read: permission denied")
    }

    @Test func linksMayLeadInCirclesAndPipesAreLeftAlone() throws {
        let folder = try TemporaryFolder(["a/role.yaml": role("a")])
        let files = FileManager.default
        try files.createSymbolicLink(atPath: folder("a/up"), withDestinationPath: folder(""))
        try files.createSymbolicLink(atPath: folder("again"), withDestinationPath: folder("a"))
        try files.createSymbolicLink(atPath: folder("self.yaml"), withDestinationPath: folder("self.yaml"))
        try files.createSymbolicLink(atPath: folder("broken.yaml"), withDestinationPath: folder("nowhere"))
        #expect(mkfifo(folder("pipe.yaml"), 0o600) == 0)
        let set = try ManifestLoader.load(paths: [folder("")])
        #expect(set.roles.count == 1)
        #expect(set.warnings.isEmpty)
        #expect(try #require(loadError(paths: [folder("self.yaml")])).hint == "its links lead in a circle")
    }

    @Test func standardInputStandsAmongPaths() throws {
        let folder = try TemporaryFolder(["a.yaml": role("a")])
        let set = try ManifestLoader.load(paths: ["-", folder("a.yaml")], standardInput: Array(role("b").utf8))
        #expect(set.roles.map(\.range.file) == ["<stdin>", folder("a.yaml")])
    }

    @Test func theLaterOfTwoDefinitionsCounts() throws {
        let rules = "rules: [{verbs: [get], nonResourceURLs: [/x]}]\n"
        let folder = try TemporaryFolder(["a.yaml": role("r") + "---\n" + role("s"), "b.yaml": role("r", rules)])
        let set = try ManifestLoader.load(paths: [folder("a.yaml"), folder("b.yaml"), folder("a.yaml")])
        #expect(set.roles.map(\.identity.name) == ["r", "s"])
        #expect(set.roles[0].rules.isEmpty, "the first file was given again, behind the second")
        let once = try ManifestLoader.load(paths: [folder("a.yaml"), folder("b.yaml")])
        #expect(once.roles.first { $0.identity.name == "r" }?.rules.count == 1)
        #expect(
            once.warnings.map(\.message) == [
                "the ClusterRole `r` is defined at \(folder("a.yaml")):1, too; this later one counts"
            ]
        )
        #expect(once.warnings[0].range?.file == folder("b.yaml"))
        #expect(try ManifestLoader.load(paths: [folder("a.yaml"), folder("a.yaml")]).warnings.isEmpty)
    }

    @Test func aTemplateInAFolderSaysWhatToRunFirst() throws {
        let folder = try TemporaryFolder(["role.yaml": "{{- if .Values.rbac }}\n\(role("{{ .x }}"))\n{{- end }}\n"])
        let error = try #require(loadError(paths: [folder("")]))
        #expect(error.hint.contains("helm template"))
        #expect(place(error.location) == "1:1")
    }
}
