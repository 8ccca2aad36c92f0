import Foundation
import TestSupport
import Testing

/// `generate` and `trace import`, as whole commands.
@Suite struct GenerateTests {
    private static let guestbook = Repository.root.appending(path: "Examples/guestbook-operator")
    private static let fixtures = Repository.fixtures.appending(path: "traces")

    private func run(
        _ arguments: [String],
        in folder: URL = guestbook,
        input: String = "",
        status: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> CommandRunner.Outcome {
        let outcome = try CommandRunner(workingDirectory: folder).run(arguments, input: Data(input.utf8))
        #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
        return outcome
    }

    @Test(
        arguments: [
            (["generate", "--with-binding"], "generate-binding.text", 0),
            (["generate", "--markers"], "generate-markers.text", 0),
            (["generate", "--scope", "namespace", "--resource-names"], "generate-names.text", 0),
            (["generate", "--with-binding", "-o", "json"], "generate.json", 0),
            (["generate", "--diff"], "generate-diff.text", 1),
            (["generate", "-p", "for=guestbooks.web.example.org", "-p", "events"], "generate-profiles.text", 0),
        ] as [([String], String, Int32)]
    )
    func writes(_ arguments: [String], _ golden: String, _ status: Int32) throws {
        let outcome = try run(arguments, status: status)
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        expectGolden(outcome.output, Repository.fixtures.appending(path: "commands/\(golden)"))
    }

    @Test func leavesOutAndAddsComments() throws {
        let quiet = try run(["generate", "-q"])
        #expect(!quiet.output.contains("#") && quiet.output.contains("kind: ClusterRole"))
        #expect(try run(["generate", "-v"]).output.contains("\n#   rbac-trace.jsonl:"))
    }

    /// Whatever is generated, `check` reads it and says that all is allowed, and `generate --diff` finds no difference.
    @Test func whatIsGeneratedAllowsTheTrace() throws {
        for scope in ["auto", "namespace", "cluster"] {
            for extra in [
                [], ["--resource-names"], ["--with-binding"], ["-o", "json"], ["--with-binding", "-o", "json"],
            ] {
                let generated = try run(["generate", "--scope", scope] + extra)
                let checked = try run(
                    ["check", "--offline", "-r", "-", "-t", "rbac-trace.jsonl", "--fail-on", "error"],
                    input: generated.output
                )
                #expect(checked.output.contains("47 of 47 calls are allowed"), "\(scope) \(extra): \(checked.output)")
                let names = extra.contains("--resource-names") ? ["--resource-names"] : []
                _ = try run(["generate", "--scope", scope, "--diff", "-r", "-"] + names, input: generated.output)
            }
        }
    }

    // MARK: - Others' known mistakes

    private func markers(_ log: String, _ extra: [String] = []) throws -> Set<Substring> {
        let imported = try run(["trace", "import", "-"], input: log)
        let generated = try run(["generate", "-t", "-", "--markers"] + extra, input: imported.output)
        return Set(generated.output.replacing("//+kubebuilder:rbac:", with: "").split(separator: "\n"))
    }

    private func event(_ verb: String, _ uri: String, _ code: Int = 200, _ members: String = "") -> String {
        "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"stage\":\"ResponseComplete\",\"requestURI\":\"\(uri)\","
            + "\"verb\":\"\(verb)\",\"user\":{\"username\":\"alice\"}\(members),\"responseStatus\":{\"code\":\(code)},"
            + "\"annotations\":{\"authorization.k8s.io/decision\":\"\(code == 403 ? "forbid" : "allow")\"}}\n"
    }

    /// audit2rbac and rbac-tool turn a watch into get, list and watch, and an update into get, patch and update.
    @Test func expandsNoVerb() throws {
        let log =
            event("watch", "/api/v1/pods?watch=1&resourceVersion=5") + event("update", "/api/v1/namespaces/n/secrets/a")
        #expect(
            try markers(log) == [
                "groups=\"\",resources=pods,verbs=watch", "namespace=n,groups=\"\",resources=secrets,verbs=update",
            ]
        )
    }

    /// audit2rbac takes the query of a non-resource URL for a part of the path.
    @Test func leavesTheQueryOutOfAPath() throws {
        #expect(try markers(event("get", "/metrics?format=text")) == ["urls=/metrics,verbs=get"])
    }

