import Syntax
import TestSupport
import Testing

@Suite struct HostileInputTests {
    @Test(arguments: [
        ("", "["), ("", "[\n"), ("a: ", "["), ("a: ", "{a: "), ("", "- "), ("", "? "), ("", "- ? "), ("{a: ", "["),
        ("", "[{\"a\": "), ("", "{\"a\":"), ("{\"a\": ", "["), ("\u{FEFF}- ", "[\t"), ("# ä\n", "[ "),
    ])
    func nestingIsBounded(_ start: String, _ unit: String) throws {
        let error = try #require(parseError(start + String(repeating: unit, count: 200_000)))
        #expect(error.message == "nested more than 100 levels deep")
    }

    @Test func theDeepestTreeThatIsReadIsReleasedWithoutTrouble() throws {
        let text = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(try parse(text).count == 1)
        #expect(try parse("a: " + text.dropFirst().dropLast()).count == 1)
    }

    @Test func aliasesCannotMultiply() throws {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(list)]\n"
        }
        let error = try #require(parseError(bomb))
        #expect(error.message == "with its aliases written out the file has more than 200000 nodes")
        #expect(error.location?.line == 6)
    }

    @Test func mergeKeysCannotMultiply() throws {
        let keys = (0..<2000).map { "k\($0): 1" }.joined(separator: ", ")
        let merges = (0..<1000).map { "m\($0): {<<: *x}\n" }.joined()
        #expect(try #require(parseError("x: &x {\(keys)}\n" + merges)).message.contains("aliases written out"))
    }

    @Test func aliasesCannotNestDeeperThanBrackets() throws {
        var text = "a0: &a0 [x]\n"
        for level in 1...200 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(try #require(parseError(text)).message == "nested more than 100 levels deep")
    }

    @Test func sizesAreBounded() throws {
        let limits = YAMLLimits(bytes: 1000, depth: 10, nodes: 20)
        func error(_ text: String) -> InputError? {
            do throws(InputError) {
                _ = try YAMLParser.documents(Array(text.utf8), file: "f", limits: limits)
                return nil
            } catch { return error }
        }
        #expect(try #require(error(String(repeating: "a", count: 1001))).message.contains("MiB"))
        #expect(error(String(repeating: "- a\n", count: 19)) == nil)
        #expect(try #require(error(String(repeating: "- a\n", count: 20))).message == "the file has more than 20 nodes")
        #expect(try #require(error("[" + String(repeating: "1,", count: 20) + "1]")).message.contains("20 nodes"))
        let directives = String(repeating: "%TAG !a! tag:x\n", count: 65)
        #expect(try #require(parseError(directives)).location?.line == 65)
    }

    private static let seeds = [
        "kind: Role\nrules:\n- &r {verbs: [get, 'x'], n: \"a\\n\"}\n- <<: *r\n- |\n  text\n- >-\n  folded\n\n  more\n",
        "{\"kind\": \"List\", \"items\": [{\"a\": \"\\u00e4\\ud83d\\ude00\", \"b\": [1, -2.5e3, true, null]}]}\n",
        "# ä comment\r\n---\r\na: &a !!str 1\r\nb: [*a, \"ü\", ~]\r\n? c\r\n: d\r\n...\r\n---\r\ne: 'f''g'\r\n",
        "apiVersion: v1\nmetadata:\n  name: x # note\n  labels: {a: b, \"c\": 'd'}\nspec:\n  - - 1\n    - 2\n",
    ]

    /// Whatever is done to a valid file, reading it ends in trees whose ranges fit, or in an error with a place.
    @Test(arguments: seeds.indices) func mutatedFilesNeverCrash(_ seed: Int) throws {
        let original = Array(Self.seeds[seed].utf8)
        let noise: [UInt8] =
            Array("[]{}&*!|>'\"%@`,:-?#\n\r\t <\\0".utf8) + [0, 0xC3, 0xFF, 0xE2, 0xEF, 0xBB, 0xBF, 0x85]
        var random = SeededGenerator(seed: UInt64(seed) + 7)
        for _ in 0..<6_000 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<5, using: &random) {
                let index = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where index < bytes.count: bytes[index] = noise.randomElement(using: &random) ?? 0
                case 1: bytes.insert(noise.randomElement(using: &random) ?? 0, at: index)
                case 2: bytes.removeSubrange(index..<min(bytes.count, index + 3))
                default: bytes.insert(contentsOf: original.suffix(Int.random(in: 0..<20, using: &random)), at: index)
                }
            }
            check(bytes)
        }
    }

    private func check(_ bytes: [UInt8]) {
        do throws(InputError) {
            for document in try YAMLParser.documents(bytes, file: "f") {
                walk(document) { node, _ in
                    let range = node.range
                    if range.start > range.end || range.end.offset > bytes.count || range.start.line < 1 {
                        Issue.record("the range \(range) does not fit \(bytes)")
                    }
                }
            }
        } catch {
            if error.location == nil || error.message.isEmpty { Issue.record("no place: \(error) for \(bytes)") }
        }
    }
}
