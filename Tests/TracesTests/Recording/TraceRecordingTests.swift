import Foundation
import RBAC
import Syntax
import TestSupport
import Testing
import Traces

/// What a recording holds, whatever happens to its file meanwhile.
@Suite struct TraceRecordingTests {
    private let folder: ScratchFolder
    private var path: String { folder.url.appending(path: "trace.jsonl").path }

    init() throws { folder = try ScratchFolder() }

    private func recording(_ existing: ExistingTrace = .replaced) -> TraceRecording {
        TraceRecording(path: path, existing: existing, tool: "test") { Issue.record("\($0)") }
    }

    private func lines() throws -> [Substring] { try folder.read("trace.jsonl").split(separator: "\n") }
    private func summaries() throws -> [String] { try TraceReader.read(path).summaries }

    private static let calls: [(method: String, target: String, status: Int?)] = [
        ("GET", "/apis/apps/v1/deployments?limit=500&resourceVersion=0", 403),
        ("GET", "/apis/apps/v1/deployments?watch=true&resourceVersion=12&timeoutSeconds=301", 200),
        ("GET", "/apis/apps/v1/deployments?watch=true&resourceVersion=34&timeoutSeconds=415", 200),
        ("PATCH", "/apis/example.com/v1/namespaces/demo/myapps/one/status?dryRun=All", 200),
        ("GET", "/api/v1/secrets?watch=1&sendInitialEvents=true", 200),
        ("POST", "/api/v1/namespaces/demo/pods/one/eviction", 201),
        ("GET", "https://10.0.0.1:6443/healthz?timeout=32s", nil),
        ("OPTIONS", "/api/v1/pods", 405),
    ]

    /// What is recorded is what the same calls come to as raw lines, which the API server's own resolution decides.
    @Test func recordsWhatTheRawCallsComeTo() throws {
        let recording = recording()
        var raw = ""
        for call in Self.calls + Self.calls.reversed() {
            recording.record(method: call.method, target: call.target, status: call.status)
            let status = call.status.map { ",\"status\":\($0)" } ?? ""
            raw += "{\"method\":\"\(call.method)\",\"path\":\"\(call.target)\"\(status)}\n"
        }
        let expected = try readTrace(raw).summaries
        #expect(recording.requirements.requirements.map(summary) == expected)
        try recording.close()
        #expect(try summaries() == expected)
    }

    @Test func aLineIsBroughtUpToDateWhereItStands() throws {
        let recording = recording()
        recording.record(method: "GET", target: "/api/v1/pods", status: 200, userAgent: "op/1")
        try recording.flush()
        let first = try lines()
        recording.record(method: "GET", target: "/api/v1/pods", status: 200, userAgent: "op/1")
        recording.record(method: "GET", target: "/api/v1/pods", status: 403, userAgent: "op/1")
        try recording.flush()
        let second = try lines()
        #expect(first.count == 2 && second.count == 3)
        #expect(first[0] == #"{"apiVersion":"swiftop.dev/v1","kind":"PermissionTrace","tool":"test"}"#)
        #expect(first[1].contains(#""count":1}"#) && second[1].contains(#""count":2}"#))
        #expect(first[1].count == second[1].count)
        try recording.close()
        #expect(try summaries() == ["list pods ×3 [200: 2, 403: 1]"])
    }

    /// Without anybody asking for it.
    @Test func theFileFollowsByItself() async throws {
        let recording = recording()
        recording.record(method: "GET", target: "/api/v1/pods", status: 200)
        while (try? summaries()) != ["list pods ×1 [200: 1]"] { try await Task.sleep(for: .milliseconds(20)) }
        recording.record(method: "GET", target: "/api/v1/pods", status: 200)
        while try summaries() != ["list pods ×2 [200: 2]"] { try await Task.sleep(for: .milliseconds(20)) }
    }

