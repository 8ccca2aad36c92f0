import Foundation
import RBAC
import TestSupport
import Testing
import Traces

/// What is written is read again as the same.
@Suite struct TraceWriterTests {
    @Test func writesTheFirstSpelling() {
        let requirement = Requirement(
            key: .init(
                attributes: RequestAttributes(verb: "list", group: "apps", version: "v1", resource: "deployments")
            ),
            origins: ["elsewhere:1"],
            count: 3,
            statuses: [200: 3]
        )
        #expect(
            TraceWriter.lines([requirement], tool: "t 1") == """
                {"apiVersion":"swiftop.dev/v1","kind":"PermissionTrace","tool":"t 1"}
                {"verb":"list","group":"apps","version":"v1","resource":"deployments","subresource":"","namespace":"","name":"","status":200,"count":3}

                """
        )
    }

    @Test func writesALineForEachStatusAndAgent() throws {
        let requirement = Requirement(
            key: .init(attributes: RequestAttributes(verb: "get", nonResourceURL: "/metrics"), user: "u"),
            count: 6,
            statuses: [403: 1, 200: 3],
            userAgents: ["b", "a"],
            message: "no"
        )
        #expect(
            TraceWriter.lines(of: requirement) == """
                {"verb":"get","nonResourceURL":"/metrics","user":"u","count":2,"userAgent":"a"}
                {"verb":"get","nonResourceURL":"/metrics","user":"u","status":200,"count":3,"userAgent":"b"}
                {"verb":"get","nonResourceURL":"/metrics","user":"u","status":403,"count":1,"message":"no"}

                """
        )
    }

    @Test(arguments: 0..<40)
    func whatIsWrittenIsReadAsTheSame(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let set = RequirementSet((0..<50).map { _ in Self.requirement(&random) })
        let text = TraceWriter.lines(set.requirements, tool: "test \"x\"\u{1B}[0m\u{85}")
        #expect(text.utf8.allSatisfy { $0 == 0x0A || $0 >= 0x20 })
        let read = try readTrace(text).requirements.requirements
        for (read, written) in zip(read.map(Self.withoutOrigins), set.requirements.map(Self.withoutOrigins)) {
            #expect(read == written)
        }
        #expect(read.count == set.count)
        #expect(TraceWriter.lines(read, tool: "test \"x\"\u{1B}[0m\u{85}") == text)
    }

    /// Merging what was written of two halves is the whole.
    @Test(arguments: 40..<60)
    func halvesThatWereWrittenMergeToTheWhole(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let all = (0..<60).map { _ in Self.requirement(&random) }
        let whole = RequirementSet(all)
        var merged = RequirementSet()
        for half in [all[..<30], all[30...]] {
            merged.merge(try readTrace(TraceWriter.lines(RequirementSet(half).requirements, tool: "")).requirements)
        }
        for (read, written) in zip(
            merged.requirements.map(Self.withoutOrigins),
            whole.requirements.map(Self.withoutOrigins)
        ) {
            #expect(read == written)
        }
        #expect(merged.count == whole.count)
    }

    private static func withoutOrigins(_ requirement: Requirement) -> Requirement {
        var requirement = requirement
        requirement.origins = []
        return requirement
    }

    private static func requirement(_ random: inout SeededGenerator) -> Requirement {
        func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
        let awkward = ["x", "é😀", "a\"b", "back\\slash", "line\nfeed", "tab\t", "\u{1B}[31m", "\u{2028}", "\u{0}", "/"]
        let attributes =
            pick([true, true, false])
            ? RequestAttributes(
                verb: pick(["get", "list", "", "use"]),
                group: pick(["", "apps"]),
                version: pick(["", "v1"]),
                resource: pick(["pods", "secrets"]),
                subresource: pick(["", "status"]),
                namespace: pick(["", "demo", pick(awkward)]),
                name: pick(["", pick(awkward)])
            ) : RequestAttributes(verb: "get", nonResourceURL: "/" + pick(awkward))
        let statuses: [Int: Int] = pick([[:], [200: 3], [200: 1, 403: 2], [404: 1]])
        return Requirement(
            key: .init(
                attributes: attributes,
                hasManyNames: attributes.isResourceRequest && attributes.name.isEmpty
                    && pick([true, false, false, false]),
                user: pick([nil, "system:serviceaccount:demo:op", pick(awkward)])
            ),
            level: pick([.required, .usual]),
            implied: pick([nil, "informer"]),
            origins: ["a:1"],
            count: statuses.values.reduce(0, +) + pick([0, 0, 2]),
            statuses: statuses,
            first: pick([nil, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.25+02:00"]),
            last: pick([nil, "2026-01-02T00:00:00.123456Z"]),
            isCached: pick([true, false]),
            isDryRun: pick([true, false]),
            codeLocation: pick([nil, "main.go:1"]),
            userAgents: pick([[], ["a"], ["a", "b\"c"]]),
            message: pick([nil, pick(awkward)])
        )
    }
}
