import Foundation
import RBAC
import TestSupport
import Testing
import Traces

/// The resolver against answers of Kubernetes' own, and against what its sources say of the corners.
@Suite struct RequestInfoTests {
    private struct Case: Decodable {
        struct Expected: Decodable {
            var apiGroup, apiVersion, fieldSelector, labelSelector, name, namespace, path: String
            var resource, subresource, verb: String
            var isResourceRequest: Bool
        }
        var id, method, url: String
        var expected: Expected
        var error: String?
    }

    @Test func agreesWithKubernetesOnEveryRecordedCase() throws {
        let file = Repository.fixtures.appending(path: "requestinfo/cases.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 125)
        for line in lines {
            let recorded = try JSONDecoder().decode(Case.self, from: Data(line.utf8))
            guard recorded.error == nil else {
                #expect(throws: RequestError.self, "\(recorded.id)") {
                    try RequestInfo.resolve(method: recorded.method, url: recorded.url)
                }
                continue
            }
            let resolved = try RequestInfo.resolve(method: recorded.method, url: recorded.url)
            let expected = recorded.expected
            let attributes =
                expected.isResourceRequest
                ? RequestAttributes(
                    verb: expected.verb,
                    group: expected.apiGroup,
                    version: expected.apiVersion,
                    resource: expected.resource,
                    subresource: expected.subresource,
                    namespace: expected.namespace,
                    name: expected.name
                ) : RequestAttributes(verb: expected.verb, nonResourceURL: expected.path)
            #expect(resolved.attributes == attributes, "\(recorded.id) \(recorded.method) \(recorded.url)")
            #expect(resolved.fieldSelector == expected.fieldSelector, "\(recorded.id)")
            #expect(resolved.labelSelector == expected.labelSelector, "\(recorded.id)")
        }
    }

