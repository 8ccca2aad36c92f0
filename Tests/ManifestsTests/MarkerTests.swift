import Foundation
import Manifests
import RBAC
import Syntax
import TestSupport
import Testing

/// `+kubebuilder:rbac` markers as controller-gen reads them.
@Suite struct MarkerTests {
    // MARK: - What a marker says

    /// Markers of a Go file, each as groups | resources | names | verbs | urls, with what else it says.
    private func read(_ marker: String) throws -> [String] {
        let file = try #require(GoMarkerFile("package a\n\n\(marker)\n\nfunc f() {}\n", path: "a.go"))
        return file.markers.map { marker in
            let rule = marker.rule
            let lists = [rule.apiGroups, rule.resources, rule.resourceNames, rule.verbs, rule.nonResourceURLs]
            let texts = [marker.namespace, marker.roleName].filter { !$0.isEmpty }
            return (lists.map { $0.joined(separator: " ") } + texts).joined(separator: "|")
        }
    }

    @Test(arguments: [
        ("// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=get;list", "apps|deployments||get list|"),
        ("//+kubebuilder:rbac:groups=\"\",resources=pods,verbs=get", "|pods||get|"),
        ("//\t  +kubebuilder:rbac:groups=core,resources=pods,verbs=*", "|pods||*|"),
        ("// +kubebuilder:rbac:groups=\"\";apps,resources=pods/status;pods,verbs=get", " apps|pods/status pods||get|"),
        (
            "// +kubebuilder:rbac:groups={apps,\"batch\"},resources={jobs},verbs={get, list}",
            "apps batch|jobs||get list|"
        ),
        ("// +kubebuilder:rbac:groups=`apps`,resources=a,resourceNames=b;c,verbs=\"get\"", "apps|a|b c|get|"),
        ("// +kubebuilder:rbac:urls=/metrics;/healthz,verbs=get", "|||get|/metrics /healthz"),
        ("// +kubebuilder:rbac:groups=a,resources=b,verbs=get,namespace=demo,roleName=r", "a|b||get||demo|r"),
        ("// +kubebuilder:rbac: groups=a, resources=b, verbs=get", "a|b||get|"),
        // Without quotes an empty group is no group at all.
        ("// +kubebuilder:rbac:groups=,resources=pods,verbs=get", "|pods||get|"),
        // The semicolons are inside the quotes: one verb.
        ("// +kubebuilder:rbac:groups=a,resources=b,verbs=\"get;list\"", "a|b||get;list|"),
        // Blanks before a separator cost the last token.
        ("// +kubebuilder:rbac:groups=a,resources=b,verbs=get ; list", "a|b|| list|"),
        // The last of two counts.
        ("// +kubebuilder:rbac:groups=a,resources=b,verbs=get,verbs=list", "a|b||list|"),
    ])
    func arguments(_ marker: String, _ expected: String) throws {
        #expect(try read(marker) == [expected])
    }

