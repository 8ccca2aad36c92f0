import Foundation
import RBAC
import Syntax
import TestSupport
import Testing
import Traces

/// Records of both spellings, one a line.
@Suite struct TraceReaderTests {
    private static let header = #"{"apiVersion":"swiftop.dev/v1","kind":"PermissionTrace","tool":"test","later":[1]}"#

    @Test func readsBothSpellingsMixed() throws {
        let trace = try readTrace(
            """
            \(Self.header)
            {"verb":"list","group":"apps","version":"v1","resource":"deployments","subresource":"","namespace":"","name":"","status":200,"count":3}
            {"method":"GET","path":"/apis/apps/v1/deployments?watch=true","status":403}

            {"verb":"get","nonResourceURL":"/metrics","unknown":{"a":[1,2.5e3,null,true,"\\u00e9"]}}
            {"verb":"list","resource":"deployments","version":"v1","group":"apps","status":500}
            {"verb":"","resource":"pods"}
            """
        )
        #expect(
            trace.summaries == [
                " pods ×1", "list deployments.apps ×4 [200: 3, 500: 1]", "watch deployments.apps ×1 [403: 1]",
                "get /metrics ×1",
            ]
        )
        #expect(trace.requirements.requirements.map(\.origins) == [["trace:7"], ["trace:2"], ["trace:3"], ["trace:5"]])
        #expect(trace.records == 5)
        #expect(trace.warnings.isEmpty)
        #expect(trace.users.isEmpty)
    }

    @Test func readsAllThatARecordMaySay() throws {
        let trace = try readTrace(
            """
            {"verb":"get","resource":"pods/log","namespace":"n","name":"a\\"b\\\\\\u00e9\\ud83d\\ude00","count":2,"status":403,\
            "first":"2026-01-02T00:00:00Z","last":"2026-01-03T00:00:00+01:00","userAgent":"op/v1","user":"u","message":"no",\
            "source":"main.go:7","implied":"because","dryRun":true,"cached":true,"level":"usual"}
            {"verb":"get","resource":"pods","subresource":"log","namespace":"n","name":"a\\"b\\\\é😀","user":"u",\
            "first":"2026-01-01T23:59:59.5Z","last":"2026-01-02T23:30:00Z","userAgent":"op/v2","message":"more",\
            "source":"main.go:9","implied":"because","dryRun":true,"level":"usual"}
            """
        )
        let requirement = try #require(trace.requirements.requirements.first)
        #expect(trace.requirements.count == 1)
        #expect(requirement.attributes.name == "a\"b\\é😀")
        #expect(requirement.attributes.subresource == "log")
        #expect(requirement.count == 2, "an implied record without a count stands for no call")
        #expect(requirement.statuses == [403: 2])
        #expect(requirement.first == "2026-01-01T23:59:59.5Z")
        #expect(requirement.last == "2026-01-02T23:30:00Z")
        #expect(requirement.userAgents == ["op/v1", "op/v2"])
        #expect(requirement.message == "more")
        #expect(requirement.codeLocation == "main.go:7")
        #expect(requirement.implied == "because")
        #expect(requirement.isDryRun && requirement.isCached)
        #expect(requirement.level == .usual)
        #expect(trace.users == ["u": 2])
    }

    /// Kubernetes takes names for bytes: a mark that belongs to the slash for a reader does not hide it.
    @Test func aSlashIsOneByte() throws {
        let trace = try readTrace(#"{"verb":"get","resource":"pods/\u0301log"}"#)
        let attributes = try #require(trace.requirements.requirements.first).attributes
        #expect(attributes.resource.utf8.elementsEqual("pods".utf8))
        #expect(attributes.subresource.utf8.elementsEqual("\u{301}log".utf8))
    }

    /// Whether names become many while lines are read or at the end, what comes out is the same.
    @Test(arguments: [256, 257, 4_096, 4_400, 9_000]) func manyNamesOnEitherSideOfTheCache(_ count: Int) throws {
        let lines = (0..<count).map { #"{"verb":"get","resource":"secrets","namespace":"n","name":"s\#($0)"}"# }
        let other = #"{"verb":"list","resource":"pods","namespace":"n"}"#
        let trace = try readTrace(([other] + lines + lines.reversed() + [other]).joined(separator: "\n"))
        let requirements = trace.requirements.requirements
        #expect(trace.records == 2 * count + 2)
        guard count > RequirementSet.nameLimit else {
            #expect(requirements.count == count + 1)
            #expect(requirements.allSatisfy { $0.count == 2 })
            return
        }
        #expect(trace.summaries == ["list pods -n n ×2", "get secrets -n n many ×\(2 * count)"])
        #expect(requirements.map(\.origins) == [["trace:1"], ["trace:2"]])
    }

    @Test func anInformerNeedsTheOtherVerbOfThePair() throws {
        let trace = try readTrace(
            """
            {"method":"GET","path":"/api/v1/secrets?limit=500&resourceVersion=0","user":"u"}
            {"method":"GET","path":"/api/v1/namespaces/n/pods?watch=1&sendInitialEvents=true&fieldSelector=metadata.name%3Dx"}
            {"method":"GET","path":"/api/v1/nodes?watch=1&resourceVersion=10"}
            {"method":"GET","path":"/api/v1/services?resourceVersion=0"}
            {"method":"GET","path":"/api/v1/services?watch=1&resourceVersion=5"}
            """
        )
        #expect(
            trace.summaries == [
                "watch nodes ×1", "list pods -n n x ×0 (informer)", "watch pods -n n x ×1", "u: list secrets ×1",
                "u: watch secrets ×0 (informer)", "list services ×1", "watch services ×1",
            ]
        )
    }

    @Test func readsWhatOtherSystemsWrite() throws {
        let record = #"{"verb":"get","resource":"pods"}"#
        for text in ["\u{FEFF}\(record)", "\r\n\(record)\r\n", "  \(record)  \n\n", record] {
            #expect(try readTrace(text).summaries == ["get pods ×1"])
        }
    }

    @Test func aHeaderAloneIsATraceOfNoCalls() throws {
        for text in [
            Self.header, Self.header + "\n", "{\"kind\":\"PermissionTrace\",\n\"apiVersion\":\"swiftop.dev/v1\"}",
        ] {
            let trace = try readTrace(text)
            #expect(trace.requirements.isEmpty)
            #expect(trace.hasHeader)
        }
    }

    @Test(arguments: [
        #"{"verb":"list","resource":"po"#, #"{"#, #"{"verb":"list","resource":"pods","count":1"#, #"{"verb":"a\u00"#,
        #"{"verb":"a\"#, #"{"verb":"list","resource":"pods","dryRun":tr"#, #"{"verb":"list","#, #"{"verb""#,
    ])
    func skipsALastLineThatWasCutShort(cut: String) throws {
        let trace = try readTrace("\(Self.header)\n{\"verb\":\"get\",\"resource\":\"pods\"}\n\(cut)")
        #expect(trace.summaries == ["get pods ×1"])
        #expect(trace.warnings == ["trace:3: the last line is cut short and was skipped"])
        let terminated = try traceError("\(Self.header)\n\(cut)\n")
        #expect(terminated?.location?.line == 2, "with its line end it is no cut but broken")
        #expect(try traceError(cut) != nil, "nothing came before it")
    }

    @Test func skipsALastLineThatWasCutInACharacter() throws {
        let text = Array("\(Self.header)\n{\"verb\":\"get\",\"resource\":\"pods\",\"message\":\"é".utf8)
        #expect(try readTrace(text.dropLast()).warnings.count == 1)
    }

    /// `⚑` stands before the place that the error must name.
    @Test(arguments: [
        #"⚑{"verb":"get"}"#, #"{"verb":"get","resource":⚑5}"#, #"{"verb":"get","resource":"pods"} ⚑x"#,
        #"{"verb":"get","resource":"pods"⚑"#, #"{"verb":"get","resource":"pods",⚑}"#, #"{⚑verb:"get"}"#,
        #"⚑{"resource":"pods"}"#, #"{"verb":"get","resource":"⚑pods","nonResourceURL":"/x"}"#, #"⚑{"path":"/api"}"#,
        #"{"method":"GET","path":"⚑/api/v1/%zz"}"#, #"{"method":"GET","path":"⚑api/v1/pods"}"#,
        #"{"method":"GET","path":"⚑/api/v1/watch"}"#, #"⚑{"verb":"get","resource":"pods","count":-1}"#,
        #"{"verb":"get","resource":"pods","count":⚑1.5}"#, #"{"verb":"get","resource":"pods","count":⚑"1"}"#,
        #"{"verb":"get","resource":"pods","count":⚑99999999999999999999}"#,
        #"{"verb":"get","resource":"pods","first":"⚑yesterday"}"#, #"{"verb":"get","resource":"pods","names":"⚑few"}"#,
        #"{"verb":"get","resource":"pods","level":"⚑high"}"#, #"{"verb":"get","resource":"pods","dryRun":⚑1}"#,
        #"{"apiVersion":"⚑swiftop.dev/v2","kind":"PermissionTrace"}"#, #"{"apiVersion":"⚑v1","kind":"Status"}"#,
        #"{"apiVersion":"swiftop.dev/v1","kind":"⚑Trace"}"#, #"⚑{"kind":"PermissionTrace"}"#,
        #"⚑{"apiVersion":"swiftop.dev/v1","kind":"PermissionProfile"}"#, #"⚑[{"verb":"get","resource":"pods"}]"#,
        #"{"verb":"a⚑\qb","resource":"pods"}"#, "{\"verb\":\"a⚑\tb\",\"resource\":\"pods\"}", #"{"é":⚑}"#, "⚑nonsense",
        #"{"apiVersion":"audit.k8s.io/v1","kind":"EventList","items":[⚑1]}"#,
    ])
    func namesThePlaceOfWhatIsBroken(marked: String) throws {
        let mark = try #require(marked.firstIndex(of: "⚑"))
        let line = marked.replacingOccurrences(of: "⚑", with: "")
        let error = try #require(try traceError("{\"verb\":\"get\",\"resource\":\"é\"}\n\n\(line)\n\(Self.header)\n"))
        #expect(error.location?.line == 3)
        #expect(error.location?.column == marked[..<mark].unicodeScalars.count + 1, "\(error)")
        #expect(!error.message.isEmpty && !error.hint.isEmpty)
    }

    @Test func tellsABrokenFirstLineAsOne() throws {
        let error = try traceError(
            "{\"verb\":\"get\",\"resource\":\"pods\"\n{\"verb\":\"get\",\"resource\":\"pods\"}\n"
        )
        #expect(error?.location?.line == 1)
    }

    @Test func refusesBytesThatAreNoUTF8() throws {
        let text = Array("{\"verb\":\"get\",\"resource\":\"pods\"}\n{\"verb\":\"get\",\"resource\":\"é!\"}\n".utf8)
        for (index, byte) in text.enumerated() where byte == 0xC3 {
            var broken = text
            broken[index] = 0xFF
            let error = #expect(throws: InputError.self) { try readTrace(broken) }
            #expect(error?.location?.line == 2)
            #expect(error?.location?.column == 27)
        }
    }

    @Test(arguments: ["", "\n\n", "  \t\r\n", "\u{FEFF}"])
    func refusesAnEmptyTrace(text: String) throws {
        let error = try traceError(text)
        #expect(error?.message == "the trace is empty")
    }

    @Test func refusesWhatIsBrokenOrNoUTF8() throws {
        for bytes in [[0x1F, 0x8B, 8, 8], [0xFF, 0xFE, 0x7B, 0], [0x28, 0xB5, 0x2F, 0xFD], [0, 1, 2, 3]] as [[UInt8]] {
            #expect(throws: InputError.self) { try readTrace(bytes) }
        }
    }

    @Test func refusesEndlessNesting() throws {
        let brackets = String(repeating: "[", count: 200_000)
        for text in ["{\"a\":\(brackets)", "{\"a\":\(brackets)\n}", brackets, "{\"a\":\n\(brackets)"] {
            #expect(throws: InputError.self) { try readTrace(text) }
        }
        let record =
            "{\"verb\":\"get\",\"resource\":\"pods\",\"x\":\(brackets)\(String(repeating: "]", count: 200_000))}"
        let error = try traceError("\(Self.header)\n\(record)\n")
        #expect(error?.location?.line == 2)
        #expect(error?.message.contains("nested") == true)
    }

    /// Sparse files: 300 MB of NUL bytes that take no room.
    @Test(arguments: [
        "{\"verb\":\"", "\(header)\n{\"verb\":\"", "{\"kind\":\"EventList\",\"items\":[{\"verb\":\"", "a",
    ])
    func refusesALineWithoutEnd(start: String) throws {
        try withFile((start + String(repeating: "x", count: 600)).utf8) { path in
            #expect(truncate(path, 300 << 20) == 0)
            let error = #expect(throws: InputError.self) { try TraceReader.read(path) }
            #expect(error?.description.contains("MiB") == true)
        }
    }

    @Test func refusesWhatIsNoReadableFile() throws {
        #expect(throws: InputError.self) { try TraceReader.read("/nonexistent/trace.jsonl") }
        let error = #expect(throws: InputError.self) {
            try TraceReader.read(FileManager.default.temporaryDirectory.path)
        }
        #expect(error?.message.contains("folder") == true)
    }

    /// More lines than the reader's window and its cache hold, with names that become many.
    @Test func readsFilesLongerThanItsMemory() throws {
        var text = Self.header + "\n"
        for index in 0..<30_000 {
            text +=
                #"{"method":"GET","path":"/api/v1/namespaces/n/pods/pod-\#(index)","userAgent":"ua-\#(index % 3)"}"#
                + "\n"
            text +=
                #"{"verb":"list","resource":"pods","namespace":"ns-\#(index % 200)","status":\#(index % 2 == 0 ? 200 : 403)}"#
            text += "\n"
        }
        let trace = try readTrace(text)
        #expect(trace.records == 60_000)
        let requirements = trace.requirements.requirements
        #expect(requirements.count == 201)
        #expect(requirements.filter(\.key.hasManyNames).map(\.count) == [30_000])
        #expect(requirements.filter { !$0.key.hasManyNames }.map(\.count).reduce(0, +) == 30_000)
        #expect(requirements.first { $0.attributes.namespace == "ns-7" }?.statuses == [403: 150])
    }

    /// The cache must not confuse records that differ in one small thing.
    @Test func tellsSimilarRecordsApart() throws {
        let trace = try readTrace(
            """
            {"method":"GET","path":"/api/v1/pods?resourceVersion=5&resourceVersion=0"}
            {"method":"GET","path":"/api/v1/pods?resourceVersion=0"}
            {"method":"GET","path":"/api/v1/jobs?timeoutSeconds=5&fieldSelector=metadata.name=x"}
            {"method":"GET","path":"/api/v1/jobs?timeoutSeconds=99999999999999999999&fieldSelector=metadata.name=x"}
            {"method":"GET","path":"/api/v1/jobs?timeoutSeconds=x&fieldSelector=metadata.name=x"}
            {"verb":"get","resource":"a","namespace":"b"}
            {"verb":"get","resource":"a","name":"b"}
            {"verb":"get","resource":"a","group":"b"}
            {"verb":"get","resource":"a","user":"b"}
            """
        )
        #expect(
            Set(trace.summaries) == [
                "get a b ×1", "b: get a ×1", "get a -n b ×1", "list jobs ×2", "list jobs x ×1", "list pods ×2",
                "watch pods ×0 (informer)", "get a.b ×1",
            ]
        )
    }

    @Test func filtersByUserNamespaceAgentAndTime() throws {
        let text = """
            {"verb":"get","resource":"a","user":"u","namespace":"n","userAgent":"op/v1","first":"2026-01-01T00:00:00Z"}
            {"verb":"get","resource":"b","user":"v","namespace":"n","userAgent":"op/v2","first":"2026-01-02T00:00:00Z"}
            {"verb":"get","resource":"c","namespace":"m","first":"2026-01-01T12:00:00Z","last":"2026-01-05T00:00:00Z"}
            {"verb":"get","resource":"d","userAgent":"kubectl/v1"}
            """
        func resources(_ filter: TraceFilter) throws -> [String] {
            try readTrace(text, filter: filter).requirements.requirements.map(\.attributes.resource)
        }
        let day = try #require(Timestamp("2026-01-02T01:00:00+01:00"))
        #expect(try resources(TraceFilter(users: ["u"])) == ["a", "c", "d"])
        #expect(try resources(TraceFilter(namespaces: ["n"])) == ["a", "b"])
        #expect(try resources(TraceFilter(userAgent: "op/")) == ["a", "b"])
        #expect(try resources(TraceFilter(since: day)) == ["b", "c"])
        #expect(try resources(TraceFilter(until: day)) == ["a", "b", "c"])
        #expect(try resources(TraceFilter(users: ["v"], since: day, until: day)) == ["b", "c"])
        #expect(try readTrace(text, filter: TraceFilter(since: day)).warnings.count == 1)
    }

    /// Any bytes give a trace or an error.
    @Test func neverTraps() throws {
        var random = SeededGenerator(seed: 7)
        let audit = try Data(contentsOf: Repository.fixtures.appending(path: "traces/audit.jsonl"))
        let seeds: [[UInt8]] = [
            Array(Self.header.utf8) + Array("\n{\"method\":\"GET\",\"path\":\"/api/v1/pods?watch=1\"}\n".utf8),
            Array(audit.prefix(3000)),
            Array(
                "{\"kind\":\"EventList\",\n\"apiVersion\":\"audit.k8s.io/v1\",\"items\":[{\n\"stage\":\"Panic\"},{}]}"
                    .utf8
            ),
            Array(
                "apiVersion: swiftop.dev/v1\nkind: PermissionTrace\nrequirements:\n- {resources: [a], verbs: [b]}\n"
                    .utf8
            ),
        ]
        var traces = 0
        for round in 0..<1200 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2:
                    bytes.insert(
                        [0x22, 0x7B, 0x7D, 0x5B, 0x5D, 0x5C, 0x0A, 0x2C].randomElement(using: &random) ?? 0,
                        at: index
                    )
                default: bytes.removeSubrange(index...)
                }
                if bytes.isEmpty { break }
            }
            if (try? readTrace(bytes)) != nil { traces += 1 }
        }
        #expect(traces > 50)
    }
}
