import RBAC
import Syntax
import Testing
import Traces

@Suite struct NeedExpressionTests {
    @Test(arguments: [
        ("list,watch secrets", ["list secrets ×0", "watch secrets ×0"]),
        ("get deployments.apps/status -n demo web", ["get deployments/status.apps -n demo web ×0"]),
        ("get deployments/status.apps web -n demo", ["get deployments/status.apps -n demo web ×0"]),
        ("-n demo get pods/log", ["get pods/log -n demo ×0"]),
        ("--namespace=demo get pods", ["get pods -n demo ×0"]),
        ("--namespace demo get  pods\t x", ["get pods -n demo x ×0"]),
        ("-ndemo get pods", ["get pods -n demo ×0"]),
        ("get myapps.example.com", ["get myapps.example.com ×0"]),
        ("get /metrics", ["get /metrics ×0"]),
        ("get,post /healthz/*", ["get /healthz/* ×0", "post /healthz/* ×0"]),
        ("* *.*", ["* *.* ×0"]),
    ])
    func readsTheForm(text: String, expected: [String]) throws {
        let requirements = try NeedExpression.parse(text)
        #expect(requirements.map(summary) == expected)
        #expect(requirements.allSatisfy { $0.origins == ["--need '\(text)'"] && $0.level == .required })
    }

    @Test(arguments: [
        "", "get", "get,", ",get pods", "get pods -n", "get pods -n -x", "get pods x y", "get /metrics x",
        "get /metrics -n demo", "get pods --namespace=", "get .apps", "get pods/", "get pods.", "get pods -o json",
        "get -n demo", "get pods -nx -ny",
    ])
    func refusesWhatHasAnotherForm(text: String) {
        let error = #expect(throws: InputError.self) { try NeedExpression.parse(text) }
        #expect(error?.file == "--need")
        #expect(error?.hint.isEmpty == false)
    }

    @Test func takesOtherNamesThanThePlural() throws {
        let lookup = ResourceLookup(otherName: { name, group in
            name == "deploy" && group ?? "apps" == "apps" ? ("deployments", "apps") : nil
        })
        func parse(_ text: String) throws -> [String] { try NeedExpression.parse(text, lookup: lookup).map(summary) }
        #expect(try parse("get deploy") == ["get deployments.apps ×0"])
        #expect(try parse("get deploy.apps/scale") == ["get deployments/scale.apps ×0"])
        #expect(try parse("get deploy.example.com") == ["get deploy.example.com ×0"])
    }

    @Test func takesTheDefaultNamespaceAndTheGroupThatIsKnown() throws {
        let lookup = ResourceLookup(groups: {
            ["deployments": ["apps"], "events": ["", "events.k8s.io"], "x": ["a", "b"]][$0] ?? []
        })
        func parse(_ text: String) throws -> [String] {
            try NeedExpression.parse(text, defaultNamespace: "d", lookup: lookup).map(summary)
        }
        #expect(try parse("get deployments") == ["get deployments.apps -n d ×0"])
        #expect(try parse("get events -n e") == ["get events -n e ×0"])
        #expect(try parse("get foos") == ["get foos -n d ×0"])
        #expect(throws: InputError.self) { try parse("get x") }
    }
}
