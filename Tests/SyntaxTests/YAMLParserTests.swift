import Syntax
import Testing

@Suite struct YAMLParserTests {
    private func parse(_ text: String) throws -> [Node] { try YAMLParser.documents(Array(text.utf8), file: "f.yaml") }

    private func error(_ bytes: [UInt8]) -> InputError? {
        do throws(InputError) {
            _ = try YAMLParser.documents(bytes, file: "f.yaml")
            return nil
        } catch { return error }
    }

    private func error(_ text: String) -> InputError? { error(Array(text.utf8)) }

    @Test func knowsWhereThingsStand() throws {
        let text = "\u{FEFF}# note\r\nrules:\r\n- verbs: [get, \"wät\", 'x']\r\n  resources:\r\n  - pods\r\n\r\n# end\r\n"
        let root = try #require(try parse(text).first?.mapping)
        let rule = try #require(root["rules"]?.sequence?.items.first)
        #expect(rule.range.start.line == 3)
        #expect(rule.range.end.line == 5)
        let verbs = try #require(rule.mapping?["verbs"]?.sequence?.items)
        for (verb, expected) in zip(verbs, ["get", "\"wät\"", "'x'"]) {
            let range = verb.range
            let slice = Array(text.utf8)[range.start.offset..<range.end.offset]
            #expect(String(decoding: slice, as: UTF8.self) == expected)
        }
        #expect(verbs[2].range.start.column == 23)
    }

    @Test func resolvesAnchorsAndMergeKeys() throws {
        let root = try #require(try parse("a: &x {v: 1, w: 2}\nb:\n  <<: *x\n  w: 3\nc: *x\n").first?.mapping)
        let merged = try #require(root["b"]?.mapping)
        #expect(merged["v"]?.scalar?.text == "1")
        #expect(merged["w"]?.scalar?.text == "3")
        #expect(merged.entries.first { $0.key.text == "v" }?.isMerged == true)
        #expect(root["c"]?.mapping?["w"]?.scalar?.text == "2")
    }

    @Test func readsStreamsAndJSON() throws {
        #expect(try parse("---\na: 1\n---\n\n---\nb: 2\n").count == 2)
        let json = try #require(try parse("{\n\t\"a\": [\"x\\/y\", \"t\tb\"]\n}").first?.mapping)
        #expect(json["a"]?.sequence?.items.first?.scalar?.text == "x/y")
    }

    @Test func tellsTypesApartAsKubernetesDoes() throws {
        let root = try #require(try parse("[get, yes, 12, 1e3, '12', ~, on, 0x1F, 1.2.3, n]").first?.sequence)
        let kinds = root.items.map { $0.scalar?.kind }
        #expect(
            kinds == [.string, .boolean, .number, .number, .string, .null, .boolean, .number, .string, .boolean]
        )
    }

    @Test(arguments: [
        ("a: 1\na: 2\n", 2, "twice"),
        ("a:\n\t- b\n", 2, "tab"),
        ("{\"a\": [1, 2", 1, ""),
        ("a: *nothing\n", 1, "nothing"),
        ("rules: {{ .Values.rules }}\n", 1, "key"),
        ("x:\n{{- if .Values.rbac }}\n  a: b\n", 2, "Helm"),
    ])
    func saysWhereAndWhat(_ text: String, _ line: Int, _ words: String) throws {
        let error = try #require(self.error(text))
        #expect(error.location?.line == line, "\(error)")
        #expect(error.message.contains(words) || words.isEmpty, "\(error)")
        #expect(!error.hint.isEmpty)
    }

    @Test func refusesWhatIsNoText() throws {
        #expect(try #require(error([0x61, 0x3A, 0x20, 0xFF, 0x0A])).location?.column == 4)
        #expect(error([0x61, 0x00]) != nil)
        #expect(error([0xFF, 0xFE, 0x61, 0x00]) != nil)
    }

    @Test func boundsHostileInput() throws {
        #expect(try #require(error(String(repeating: "[", count: 200_000))).message.contains("levels deep"))
        #expect(try #require(error(String(repeating: "[\n", count: 5000))).message.contains("deep") == true)
        #expect(error(String(repeating: "- ", count: 20_000)) != nil)
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(list)]\n"
        }
        #expect(try #require(error(bomb)).message.contains("nodes"))
    }

    /// Whatever is done to a valid file, reading it ends in trees or an error.
    @Test func survivesMutations() throws {
        let seed = Array("kind: Role\nrules:\n- &r {verbs: [get, 'x'], n: \"a\\n\"}\n- <<: *r\n- |\n  text\n".utf8)
        let noise: [UInt8] = Array("[]{}&*!|>'\"%@`,:-?#\n\r\t <\\".utf8) + [0, 0xC3, 0xFF, 0xE2, 0xEF]
        var random = SystemRandom(state: 7)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = noise.randomElement(using: &random) ?? 0
                case 1: bytes.insert(noise.randomElement(using: &random) ?? 0, at: index)
                default: bytes.removeSubrange(index..<min(bytes.count, index + 3))
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            _ = error(bytes)
        }
    }
}

/// A generator with a seed, so that a failure can be seen again (SplitMix64).
struct SystemRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
