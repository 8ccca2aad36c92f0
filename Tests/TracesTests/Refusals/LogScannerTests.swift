import Foundation
import RBAC
import Syntax
import TestSupport
import Testing

@testable import Traces

/// What a log as a whole says: each refusal once, where it stands, and what it brought about.
struct LogScannerTests {
    private func scan(_ text: String) -> [NoticeLog.Entry] {
        var scanner = LogScanner(lookup: .testing)
        scanner.scan(text)
        return scanner.found().entries
    }

    private func denied(_ resource: String, verb: String = "list", name: String = "") -> String {
        Refusal(
            request: RequestAttributes(verb: verb, resource: resource, name: name),
            user: "system:serviceaccount:demo:op"
        ).message
    }

    @Test func equalRefusalsAreOneWithACountAndTheirLines() {
        let found = scan("a\n\(denied("pods"))\nb\n\(denied("secrets"))\nE1 x: \(denied("pods"))\n")
        #expect(found.map(\.count) == [2, 1])
        #expect(found.map(\.firstLine) == [2, 4])
        #expect(found.map(\.lastLine) == [5, 4])
        #expect(found.map(\.message) == [denied("pods"), denied("secrets")])
    }

    @Test func severalRefusalsOnALineAreSeveral() {
        let found = scan("[\(denied("pods")), \(denied("secrets"))]; and {\"error\": \"\(escaped(denied("nodes")))\"}")
        #expect(found.map(\.notice.request?.resource) == ["pods", "secrets", "nodes"])
    }

    @Test func aReflectorNeedsTheWatchToo() {
        #expect(scan("failed to list *v1.Pod: \(denied("pods"))").map(\.notice.isInformer) == [true])
        #expect(scan("failed to list apps/v1, Kind=Deployment: \(denied("pods"))").map(\.notice.isInformer) == [true])
        #expect(scan("failed to list pods: \(denied("pods"))").map(\.notice.isInformer) == [false])
        #expect(scan("Failed to watch *v1.Pod: \(denied("pods", verb: "watch"))").map(\.notice.isInformer) == [false])
    }

    /// client-go wrote the HTTP method of a watch, which is `get`.
    @Test func anUnreadableWatchIsAWatch() {
        let found = scan("E0203 reflector.go:138] c.go:167: Failed to watch *v1.Namespace: unknown (get namespaces)")
        #expect(found.map(\.notice.request) == [RequestAttributes(verb: "watch", resource: "namespaces")])
        #expect(scan("x: unknown (post deployments.apps)").first?.notice.request?.verb == "create")
        #expect(scan("x: unknown (get deployments.apps web)").first?.notice.request?.verb == "get")
        #expect(scan("x: unknown (get deployments.apps)").first?.notice.request?.verb == "list")
    }