    /// The longer table of which the recorded cases are a part.
    @Test(.enabled(if: SharedCorpus.isPresent, "reference data not there"))
    func agreesWithTheReferenceTable() throws {
        let text = try String(contentsOf: SharedCorpus.path("reference/semantics.md"), encoding: .utf8)
        var rows = 0
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces).trimmingCharacters(in: ["`"]) }
            guard cells.count >= 15, cells[1].count == 3, Int(cells[1]) != nil else { continue }
            rows += 1
            let url = cells[3] == "*(empty)*" ? "" : cells[3]
            if cells[14].contains("error") {
                #expect(throws: RequestError.self) { try RequestInfo.resolve(method: cells[2], url: url) }
                continue
            }
            let resolved = try RequestInfo.resolve(method: cells[2], url: url)
            let attributes = resolved.attributes
            #expect(attributes.isResourceRequest == (cells[4] == "R"), "\(line)")
            #expect(attributes.verb == (cells[5] == "*(empty)*" ? "" : cells[5]), "\(line)")
            #expect(
                [
                    attributes.group, attributes.version, attributes.namespace, attributes.resource,
                    attributes.subresource, attributes.name, resolved.fieldSelector, resolved.labelSelector,
                ] == Array(cells[6...13]),
                "\(line)"
            )
        }
        #expect(rows > 150)
    }

    @Test(arguments: [
        // Terms are sorted by bytes before the first exact one is taken.
        ("metadata.name=b,metadata.name=a", "a"),
        ("metadata.name=a,metadata.name==b", "b"),
        ("spec.nodeName=n,metadata.name=a", "a"),
        (",metadata.name=a,", "a"),
        (#"metadata.name=a\,b"#, "a,b"),
        (#"metadata.name=a\\b"#, #"a\b"#),
        (#"metadata.name=a\=b"#, "a=b"),
        (#"metadata.name=a\b"#, ""),
        (#"metadata.name=a\"#, ""),
        ("metadata.name=a=b", ""),
        ("metadata.name=a,x", ""),
        ("metadata.name!=a,metadata.name=b", "b"),
        (" metadata.name=a", ""),
        ("metadata.name=a b", "a b"),
        ("metadata.name=.", ""),
        ("Metadata.name=a", ""),
    ])
    func takesANameFromAFieldSelectorAsKubernetesParsesIt(selector: String, name: String) throws {
        let escaped = try #require(selector.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let resolved = try RequestInfo.resolve(method: "GET", url: "/api/v1/pods?fieldSelector=\(escaped)")
        #expect(resolved.attributes.name == name)
        #expect(resolved.fieldSelector == selector)
    }

    @Test(arguments: [
        ("", true), ("a", true), ("!a", true), ("! a", true), ("a=b", true), ("a==b", true), ("a!=b", true),
        ("a in (b,c)", true), ("a notin (b)", true), ("a in ()", true), ("a in (,b,,)", true), ("in in (in)", true),
        ("a=,b", true), ("a>1", true), ("example.com/a=b", true), ("a,b , c", true), ("a\0=b", true),
        ("\0garbage((", true), ("a in(b)", true), ("a=notin", true),
        ("a,", false), (",a", false), ("a in (", false), ("a in b", false), ("a in (b c)", false), ("!", false),
        ("!a=b", false), ("a=b=c", false), ("=b", false), ("a>x", false), ("a>-1", false), ("a<", false),
        ("-a", false), ("a/b/c", false), ("/a", false), ("A.com/a", false), ("a=-", false), ("a=é", false),
        ("a b", false), ("(a)", false), ("a=\(String(repeating: "x", count: 64))", false),
    ])
    func losesTheNameWhereALabelSelectorCannotBeParsed(selector: String, isValid: Bool) throws {
        let escaped = try #require(selector.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let url = "/api/v1/pods?labelSelector=\(escaped)&fieldSelector=metadata.name%3Dx"
        let resolved = try RequestInfo.resolve(method: "GET", url: url)
        #expect(resolved.attributes.name == (isValid ? "x" : ""))
    }

    @Test(arguments: [
        ("limit=500", true), ("limit=%2B5", true), ("limit=+5", false), ("limit=-1", true), ("limit=", false),
        ("limit=1_000", false),
        ("limit=9223372036854775808", false), ("timeoutSeconds=0x10", false), ("limit=1&limit=x", true),
        ("sendInitialEvents=whatever", true), ("continue=%zz", true), ("limit=x;y", true), ("timeoutSeconds=", false),
    ])
    func losesTheNameWhereAParameterCannotBeDecoded(query: String, isDecodable: Bool) throws {
        let url = "/api/v1/pods?\(query)&fieldSelector=metadata.name%3Dx"
        #expect(try RequestInfo.resolve(method: "GET", url: url).attributes.name == (isDecodable ? "x" : ""))
    }

    @Test(arguments: [
        ("w%61tch=1", "watch"), ("watch=1;x=2", "list"), ("watch=%zz", "list"), ("&&watch=1", "watch"),
        ("watch=%30", "list"), ("watch=fal%73e", "list"), ("watch=+", "watch"), ("?watch=1", "list"),
        ("watch=1#fragment", "watch"), ("x=1&watch=1?", "watch"),
        // Of the two ways to fold letters the one of undecodable options knows no long s.
        ("watch=fal%C5%BFe", "list"), ("watch=fal%C5%BFe&limit=x", "watch"), ("watch=FALSE&limit=x", "list"),
    ])
    func readsTheQueryAsGoDoes(query: String, verb: String) throws {
        #expect(try RequestInfo.resolve(method: "GET", url: "/api/v1/pods?\(query)").attributes.verb == verb)
    }

    @Test(arguments: [
        ("/api/v1/pods?resourceVersion=0&limit=500", true), ("/api/v1/pods", false),
        ("/api/v1/pods?resourceVersion=10", false), ("/api/v1/pods?watch=1&resourceVersion=0", false),
        ("/api/v1/pods?watch=1&sendInitialEvents=true", true), ("/api/v1/pods?sendInitialEvents=true", false),
        ("/api/v1/pods?watch=1&sendInitialEvents=false", false), ("/healthz?resourceVersion=0", false),
        ("/api/v1/namespaces/a/pods/b?resourceVersion=0", false),
    ])
    func knowsAnInformer(url: String, isInformer: Bool) throws {
        #expect(try RequestInfo.resolve(method: "GET", url: url).isInformer == isInformer)
    }

    @Test func readsAbsoluteURLsAndDryRuns() throws {
        let resolved = try RequestInfo.resolve(
            method: "POST",
            url: "https://10.0.0.1:6443/apis/apps/v1/namespaces/demo/deployments?dryRun=All"
        )
        #expect(
            resolved.attributes
                == RequestAttributes(
                    verb: "create",
                    group: "apps",
                    version: "v1",
                    resource: "deployments",
                    namespace: "demo"
                )
        )
        #expect(resolved.isDryRun)
    }

    @Test(arguments: ["/api/v1/pods%", "/api/v1/%zz", "api/v1/pods", "/api/v1/pods\n", "/\u{7F}", "/api/v1/watch/"])
    func refusesWhatNoServerTakes(url: String) {
        #expect(throws: RequestError.self) { try RequestInfo.resolve(method: "GET", url: url) }
    }

    /// Whatever bytes come, there is an answer or an error.
    @Test func neverTraps() {
        var random = SeededGenerator(seed: 1)
        let pieces = [
            "/api", "/apis", "/v1", "/watch", "/proxy", "/namespaces", "/", "//", "%", "%2F", "%00", "?", "&", "=", ";",
            "watch=", "fieldSelector=", "metadata.name", "\\", ",", "!", "labelSelector=", "a in (", ")", "\u{0}", "é",
            "limit=99999999999999999999", "dryRun=All", "status", "http://", "*", "#", "+",
        ]
        var answers = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...12, using: &random)
            var text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            if Int.random(in: 0..<4, using: &random) == 0 {
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                text += String(decoding: bytes, as: UTF8.self)
            }
            let method = ["GET", "POST", "DELETE", "", "get", "OPTIONS"].randomElement(using: &random) ?? ""
            if (try? RequestInfo.resolve(method: method, url: text)) != nil { answers += 1 }
        }
        #expect(answers > 1000)
    }
}
