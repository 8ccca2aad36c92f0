import Foundation
import RBAC
import Syntax
import TestSupport
import Testing
import Traces

/// Requirements that people write, in YAML and in JSON.
@Suite struct HandWrittenTests {
    private static let head = "apiVersion: swiftop.dev/v1\nkind: PermissionTrace\n"

    @Test func readsTheFormOfTheContract() throws {
        let trace = try readTrace(
            """
            \(Self.head)requirements:
            - {groups: [apps], resources: [deployments], verbs: [get, list, watch], namespaces: ["*"]}
            - {groups: [""], resources: [secrets], verbs: [get], namespaces: [myapp-system], names: [myapp-tls]}
            - {nonResourceURLs: [/metrics], verbs: [get]}
            """
        )
        #expect(
            trace.summaries == [
                "get secrets -n myapp-system myapp-tls ×0", "get deployments.apps ×0", "list deployments.apps ×0",
                "watch deployments.apps ×0", "get /metrics ×0",
            ]
        )
        #expect(
            trace.requirements.requirements.map(\.origins) == [
                ["trace:5"], ["trace:4"], ["trace:4"], ["trace:4"], ["trace:6"],
            ]
        )
    }

    @Test func everyCombinationIsOne() throws {
        let trace = try readTrace(
            """
            \(Self.head)requirements:
            - groups: ["", apps]
              resources: [pods/log, pods]
              verbs: [get, create]
              namespaces: [a, b]
              names: [x]
              level: usual
              cached: true
            """
        )
        #expect(trace.requirements.count == 16)
        let requirements = trace.requirements.requirements
        #expect(requirements.allSatisfy { $0.level == .usual && $0.isCached })
        #expect(requirements.filter { $0.attributes.subresource == "log" }.count == 8)
        #expect(
            requirements.allSatisfy { $0.attributes.name == "x" },
            "a name that a person wrote is kept, of a create too"
        )
    }

    /// The same requirement in the ways that it may be written.
    @Test(arguments: [
        "\(head)requirements: [{resources: [pods], verbs: [get], namespaces: [demo]}]",
        "# a comment\n---\n\(head)requirements:\n- resources: [pods]\n  verbs: [get]\n  namespaces: [demo]\n---\n",
        "{apiVersion: swiftop.dev/v1, kind: PermissionTrace, requirements: [{resources: [pods], verbs: [get], namespaces: [demo]}]}",
        #"{"apiVersion":"swiftop.dev/v1","kind":"PermissionTrace","requirements":[{"resources":["pods"],"verbs":["get"],"namespaces":["demo"]}]}"#,
        """
        {
          "requirements": [
            {
              "groups": [""],
              "resources": ["pods"],
              "verbs": ["get"],
              "namespaces": ["demo"]
            }
          ],
          "kind": "PermissionTrace",
          "apiVersion": "swiftop.dev/v1"
        }
        """,
        #"{"resources":["pods"],"verbs":["get"],"namespaces":["demo"]}"#,
        "\(head)requirements:\n- {verb: get, resource: pods, namespace: demo, subresource: \"\", name: \"\", nonResourceURL: null}",
        #"""
        {"apiVersion": "swiftop.dev/v1", "kind": "PermissionTrace", "requirements": [
          {"verb":"get","group":"","version":"","resource":"pods","subresource":"","namespace":"demo","name":"","nonResourceURL":null,"implied":null,"count":0,"origins":["x:1"]}
        ]}
        """#,
    ])
    func readsEveryShape(text: String) throws {
        let trace = try readTrace(text)
        #expect(trace.summaries == ["get pods -n demo ×0"])
        #expect(trace.requirements.requirements.first?.origins.first?.hasPrefix("trace:") == true)
    }

    @Test func manyNamesAreLegal() throws {
        let trace = try readTrace(
            "\(Self.head)requirements: [{resources: [pods], verbs: [get], names: many, namespaces: many}]"
        )
        #expect(trace.summaries == ["get pods -n many many ×0"])
    }

    /// `⚑` stands before the place that the error must name.
    @Test(arguments: [
        "requirements: ⚑pods", "requirements:\n- ⚑pods", "requirements:\n- ⚑{resources: [pods]}",
        "requirements:\n- ⚑{verbs: [get]}", "requirements:\n- ⚑{verbs: [get], resources: [a], nonResourceURLs: [/b]}",
        "requirements:\n- {verbs: ⚑get, resources: [a]}", "requirements:\n- {verbs: [⚑5], resources: [a]}",
        "requirements:\n- {verbs: [get], resources: [a], level: ⚑high}",
        "requirements:\n- {verbs: [get], resources: [a], cached: ⚑maybe}",
        "requirements:\n- {verbs: [get], resources: [a], names: ⚑few}",
        "requirements:\n- {verbs: [get], resources: [a], namespaces: [⚑[b]]}",
    ])
    func namesThePlaceOfAWrongShape(marked: String) throws {
        let whole = Self.head + marked
        let mark = try #require(whole.firstIndex(of: "⚑"))
        let before = whole[..<mark].split(separator: "\n", omittingEmptySubsequences: false)
        let error = try #require(try traceError(whole.replacingOccurrences(of: "⚑", with: "")))
        #expect(error.location?.line == before.count)
        #expect(error.location?.column == (before.last?.count ?? 0) + 1, "\(error)")
        #expect(!error.hint.isEmpty)
    }

    @Test(arguments: [
        "apiVersion: swiftop.dev/v2\nkind: PermissionTrace\n", "kind: PermissionTrace\n",
        "apiVersion: swiftop.dev/v1\n",
        "apiVersion: v1\nkind: Pod\n", "- a\n",
        "apiVersion: swiftop.dev/v1\nkind: PermissionProfile\nrequirements: []\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: x}\nrules: []\n",
    ])
    func refusesWhatIsNoTrace(text: String) throws {
        #expect(try traceError(text)?.location != nil)
    }

    @Test(arguments: ["text\n", "a: [b\n", "\tx: y\n", "5\n"])
    func refusesATextThatTellsOfNoCall(text: String) throws {
        #expect(try traceError(text)?.message == "no call and no refusal is in it")
    }

    @Test func refusesListsWhoseProductIsEndless() throws {
        let list = "[" + (0..<300).map { "x\($0)" }.joined(separator: ", ") + "]"
        let item = "{resources: \(list), verbs: \(list), names: \(list), namespaces: \(list), groups: \(list)}"
        let error = try traceError("\(Self.head)requirements: [\(item)]")
        #expect(error?.message.contains("100000") == true)
    }

    /// A document that is wrong past its elements, and one whose element is.
    @Test func namesThePlaceInsideAJSONDocument() throws {
        let error = try traceError(
            "{\"apiVersion\":\"swiftop.dev/v1\",\"kind\":\"PermissionTrace\",\n\"requirements\":[\n  {\"verbs\":[\"get\"],\n   \"resources\":\"pods\"}]}"
        )
        #expect(error?.location?.line == 4)
        #expect(error?.location?.column == 16)
    }
}
