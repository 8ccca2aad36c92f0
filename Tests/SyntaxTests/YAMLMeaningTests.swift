import Syntax
import Testing

/// What documents mean: anchors, merge keys, streams, types.
@Suite struct YAMLMeaningTests {
    @Test func aliasesStandForTheirAnchors() throws {
        let root = try #require(try parse("a: &x {v: [1]}\nc: *x\nd: [*x, &y z, *y]\n").first?.mapping)
        #expect(root["c"]?.mapping?["v"]?.sequence?.items.count == 1)
        #expect(root["d"]?.sequence?.items.map { $0.scalar?.text } == [nil, "z", "z"])
        #expect(root["a"]?.mapping?.anchor == "x")
    }

    @Test(arguments: [
        "b: {<<: *x, w: 3}", "b: {w: 3, <<: *x}", "b:\n  <<: *x\n  w: 3", "b:\n  <<: [*x, *y]\n  w: 3",
        "b:\n  <<: *x\n  <<: *y\n  w: 3",
    ])
    func mergeKeysGiveWay(_ mapping: String) throws {
        let text = "x: &x {v: 1, w: 2}\ny: &y {v: 9, w: 9}\n\(mapping)\n"
        let merged = try #require(try parse(text).first?.mapping?["b"]?.mapping)
        #expect(merged["v"]?.scalar?.text == "1", "of several, the first mapping's")
        #expect(merged["w"]?.scalar?.text == "3", "an own key wins, before the merge key or after it")
        #expect(merged.entries.map(\.key.text) == ["w", "v"])
        #expect(merged.entries.map(\.isMerged) == [false, true])
    }

    @Test func aQuotedMergeKeyIsAKey() throws {
        #expect(try parse("'<<': 1\n").first?.mapping?["<<"]?.scalar?.text == "1")
    }

    @Test func streamsHoldDocumentsAndEmptyOnesAreLeftOut() throws {
        #expect(try parse("---\na: 1\n---\n\n---\n# nothing\n---\nb: 2\n...\n").count == 2)
        #expect(try parse("---\nnull\n---\n~\n---\na: 1\n").count == 1, "kubectl passes over them, too")
        #expect(try parse("---\n\"\"\n").count == 1)
        #expect(try parse("").isEmpty)
        #expect(try parse("\u{FEFF}\r\n# only a comment").isEmpty)
        #expect(try parse("%YAML 1.1\n---\na: 1\n").count == 1)
        #expect(try parse("{\"a\": 1}\n{\"b\": 2}\t[3]").count == 3)
        #expect(try parse("{\"a\": 1}\n---\n{\"b\": 2}\n").count == 2)
    }

    @Test func anchorsEndWithTheirDocument() throws {
        #expect(try #require(parseError("a: &x 1\n---\nb: *x\n")).location?.line == 3)
        #expect(parseError("a: &a [*a]\n") != nil, "a list cannot hold itself")
    }

    @Test func jsonIsReadAsItIs() throws {
        let text =
            "{\n\t\"a\": [\"x\\/y\", \"\\ud83d\\ude00\", \"tab\\t\", -1.5e3, true, null, \"\\u007f\"],\n\t\"\(long)\": 1}"
        let root = try #require(try parse(text).first?.mapping)
        let texts = root["a"]?.sequence?.items.map { $0.scalar?.text ?? "" }
        #expect(texts == ["x/y", "😀", "tab\t", "-1.5e3", "true", "null", "\u{7F}"])
        #expect(
            root["a"]?.sequence?.items.map { $0.scalar?.kind } == [
                .string, .string, .string, .number, .boolean, .null, .string,
            ]
        )
        #expect(root[Self.long] != nil)
    }
    private static let long = String(repeating: "k", count: 3000)
    private var long: String { Self.long }

    @Test func yamlThatLooksLikeJSONIsYAML() throws {
        let root = try #require(try parse("{a: [b, 'c'], # note\n d: e}\n").first?.mapping)
        #expect(root["a"]?.sequence?.items.count == 2)
        #expect(root["d"]?.scalar?.text == "e")
    }

    /// What kubectl 1.32 makes of them (`kubectl label --local -o json`).
    static let kinds: [(String, Node.Scalar.Kind)] = [
        ("get", .string), ("y", .boolean), ("Y", .boolean), ("n", .boolean), ("yes", .boolean), ("Yes", .boolean),
        ("yES", .string), ("on", .boolean), ("OFF", .boolean), ("true", .boolean), ("tRUE", .string),
        ("0o17", .number), ("017", .number), ("0b11", .number), ("0B1", .number), ("0b2", .string), ("0O7", .number),
        ("-017", .number), ("-0b1", .number), ("0x1F", .number), ("0X1F", .number), ("0x", .string),
        ("0x1.8p1", .string), ("0xg", .string), ("1_000", .number), ("1__0", .number), ("_1", .string),
        ("0x_1", .number), ("1.", .number), (".5", .number), ("._5", .string), ("+.5", .number), ("1e3", .number),
        ("1E-3", .number), ("1e", .string), ("+5", .number), ("08", .number), ("09.5", .number), ("12:30", .string),
        ("2001-01-01", .string), (".", .string), ("-", .string), ("+", .string), ("1.2.3", .string), ("v1", .string),
        ("18446744073709551616", .number), (".inf", .number), ("-.Inf", .number), (".nan", .number), ("+.nan", .string),
        ("~", .null), ("", .null), ("Null", .null), ("nULL", .string), ("<<", .string), ("*", .string),
        ("!!str 12", .string), ("!foo 12", .string), ("! 12", .string), ("!!int \"3\"", .number),
        ("!!bool 'yes'", .boolean), ("\"12\"", .string), ("'~'", .string),
    ]

    @Test(arguments: kinds) func textsHaveTheKindThatKubernetesGivesThem(_ text: String, _ kind: Node.Scalar.Kind)
        throws
    {
        // `-` and `*` start other things in a list; as quoted texts they would be none, so they are made here.
        guard text != "-", text != "*" else {
            let range = SourceRange(file: "", start: .start, end: .start)
            #expect(Node.Scalar(text: text, range: range).kind == kind)
            return
        }
        #expect(try parse("k: \(text)\n").first?.mapping?["k"]?.scalar?.kind == kind, "\(text)")
    }

    @Test func typedAccessSaysWhatIsThere() throws {
        let root = try #require(try parse("a: [get, yes, 12, ~]\nb: text\nc: {d: 1}\nn: ~\nf: off\n").first?.mapping)
        #expect(try root["f"]?.boolean("f") == false)
        #expect(try root.optionalString("n") == nil)
        #expect(throws: InputError.self) { try root["c"]?.string("c") }
        #expect(throws: InputError.self) { try root["b"]?.items("b") }
        #expect(throws: InputError.self) { try root["b"]?.fields("b") }
        #expect(throws: InputError.self) { try root["b"]?.boolean("b") }
        #expect(throws: InputError.self) { try root.stringMap("c") }
        let error = #expect(throws: InputError.self) { try root.strings("a") }
        #expect(error?.message == "`a[1]` must be a text, and this is a boolean")
        #expect(error?.hint == "put it in quotes: \"yes\"")
        #expect(error?.location?.column == 10)
    }
}