    /// Messages that each take a line of their own say the same in any company: no neighbour is taken for a part of them.
    @Test func whatStandsOnALineIsFoundInAnyCompany() {
        let lines = [
            denied("pods"), "E1128 10:00:03.000000       1 reflector.go:150] \(denied("secrets"))",
            "error: \(denied("nodes", verb: "get", name: "n"))",
            #"pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2"#,
            #"pods "b" is forbidden: violates PodSecurity "restricted:latest": privileged (container "c")"#,
            #"configmaps "c" is forbidden: unable to create new content in namespace d because it is being terminated"#,
            #"Error from server: admission webhook "w.example.com" denied the request: no such colour"#,
            "timed out waiting for cache to be synced for Kind *v1.Secret", "Error: leader election lost",
            "failed waiting for all runnables to end within grace period of 30s", "hello", "",
            "I1128 10:00:00.000000       1 main.go:10] starting",
        ]
        var random = SeededGenerator(seed: 6)
        func refusals(_ text: String) -> [NoticeLog.Entry] {
            scan(text).filter { if case .symptom = $0.notice.kind { false } else { true } }
        }
        func words(_ entry: NoticeLog.Entry) -> String {
            "\(entry.notice.kind) \(String(describing: entry.notice.request))"
        }
        let alone = lines.map { refusals($0).map(words) }
        for _ in 0..<1_500 {
            let drawn = (0..<7).map { _ in Int.random(in: lines.indices, using: &random) }
            var expected: [String: [Int]] = [:]
            for (number, index) in drawn.enumerated() {
                for word in alone[index] { expected[word, default: []].append(number + 1) }
            }
            let text = drawn.map { lines[$0] }.joined(separator: "\n")
            let found = refusals(text)
            #expect(Set(found.map(words)) == Set(expected.keys), "\(text)")
            for entry in found {
                let places = expected[words(entry)]
                #expect(
                    [entry.firstLine, entry.lastLine, entry.count]
                        == places.map { [$0[0], $0[$0.count - 1], $0.count] }
                )
            }
        }
    }

    // MARK: - Causes

    @Test func aGenericErrorIsPutToTheRefusalBeforeIt() {
        let found = scan(
            """
            failed to list *v1.Pod: \(denied("pods"))
            failed to list *v1.Secret: \(denied("secrets"))
            failed to wait for x caches to sync kind source: *v1.Secret: timed out waiting for cache to be synced
            failed waiting for all runnables to end within grace period of 30s: context deadline exceeded
            """
        )
        #expect(found.count == 2)
        #expect(found[0].hides.map { $0.prefix(18) } == ["failed waiting for"])
        #expect(found[1].hides.map { $0.prefix(18) } == ["failed to wait for", "failed waiting for"])
    }

    @Test func aGenericErrorAloneIsSaidToBeOne() {
        let found = scan(
            "problem: failed to wait for x caches to sync: timed out waiting for cache to be synced for Kind *v1.Pod"
        )
        #expect(found.map(\.notice.kind) == [.symptom(.cacheSync(kind: "Pod"))])
        #expect(scan("F1 leader election lost").map(\.notice.kind) == [.symptom(.leaderElectionLost)])
        let configuration = "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST must be defined"
        #expect(scan(configuration).map(\.notice.kind) == [.symptom(.noInClusterConfiguration)])
    }

    @Test func theLostLeaseIsTheCauseOfTheLostElection() {
        let refusal = Refusal(
            request: RequestAttributes(
                verb: "update",
                group: "coordination.k8s.io",
                resource: "leases",
                namespace: "demo",
                name: "op"
            ),
            user: "system:serviceaccount:demo:op"
        )
        let found = scan("Failed to update lock: \(refusal.message)\nproblem running manager: leader election lost\n")
        #expect(found.map(\.hides) == [["problem running manager: leader election lost"]])
    }

    /// The same call as a URL, as a body and as an error is one refusal.
    @Test func aCallWithoutAUserIsPartOfTheMessageThatHasOne() {
        let url = "https://127.0.0.1:6443/api/v1/namespaces/demo/pods?limit=500"
        let message =
            "pods is forbidden: User \"alice\" cannot list resource \"pods\" in API group \"\" in the namespace \"demo\""
        let line =
            "I1 round_trippers.go:632] \"Response\" verb=\"GET\" url=\"\(url)\" status=\"403 Forbidden\" milliseconds=9"
        #expect(scan(line).map(\.notice.request?.verb) == ["list"])
        let found = scan(
            "\(line)\nResponse Body: {\"message\":\"\(escaped(message))\"}\nError from server (Forbidden): \(message)\n"
        )
        #expect(found.map(\.notice.user) == ["alice"])
        #expect(found.map(\.count) == [2])
    }

    // MARK: - Size

    /// Windows overlap: wherever a refusal stands, it is found once, at its line.
    @Test func longLogsAreReadThroughAWindow() throws {
        var generator = SeededGenerator(seed: 5)
        var lines: [String] = []
        var places: [Int] = []
        var size = 0
        while size < 4_500_000 {
            let isRefusal = Int.random(in: 0..<9_000, using: &generator) == 0
            if isRefusal { places.append(lines.count + 1) }
            lines.append(
                isRefusal
                    ? denied("pods", name: "p\(places.count)")
                    : "I1123 controller.go:1] \"Reconciling\" n=\(lines.count)"
            )
            size += lines.last.map(\.utf8.count) ?? 0
        }
        let found = try scanFile(lines.joined(separator: "\n"))
        #expect(found.map(\.firstLine) == places)
        #expect(found.allSatisfy { $0.count == 1 })
    }

    @Test func aLineWithoutEndIsReadThroughAWindow() throws {
        let filler = String(repeating: "{\"a\":1},", count: 300_000)
        let text =
            filler + denied("pods", name: "one") + " " + filler + "\"error\":\"\(escaped(denied("secrets")))\"" + filler
        let found = try scanFile(text)
        #expect(found.map(\.notice.request?.resource) == ["pods", "secrets"])
        #expect(found.map(\.firstLine) == [1, 1])
    }

    @Test func strayBytesAreNoHindrance() throws {
        var bytes: [UInt8] = [0xFF, 0xFE, 0x80, 0x0A]
        bytes += Array("caf\u{E9}: \(denied("pods"))".utf8) + [0xC3, 0x0A, 0x00]
        let found = try withFile(bytes.dropFirst(2)) { path in
            var scanner = LogScanner()
            try scanner.scan(path: path)
            return scanner.found().entries
        }
        #expect(found.map(\.firstLine) == [2])
    }

    @Test(
        arguments: [
            ([], "is empty"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "compressed by xz"),
            ([0x1F, 0x8B, 0x08, 0x00, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF], "broken"),
            ([0x7F, 0x45, 0x4C, 0x46, 0x02, 0x01, 0x01, 0x00, 0x00], "binary"), ([0xFF, 0xFE, 0x61, 0x00], "UTF-16"),
        ] as [([UInt8], String)]
    )
    func whatIsNoLogIsRefused(bytes: [UInt8], message: String) throws {
        try withFile(bytes) { path in
            var scanner = LogScanner()
            let error = #expect(throws: InputError.self) { try scanner.scan(path: path) }
            #expect(error?.description.contains(message) == true, "\(String(describing: error))")
        }
    }

    /// The parts that a file is read in are a mebibyte long: wherever in a message one ends, it is found once and whole.
    @Test func aMessageAcrossTheEndOfAPart() throws {
        let message = denied("secrets", name: "tls")
        let line = "E1123 08:52:24.963701       1 op.go:46] \"Reconciler error\" err=\"\(escaped(message))\""
        let filler = "I1123 08:52:24.963701       1 op.go:46] \"Reconciling\" n=1\n"
        for part in [1 << 20, 1 << 20 - 1 << 15, 1 << 20 - 1 << 16, (1 << 20) * 2 - 3 << 15] {
            for offset in stride(from: -line.utf8.count - 2, through: 2, by: 7) {
                var text = String(repeating: filler, count: (part + offset) / filler.utf8.count)
                let lines = text.utf8.count / filler.utf8.count
                text += String(repeating: "x", count: max(0, part + offset - text.utf8.count - 1)) + "\n"
                text += line + "\n" + filler
                let found = try scanFile(text)
                #expect(found.map(\.message) == [message], "\(part) \(offset)")
                #expect(found.map(\.firstLine) == [lines + 2], "\(part) \(offset)")
                #expect(found.map(\.count) == [1], "\(part) \(offset)")
            }
        }
    }

    @Test(arguments: ["gzip", "zstd"])
    func compressedLogsAreRead(program: String) throws {
        let text = String(repeating: "all is well\n", count: 100_000) + denied("pods") + "\n"
        try withFile(text.utf8) { path in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [program, "-q", "-k", path]
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
            let packed = path + (program == "gzip" ? ".gz" : ".zst")
            defer { unlink(packed) }
            var scanner = LogScanner()
            try scanner.scan(path: packed)
            #expect(scanner.found().entries.map(\.firstLine) == [100_001])
            let whole = try Data(contentsOf: URL(fileURLWithPath: packed))
            try whole.dropLast(30).write(to: URL(fileURLWithPath: packed))
            var second = LogScanner()
            try second.scan(path: packed)
            #expect(second.warnings.contains { $0.contains("ends in the middle") }, "\(second.warnings)")
        }
    }

    // MARK: - Repetition

    /// A text that was seen before is counted by its bytes: with the same result as when it is read.
    @Test func whatIsRepeatedIsFoundAsWhatIsNew() {
        var generator = SeededGenerator(seed: 12)
        let fronts = [
            "", "E1123 08:52:24.963701       1 op.go:46] ", "2024-03-13T15:41:16.899136935Z ", "2024/03/13 15:41:16 ",
            "W0101 00:00:00.000001   77 reflector.go:535] failed to list *v1.Pod: ", "403 ", "401 ",
            "[12:00:00,123] x: ",
            "a ", "2026-11-24T08:00:00Z\tERROR\t",
        ]
        for _ in 0..<40 {
            let texts =
                (0..<4).map { _ in generator.refusal().message.replacing("\n", with: " ") } + [
                    "Forbidden: \"/api/v1/pods?resourceVersion=0\" (get pods)", "GET /api/v1/nodes Forbidden",
                    "timed out waiting for cache to be synced", "Unauthorized", "nothing",
                ]
            let lines = (0..<60).map { _ in
                let text = generator.pick(texts)
                let escaped = escaped(text)
                let shape = generator.pick([
                    text, "err=\"\(escaped)\"", "{\"a\":\"b\",\"error\":\"\(escaped)\",\"c\":1}",
                ])
                return generator.pick(fronts) + shape + "."
            }
            // Blank lines keep each message from going on in the next line.
            let blank = "\n" + String(repeating: "-\n", count: 13)
            let all = scan(lines.joined(separator: blank))
            var alone: [String: Int] = [:]
            for line in lines {
                for entry in scan(line) { alone[identity(entry), default: 0] += entry.count }
            }
            let counted = Dictionary(all.map { (identity($0), $0.count) }, uniquingKeysWith: +)
            let hidden = Set(all.flatMap(\.hides))
            for (key, count) in counted { #expect(alone[key] == count, "\(key)") }
            #expect(Set(alone.keys).subtracting(counted.keys).count <= hidden.count + 4)
        }
    }

    private func identity(_ entry: NoticeLog.Entry) -> String {
        var notice = entry.notice
        notice.isInformer = false
        return "\(notice.kind) \(String(describing: notice.request)) \(notice.user) \(notice.source)"
    }

    // MARK: - Hostile

    /// Words of messages without end cost no more than the bytes that they are made of: before, minutes.
    @Test(
        .timeLimit(.minutes(3)),
        arguments: [
            "pods is forbidden: User \"u\" cannot ", " is forbidden: ", "unknown (", "\" cannot ",
            "orbidden 403 https://x/api/v1/pods ",
            "is attempting to grant RBAC permissions not currently held:", "nauthorized", "\\\"\\\" cannot ",
            "denied the request",
            "attempt to grant extra privileges: [{[list] [] ", "forbidden: User \"", "caches to sync ",
        ]
    )
    func wordsWithoutEnd(words: String) {
        _ = scan(String(repeating: words, count: 100_000 / words.utf8.count))
        _ = scan(String(repeating: words + "\n", count: 4_000 / words.utf8.count))
    }

    private func scanFile(_ text: String) throws -> [NoticeLog.Entry] {
        try withFile(text.utf8) { path in
            var scanner = LogScanner()
            try scanner.scan(path: path)
            return scanner.found().entries
        }
    }

    private func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    }
}

extension ResourceLookup {
    /// As much as the tests name.
    static let testing = ResourceLookup(groups: { resource in
        switch resource {
        case "pods", "secrets", "configmaps", "services", "nodes", "namespaces", "events": [""]
        case "deployments", "statefulsets": ["apps"]
        case "jobs": ["batch"]
        default: []
        }
    })
}