    /// audit2rbac restricts a create to the name that the audit log took from the body, and keeps one name of several.
    @Test func keepsEveryNameAndNoneOfACreate() throws {
        let reference =
            ",\"objectRef\":{\"resource\":\"secrets\",\"namespace\":\"n\",\"name\":\"a\",\"apiVersion\":\"v1\"}"
        let log =
            event("create", "/api/v1/namespaces/n/secrets", 201, reference)
            + ["a", "b"].map { event("get", "/api/v1/namespaces/n/secrets/\($0)") }.joined()
        #expect(
            try markers(log, ["--resource-names"]) == [
                "namespace=n,groups=\"\",resources=secrets,verbs=create",
                "namespace=n,groups=\"\",resources=secrets,resourceNames=a;b,verbs=get",
            ]
        )
    }

    /// audit2rbac makes a ClusterRole of what was called in two namespaces.
    @Test func widensNoNamespace() throws {
        let log = event("get", "/api/v1/namespaces/n/pods/a") + event("get", "/api/v1/namespaces/m/pods/a")
        #expect(
            try markers(log) == [
                "namespace=m,groups=\"\",resources=pods,verbs=get", "namespace=n,groups=\"\",resources=pods,verbs=get",
            ]
        )
    }

    /// kubectl-rbac-guard drops subresources; the recorder of operator-toolkit takes a deletecollection for a delete.
    @Test func keepsSubresourcesAndCollections() throws {
        let log =
            event("create", "/api/v1/namespaces/n/pods/a/eviction", 201)
            + event("deletecollection", "/api/v1/namespaces/n/pods?labelSelector=a%3Db")
            + event("get", "/api/v1/namespaces/n/pods/a/log")
        #expect(
            try markers(log) == [
                "namespace=n,groups=\"\",resources=pods,verbs=deletecollection",
                "namespace=n,groups=\"\",resources=pods/eviction,verbs=create",
                "namespace=n,groups=\"\",resources=pods/log,verbs=get",
            ]
        )
    }

    /// An impersonating user's call needs the other's permission; a refused call is needed; discovery is everybody's.
    @Test func countsWhoeverWasAuthorized() throws {
        let log =
            event("list", "/api/v1/nodes", 200, ",\"impersonatedUser\":{\"username\":\"bob\"}")
            + event("get", "/apis/apps/v1", 200, ",\"impersonatedUser\":{\"username\":\"bob\"}")
            + event("list", "/api/v1/secrets", 403, ",\"impersonatedUser\":{\"username\":\"bob\"}")
        #expect(try markers(log) == ["groups=\"\",resources=nodes;secrets,verbs=list"])
    }

    // MARK: - From what was refused

    @Test func grantsWhatALogSaysWasRefused() throws {
        let log = Self.fixtures.appending(path: "clients/klog-1.33-v9.log").path
        let outcome = try run(["generate", "--from-forbidden", log, "--markers"])
        #expect(outcome.output == "//+kubebuilder:rbac:namespace=shop,groups=apps,resources=deployments,verbs=patch\n")
        let reflector =
            #"E1 1 reflector.go:166] "Failed to watch" err="failed to list *v1.Pod: pods is forbidden: User \"u\" cannot list resource \"pods\" in API group \"\" at the cluster scope""#
        let informer = try run(["generate", "--from-forbidden", "-", "--markers"], input: reflector + "\n")
        #expect(informer.output == "//+kubebuilder:rbac:groups=\"\",resources=pods,verbs=list;watch\n")
        let none = try run(["generate", "--from-forbidden", "rbac-trace.jsonl", "-t", "rbac-trace.jsonl", "--markers"])
        #expect(none.output.contains("secrets"))
    }

    // MARK: - Import

    @Test func importsTheCallsThatWereAskedFor() throws {
        let audit = Self.fixtures.appending(path: "audit.jsonl").path
        func lines(_ arguments: [String], status: Int32 = 0) throws -> Int {
            try run(["trace", "import", audit] + arguments, status: status).output.split(separator: "\n").count - 1
        }
        let all = try lines([])
        #expect(try lines(["--user", "demo/op"]) == 5)
        #expect(try lines(["--user", "system:serviceaccount:demo:op", "--user", "bob"]) == all)
        #expect(try lines(["-n", "demo"]) < all)
        #expect(try lines(["--user-agent", "op/"]) == 1)
        #expect(try lines(["--since", "2026-11-24T08:00:02Z"]) < all)
        let ever = try run([
            "trace", "import", audit, "--since", "2000-01-01T00:00:00Z", "--until", "2100-01-01T00:00:00Z",
        ])
        #expect(ever.output.split(separator: "\n").count - 1 < all)
        #expect(ever.errors.contains("no time and w"))
        #expect(try lines(["--until", "9999w"]) == 0)
        let never = try run(["trace", "import", audit, "--user-agent", "op*", "--namespace", "none"], status: 0)
        #expect(never.errors.contains("warning: --user-agent, --namespace: no call is left\n"))
        let nobody = try run(["trace", "import", audit, "--user", "carol"], status: 2)
        #expect(nobody.errors.contains("--user: error: no call of `carol` is in the files"))
        #expect(nobody.errors.contains("`system:serviceaccount:demo:op`"))
        for wrong in [["--since", "yesterday"], ["--since", "2h", "--until", "2d"], ["--until", "5"]] {
            _ = try run(["trace", "import", audit] + wrong, status: 2)
        }
    }

    @Test func saysWhatIsWrong() throws {
        let folder = try ScratchFolder()
        #expect(
            try run(["generate"], in: folder.url, status: 2).errors.hasPrefix("rbac-trace.jsonl: error: no such file")
        )
        #expect(
            try run(["generate", "--diff", "--need", "get pods"], in: folder.url, status: 2).errors.hasPrefix(
                "--diff: error:"
            )
        )
        let trace =
            #"{"verb":"get","resource":"pods","user":"a"}"# + "\n" + #"{"verb":"get","resource":"pods","user":"b"}"#
        try folder.write("two.jsonl", trace)
        let two = try run(["generate", "-t", "two.jsonl"], in: folder.url, status: 2)
        #expect(two.errors.contains("`a`, `b`") && two.errors.contains("--as"), "\(two.errors)")
        #expect(
            try run(["generate", "-t", "two.jsonl", "--as", "b"], in: folder.url).output.contains("kind: ClusterRole")
        )
        let json = try run(["generate", "-t", "none.jsonl", "-o", "json"], in: folder.url, status: 2)
        let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect((document?["errors"] as? [Any])?.isEmpty == false)
        try folder.write("log.txt", "starting\nstarted\n")
        let log = try run(["generate", "--from-forbidden", "log.txt"], in: folder.url, status: 2)
        #expect(log.errors.hasPrefix("log.txt: error: no call and no refusal is in it"))
    }
}