    @Test func severalWritersHaveOneFile() async throws {
        try await withThrowingTaskGroup { group in
            for writer in 0..<4 {
                group.addTask {
                    let recording = recording(.extended)
                    for round in 0..<50 {
                        recording.record(method: "GET", target: "/api/v1/nodes/n\(round % 7)", status: 200)
                        recording.record(method: "GET", target: "/api/v1/pods/\(writer)", status: 404)
                        if round % 5 == writer % 5 { try recording.flush() }
                        await Task.yield()
                    }
                    try recording.close()
                }
            }
            try await group.waitForAll()
        }
        let trace = try TraceReader.read(path)
        #expect(trace.warnings.isEmpty)
        let requirements = trace.requirements.requirements
        #expect(requirements.count == 7 + 4)
        #expect(requirements.reduce(0) { $0 + $1.count } == 400)
    }

    /// Every call is counted, from however many tasks.
    @Test func manyTasksRecordAtOnce() async throws {
        let recording = recording()
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for call in 0..<500 {
                        recording.record(method: "GET", target: "/api/v1/nodes/n\(call % 10)", status: 200 + task)
                    }
                }
            }
        }
        try recording.close()
        #expect(try TraceReader.read(path).requirements.requirements.map(\.count) == Array(repeating: 400, count: 10))
    }

    /// Bounded, and the same as a reader makes of it.
    @Test func moreNamesThanAreKeptBecomeMany() throws {
        let recording = recording()
        for name in 0..<1000 {
            recording.record(method: "GET", target: "/api/v1/namespaces/demo/pods/p\(name)", status: 200)
            if name % 100 == 0 { try recording.flush() }
        }
        try recording.close()
        #expect(try lines().count <= 2 + 256)
        #expect(try summaries() == ["get pods -n demo many ×1000 [200: 1000]"])
    }

    @Test func aResolvedCallWithWhatItImplies() throws {
        let recording = recording()
        let key = Requirement.Key(attributes: RequestAttributes(verb: "create", resource: "configmaps"))
        recording.record(RecordedCall(key: key, implied: "apply"))
        recording.record(RecordedCall(key: key, implied: "apply"))
        #expect(recording.requirements.requirements.map(summary) == ["create configmaps ×0 (apply)"])
        recording.record(RecordedCall(key: key, status: 403, userAgent: "op"), message: "forbidden: \"no\"")
        try recording.close()
        let read = try TraceReader.read(path).requirements.requirements
        #expect(read.map(summary) == ["create configmaps ×1 [403: 1]"])
        #expect(read.first?.message == "forbidden: \"no\"" && read.first?.userAgents == ["op"])
    }

    // MARK: - Files that are there already

    @Test func anExistingTraceIsMovedAwayAtTheFirstCall() throws {
        try folder.write("trace.jsonl", "{\"verb\":\"get\",\"resource\":\"nodes\"}\n")
        let recording = recording()
        try recording.flush()
        #expect(try summaries() == ["get nodes ×1"])
        recording.record(method: "GET", target: "/api/v1/pods", status: 200)
        try recording.close()
        #expect(try summaries() == ["list pods ×1 [200: 1]"])
        #expect(try TraceReader.read(path + ".old").summaries == ["get nodes ×1"])
    }

    /// Half a line of a recorder that was killed, a whole one that only lacks its end, and none.
    @Test(arguments: ["", "\n{\"verb\":\"li", "\n{\"verb\":\"get\",\"resource\":\"nodes\",\"count\":2}"])
    func anExistingTraceIsExtended(_ rest: String) throws {
        try folder.write("trace.jsonl", "{\"verb\":\"get\",\"resource\":\"nodes\"}" + rest)
        let recording = recording(.extended)
        recording.record(method: "GET", target: "/api/v1/pods", status: 200)
        try recording.close()
        let trace = try TraceReader.read(path)
        #expect(trace.warnings.isEmpty)
        #expect(trace.summaries == ["get nodes ×\(rest.hasSuffix("}") ? 3 : 1)", "list pods ×1 [200: 1]"])
        #expect(try folder.names("").filter { $0.hasPrefix("trace") } == ["trace.jsonl"])
    }

    @Test func whatIsNoTraceOfLinesIsLeftAlone() throws {
        let yaml = "apiVersion: swiftop.dev/v1\nkind: PermissionTrace\nrequirements: []\n"
        try folder.write("trace.jsonl", yaml)
        let recording = TraceRecording(path: path, existing: .extended, tool: "test") { _ in }
        recording.record(method: "GET", target: "/api/v1/pods", status: 200)
        let error = #expect(throws: InputError.self) { try recording.flush() }
        #expect(error?.message == "calls cannot be added to a trace that is not one JSON object a line")
        #expect(try folder.read("trace.jsonl") == yaml)
    }

    @Test(arguments: ["remove", "cut", "change"])
    func whatSomebodyTookAwayIsWrittenAgain(_ how: String) throws {
        let recording = recording()
        recording.record(method: "GET", target: "/api/v1/pods", status: 200)
        recording.record(method: "GET", target: "/api/v1/nodes", status: 200)
        try recording.flush()
        switch how {
        case "remove": try FileManager.default.removeItem(atPath: path)
        case "cut": #expect(truncate(path, 0) == 0)
        default:
            // In place, as a redirection does it.
            let handle = try #require(FileHandle(forWritingAtPath: path))
            let size = try folder.read("trace.jsonl").utf8.count
            try handle.write(contentsOf: Data(repeating: 0x20, count: size - 1) + [0x0A])
            try handle.close()
        }
        recording.record(method: "GET", target: "/api/v1/pods", status: 200)
        try recording.close()
        #expect(
            try TraceReader.read(path).requirements.requirements.contains { summary($0) == "list pods ×2 [200: 2]" }
        )
    }

    @Test func aRecordingWithoutACallSaysSo() throws {
        try recording().close()
        let trace = try TraceReader.read(path)
        #expect(trace.hasHeader && trace.requirements.isEmpty)
    }

    // MARK: - What goes wrong

    /// Told once, and mended by itself.
    @Test func aFileThatCannotBeWrittenIsToldOnce() async throws {
        let missing = folder.url.appending(path: "later/trace.jsonl").path
        let (failures, continuation) = AsyncStream.makeStream(of: InputError.self)
        let recording = TraceRecording(path: missing, existing: .replaced, tool: "test") { continuation.yield($0) }
        recording.record(method: "GET", target: "/api/v1/pods", status: 200)
        var iterator = failures.makeAsyncIterator()
        let failure = await iterator.next()
        #expect(failure?.description.hasPrefix("\(missing): error: the trace cannot be written: no such file") == true)
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "later"),
            withIntermediateDirectories: true
        )
        while (try? TraceReader.read(missing).summaries) != ["list pods ×1 [200: 1]"] {
            recording.record(method: "GET", target: "/api/v1/nodes", status: nil)
            try await Task.sleep(for: .milliseconds(20))
            if (try? TraceReader.read(missing).summaries.contains("list pods ×1 [200: 1]")) == true { break }
        }
        try recording.close()
        continuation.finish()
        #expect(await iterator.next() == nil)
    }

    @Test func theEndTellsWhatIsMissing() throws {
        let recording = TraceRecording(path: folder.path, existing: .replaced, tool: "test") { _ in }
        recording.record(method: "GET", target: "/api/v1/pods", status: 200)
        let error = #expect(throws: InputError.self) { try recording.close() }
        #expect(error?.message == "a trace is recorded to a file, and this is none")
    }

    /// No part of a request that can hold a secret reaches the file.
    @Test func noSecretIsWritten() throws {
        let recording = recording()
        recording.record(
            method: "GET",
            target: "https://user:SECRET@host/api/v1/pods?access_token=SECRET&labelSelector=SECRET",
            status: 200
        )
        recording.record(method: "GET", target: "/healthz?token=SECRET", status: 200)
        recording.record(method: "GET", target: "no request: SECRET\r\n", status: 400)
        try recording.close()
        #expect(try !folder.read("trace.jsonl").contains("SECRET"))
        #expect(try summaries() == ["list pods ×1 [200: 1]", "get /healthz ×1 [200: 1]"])
    }
}
