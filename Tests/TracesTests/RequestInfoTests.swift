import Foundation
import RBAC
import TestSupport
import Testing
import Traces

/// What Kubernetes' own resolver, v1.36.2, made of each request.
@Suite struct RequestInfoTests {
    @Test func agreesWithEveryRecordedRequest() throws {
        let text = try String(contentsOf: Repository.fixtures.appending(path: "requestinfo/cases.jsonl"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count >= 125)
        for line in lines {
            let recorded = try JSONDecoder().decode(RecordedCase.self, from: Data(line.utf8))
            guard recorded.error == nil else {
                #expect(throws: RequestInfo.Unresolvable.self, "\(recorded.id)") {
                    try RequestInfo.resolve(method: recorded.method, url: recorded.url)
                }
                continue
            }
            let info = try RequestInfo.resolve(method: recorded.method, url: recorded.url)
            let expected = recorded.expected
            #expect(info.attributes == expected.attributes, "\(recorded.id) \(recorded.method) \(recorded.url)")
            #expect(info.fieldSelector == expected.fieldSelector, "\(recorded.id)")
            #expect(info.labelSelector == expected.labelSelector, "\(recorded.id)")
            #expect(info.parts == expected.parts ?? [], "\(recorded.id)")
        }
    }

    @Test(arguments: [
        ("GET", "/api/v1/pods?limit=500&resourceVersion=0", true),
        ("GET", "/api/v1/pods?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", true),
        ("GET", "/api/v1/pods?watch=1&resourceVersion=12", false),
        ("GET", "/api/v1/pods", false),
        ("GET", "/api/v1/namespaces/a/pods/b?resourceVersion=0", false),
    ])
    func knowsInformers(_ method: String, _ url: String, _ isInformer: Bool) throws {
        #expect(try RequestInfo.resolve(method: method, url: url).isInformer == isInformer)
    }

    /// Selectors that do not parse make the server forget the name, never the verb.
    @Test(arguments: [
        ("metadata.name=a", "x in (b", ""), ("metadata.name=a", "x in (b)", "a"), ("metadata.name=a", "!x,y>1", "a"),
        ("metadata.name=a", "x=,y", "a"), ("metadata.name=a", "x,", ""), ("metadata.name=a%5C,b", "", "a,b"),
        ("metadata.name=a=b", "", ""), ("metadata.name=a", "-x=1", ""), ("a.b!=c,metadata.name==d", "", "d"),
    ])
    func takesNamesFromFieldSelectors(_ fields: String, _ labels: String, _ name: String) throws {
        let labels = labels.replacingOccurrences(of: " ", with: "+")
        let url = "/api/v1/pods?fieldSelector=\(fields)&labelSelector=\(labels)"
        #expect(try RequestInfo.resolve(method: "GET", url: url).attributes.name == name)
    }
}

private struct RecordedCase: Decodable {
    struct Expected: Decodable {
        var apiGroup, apiVersion, fieldSelector, labelSelector, name, namespace, path, resource, subresource: String
        var verb: String
        var isResourceRequest: Bool
        var parts: [String]?

        var attributes: RequestAttributes {
            guard isResourceRequest else { return RequestAttributes(verb: verb, nonResourceURL: path) }
            return RequestAttributes(
                verb: verb,
                group: apiGroup,
                version: apiVersion,
                resource: resource,
                subresource: subresource,
                namespace: namespace,
                name: name
            )
        }
    }

    var id: String
    var method: String
    var url: String
    var expected: Expected
    var error: String?
}