    @Test func noGroupIsNotTheCoreGroup() throws {
        let file = try #require(
            GoMarkerFile("package a\n\n// +kubebuilder:rbac:groups=,resources=pods,verbs=get\n", path: "a.go")
        )
        #expect(file.markers.map(\.rule.apiGroups) == [[]])
    }

    @Test(arguments: [
        "// kubebuilder:rbac:groups=a,resources=b,verbs=get", "// + kubebuilder:rbac:groups=a,resources=b,verbs=get",
        "// +kubebuilder:rbac,groups=a,resources=b,verbs=get", "// +kubebuidler:rbac:groups=a,resources=b,verbs=get",
        "// +kubebuilder:rbac:groups=a,resources=b", "// +kubebuilder:rbac:groups=a,resource=b,verbs=get",
        "// +kubebuilder:rbac:groups=a;resources=b;verbs=get", "// +kubebuilder:rbac:groups=a,resources=b,verbs=get,",
        "// +kubebuilder:rbac:groups=\"a,resources=b,verbs=get",
        "/* +kubebuilder:rbac:groups=a,resources=b,verbs=get */",
    ])
    func noMarkers(_ text: String) throws {
        #expect(try read(text) == [])
    }

    // MARK: - Where it stands

    private func resources(_ source: String) throws -> [String] {
        try #require(GoMarkerFile(source, path: "a.go")).markers.flatMap(\.rule.resources)
    }

    /// `X` stands for a marker of that resource.
    private func source(_ text: String) -> String {
        text.replacing(/\b([A-Z])!/) { "// +kubebuilder:rbac:groups=g,resources=\($0.output.1),verbs=get" }
    }

    @Test func whereMarkersCount() throws {
        let text = source(
            """
            // A comment of the package.
            A!
            package a

            B!

            import "fmt" // C!

            import (
            \tD!
            \t"os"
            ) // not code: E!

            // F! is prose.
            var text = `
            G!
            ` + "// H!"

            I!

            // Reconcile does it.
            J!
            func (r *R) Reconcile() { // K!
            \tL!
            \tfmt.Println("// {", '{', '"') /* } */
            }
            M!

            type (
            \tN!

            \tO!

            \t// S is a type.
            \tP!
            \tS struct {
            \t\tQ!

            \t\tA int // R!
            \t}
            )

            S!
            type T struct{}

            T!
            """
        )
        let expected = ["A", "B", "I", "M", "O", "T"]
        #expect(try resources(text) == expected)
        #expect(try resources(text.replacing("\n", with: "\r\n")) == expected)
    }

    @Test func anUnfinishedFileIsReadToItsEnd() throws {
        for end in ["func f() {", "var x = `", "/* ", "var x = \"\\", "type (", "var x = '"] {
            #expect(try resources(source("package a\n\nA!\n\n\(end)")) == ["A"])
        }
        #expect(GoMarkerFile("package a \u{0}", path: "a.go") == nil)
    }

    // MARK: - Which files

    private func project(_ files: [String: String], near path: String = "config/rbac") throws -> (
        MarkerProject?, TemporaryFolder
    ) {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(source(text), to: name) }
        return (MarkerLoader.load(near: [folder.path + "/" + path]), folder)
    }

    @Test func filesAsGoBuildsThem() throws {
        let go = { (name: String) in "package a\n\n\(name)!\n" }
        let (project, _) = try project([
            "go.mod": "module a\n", "config/rbac/role.yaml": "", "a.go": go("A"), "internal/b/b.go": go("B"),
            "vendor/c/c.go": go("C"), "internal/testdata/d.go": go("D"), ".git/e.go": go("E"), "_old/f.go": go("F"),
            "node_modules/g/g.go": go("G"), "h_test.go": go("H"), "i_windows.go": go("I"), "_j.go": go("J"),
            "k.go": "//go:build ignore\n\n" + go("K"), "l.go": "//go:build !ignore && (unix || windows)\n\n" + go("L"),
            "m.go": "//go:build !ignore_autogenerated\n\n" + go("M"), "nested/go.mod": "module b\n",
            "nested/n.go": go("N"),
            "windows.go": go("O"), "p.txt": go("P"),
        ])
        let found = try #require(project)
        #expect(Set(found.generations[0].markers.flatMap(\.rule.resources)) == ["A", "B", "L", "N", "O"])
        let ignored = found.ignored.map { "\($0.marker?.rule.resources.first ?? "") \($0.reason)" }.sorted()
        #expect(ignored == ["H testFile", "I notBuilt", "K notBuilt", "M notBuilt"])
    }

    @Test func theMakefileSaysWhatIsGenerated() throws {
        let (project, _) = try project([
            "PROJECT": "", "config/rbac/role.yaml": "", "api/a.go": "package a\n\nA!\n",
            "cmd/b.go": "package b\n\nB!\n",
            "Makefile": """
            CONTROLLER_GEN ?= bin/controller-gen
            .PHONY: generate
            generate: ## Write what is generated.
            \t"$(CONTROLLER_GEN)" \\
            \t\trbac:headerFile=x.txt,roleName=shop-role,fileName=shop.yaml crd paths="./api/..." \\
            \t\toutput:rbac:dir=config/rbac
            """,
        ])
        let found = try #require(project)
        #expect(found.generations.map(\.roleName) == ["shop-role"])
        #expect(found.generations.map(\.fileName) == ["shop.yaml"])
        #expect(found.generations.map(\.command) == ["make generate"])
        #expect(found.generations[0].markers.flatMap(\.rule.resources) == ["A"])
        #expect(found.ignored.map(\.reason) == [.outsidePaths("./api/...")])
    }

    @Test func noProjectNoMarkers() throws {
        let go = "package a\n\nA!\n"
        #expect(try project(["config/rbac/role.yaml": "", ".git/HEAD": "", "a.go": go]).0 == nil)
        #expect(try project(["go.mod": "", "config/rbac/role.yaml": "", "a.go": "package a\n"]).0 == nil)
        #expect(MarkerLoader.load(near: ["-"]) == nil)
    }
}
