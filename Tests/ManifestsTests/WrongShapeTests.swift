import Manifests
import Syntax
import TestSupport
import Testing

@Suite struct WrongShapeTests {
    private static let head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n"
    private static let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\n"

    /// A text, the place of its error, and the error.
    static let cases: [(String, String, String)] = [
        (head + "rules: get pods\n", "4:8", "`rules` must be a list, and this is a text"),
        (head + "rules: {verbs: [get]}\n", "4:8", "`rules` must be a list, and this is a mapping"),
        (head + "rules:\n- get\n", "5:3", "`rules[0]` must be a mapping, and this is a text"),
        (head + "rules:\n-\n", "5:2", "`rules[0]` must be a mapping, and this is nothing"),
        (head + "rules:\n- apiGroups: ['']\n  resources: [pods]\n", "5:3", "`rules[0]` has no `verbs`"),
        (head + "rules:\n- verb: [get]\n", "5:3", "`rules[0]` has no `verbs`"),
        (head + "rules:\n- verbs: []\n", "5:10", "`rules[0].verbs` is empty"),
        (head + "rules:\n- verbs:\n", "5:3", "`rules[0]` has no `verbs`"),
        (head + "rules:\n- verbs: get\n", "5:10", "`verbs` must be a list, and this is a text"),
        (head + "rules:\n- verbs: [get, yes]\n", "5:16", "`verbs[1]` must be a text, and this is a boolean"),
        (
            head + "rules:\n- verbs: [get]\n  resources: [[pods]]\n", "6:15",
            "`resources[0]` must be a text, and this is a list"
        ),
        (
            head + "rules:\n- verbs: [get]\n  apiGroups: apps\n", "6:14",
            "`apiGroups` must be a list, and this is a text"
        ),
        (head + "rules:\n- verbs: ['{{ .x }}']\n", "5:11", "this is a Helm template: `verbs[0]` holds `{{`"),
        ("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nrules: []\n", "1:1", "the Role has no `metadata.name`"),
        (
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: 12}\n", "3:18",
            "`metadata.name` must be a text, and this is a number"
        ),
        (
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a, labels: {b: true}}\n", "3:33",
            "`labels.b` must be a text, and this is a boolean"
        ),
        ("apiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: r}\n", "1:1", "the object has no `kind`"),
        ("kind: Role\nmetadata: {name: r}\n", "1:7", "the Role has no `apiVersion`"),
        ("apiVersion: v1\nkind: Role\nmetadata: {name: r}\n", "1:13", "there is no Role in `v1`"),
        (
            "apiVersion: rbac.authorization.k8s.io/v9\nkind: Role\nmetadata: {name: r}\n", "1:13",
            "there is no Role in `rbac.authorization.k8s.io/v9`"
        ),
        ("apiVersion: rbac/v1\nkind: Role\nmetadata: {name: r}\n", "1:13", "there is no Role in `rbac/v1`"),
        ("- a\n", "1:1", "a Kubernetes object is a mapping, and this is a list"),
        ("just text\n", "1:1", "a Kubernetes object is a mapping, and this is a text"),
        (binding + "subjects: []\n", "1:1", "the RoleBinding `b` has no `roleRef`"),
        (binding + "roleRef: {kind: Role}\n", "4:10", "`roleRef` has no `name`"),
        (binding + "roleRef: {name: r}\n", "4:10", "`roleRef` has no `kind`"),
        (
            binding + "roleRef: {kind: Role, name: r}\nsubjects: {kind: User}\n", "5:11",
            "`subjects` must be a list, and this is a mapping"
        ),
        (binding + "roleRef: {kind: Role, name: r}\nsubjects:\n- kind: User\n", "6:3", "`subjects[0]` has no `name`"),
        (
            binding.replacing("RoleBinding", with: "ClusterRoleBinding") + "roleRef: {kind: Role, name: r}\n", "4:10",
            "a ClusterRoleBinding cannot refer to a Role"
        ),
        (
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: '{{ .x }}'}\n", "3:18",
            "this is a Helm template: `metadata.name` holds `{{`"
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {serviceAccountName: 1}}}\n",
            "4:46", "`serviceAccountName` must be a text, and this is a number"
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: x}\n", "4:18",
            "`spec.template` must be a mapping, and this is a text"
        ),
        ("", "nowhere", "the file is empty"),
        (" \n\n", "nowhere", "the file is empty"),
    ]

    @Test(arguments: cases) func saysWhereAndWhat(_ text: String, _ where: String, _ message: String) throws {
        let error = try #require(loadError(text))
        #expect(error.message == message)
        #expect(place(error.location) == `where`)
        #expect(error.file == "<stdin>")
        #expect(!error.hint.isEmpty)
    }

    @Test func aMisspeltFieldIsPointedOut() throws {
        let error = try #require(loadError(Self.head + "rules:\n- verb: [get]\n"))
        #expect(error.hint == "write `verbs` instead of `verb`")
    }

    /// Well-shaped, and judged later.
    @Test(arguments: [
        "rules:\n- {verbs: [Get], resources: [pods/*, Pods]}\n", "rules:\n- {verbs: [get], nonResourceURLs: [/x]}\n",
        "rules:\n", "rules: []\n", "",
    ])
    func dubiousRulesLoad(_ rules: String) throws {
        #expect(try load(Self.head + rules).roles.count == 1)
    }

    /// Whatever is done to manifests, loading them ends in a set or in an error with a place.
    @Test func mutatedManifestsNeverCrash() {
        let original = Array(
            (Self.head
                + "rules:\n- &r {apiGroups: [''], resources: [pods], verbs: [get]}\n- <<: *r\n  verbs: [list]\n---\n"
                + Self.binding + "roleRef: {kind: Role, name: r}\nsubjects:\n- kind: User\n  name: u\n---\n"
                + "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {}}}\n").utf8
        )
        let noise = Array("[]{}&*!|>'\":-#\n ~yx0".utf8)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<5_000 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = noise.randomElement(using: &random) ?? 0
                case 1: bytes.insert(noise.randomElement(using: &random) ?? 0, at: index)
                default: bytes.removeSubrange(index..<min(bytes.count, index + 4))
                }
            }
            do throws(InputError) {
                let set = try ManifestLoader.load(paths: ["-"], standardInput: bytes)
                _ = set.declaredPolicy(defaultNamespace: "n")
            } catch {
                if error.location == nil { Issue.record("no place: \(error)") }
            }
        }
    }
}
