import Syntax
import Testing

@Suite struct YAMLErrorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var text: String
        var line: Int
        var column: Int
        var message: String
        var testDescription: String { text.debugDescription }
        init(_ text: String, _ line: Int, _ column: Int, _ message: String) {
            (self.text, self.line, self.column, self.message) = (text, line, column, message)
        }
    }

    static let cases = [
        Case("a: 1\nb: 2\na: 3\n", 3, 1, "the key `a` is here twice: at line 1 and at line 3"),
        Case("{\"a\": 1, \"a\": 2}", 1, 10, "the key `a` is here twice: in this line"),
        Case(
            "x: &x {a: 1}\ny:\n  <<: *x\n  b: 1\n  b: 2\n",
            5,
            3,
            "the key `b` is here twice: at line 4 and at line 5"
        ),
        Case(
            (0..<20).map { "k\($0): 1\n" }.joined() + "k3: 1\n",
            21,
            1,
            "the key `k3` is here twice: at line 4 and at line 21"
        ),
        Case("a:\n\t- b\n", 2, 1, "a tab cannot indent YAML"),
        Case("a:\n  b: 1\n \tc: 2\n", 3, 2, "a tab cannot indent YAML"),
        Case("a: *nothing\n", 1, 4, "nothing is anchored as `&nothing` above"),
        Case("a: \"b\nc: d\n", 1, 4, "not valid YAML: this quote is never closed"),
        Case("a: [b, c\nd: e\n", 2, 2, "not valid YAML: the list that starts at line 1 is not closed here"),
        Case("a: {b: c\n", 2, 1, "not valid YAML: the mapping that starts at line 1 is not closed here"),
        Case("a: b: c\n", 1, 5, "not valid YAML: a `:` stands where no key can be"),
        Case("a:\n- b\nc\n", 3, 1, "not valid YAML: this is no `key: value`"),
        Case(
            "# list\n- b\nc: d\n",
            3,
            1,
            "not valid YAML: the list that starts at line 2 goes on with a line that is no `- item`"
        ),
        Case("a: @b\n", 1, 4, "not valid YAML: no value starts with this character"),
        Case("? [a]\n: b\n", 1, 3, "a list or a mapping stands here as a key"),
        Case("<<: 5\n", 1, 1, "`<<` needs a mapping, or a list of them"),
        Case(
            "{\"a\": [1, 2",
            1,
            12,
            "not valid JSON: the text ends in the middle; `,` or `]` is missing here; the list starts at line 1"
        ),
        Case("{\"a\": ", 1, 7, "not valid JSON: the text ends in the middle; a value is missing here"),
        Case(
            "{\"a\": [{\"b\": 1,",
            1,
            16,
            "not valid JSON: the text ends in the middle; a key in double quotes must stand here"
        ),
        Case("{\n  \"a\": tru, \"b\"\n", 2, 8, "not valid JSON: this is no JSON value"),
        Case("a: \u{1}\n", 1, 4, "the text holds a control character"),
        Case("a: \u{9B}\n", 1, 4, "the text holds a control character"),
    ]

    @Test(arguments: cases) func saysWhereAndWhat(_ expected: Case) throws {
        let error = try #require(parseError(expected.text))
        #expect(error.message == expected.message)
        #expect(place(error.location) == "\(expected.line):\(expected.column)")
        #expect(error.file == "f.yaml")
        #expect(!error.hint.isEmpty && !error.hint.hasSuffix("."))
    }

    /// Templates as charts write them, and the place of the braces that are to blame.
    static let templates = [
        Case("name: {{ .Values.name }}\n", 1, 7, ""),
        Case("name: {{ .Release.Name }}-role\n", 1, 7, ""),
        Case("a: 1\n{{- if .Values.rbac.create }}\nb: 2\n{{- end }}\n", 2, 1, ""),
        Case("a:\n  b: x\n  labels:\n    {{- include \"x.labels\" . | nindent 4 }}\n", 4, 5, ""),
        Case("rules:\n- {{ toYaml .Values.rule }}\n", 2, 3, ""),
        Case("{{- range .Values.roles }}\nkind: Role\n{{- end }}\n", 1, 1, ""),
        Case("a: [{{ .Values.verbs }}, get]\n", 1, 5, ""),
    ]

    @Test(arguments: templates) func helmTemplatesAreToldApart(_ template: Case) throws {
        let error = try #require(parseError(template.text))
        #expect(error.message == "this is a Helm template, not YAML: it holds `{{`")
        #expect(error.hint.contains("helm template"))
        #expect(place(error.location) == "\(template.line):\(template.column)")
    }

    @Test func bracesInTextsAreNotToBlame() throws {
        let rule = "summary: \"{{ $labels.pod }} is down\"\n# {{ note }}\n"
        #expect(parseError(rule) == nil)
        #expect(try #require(parseError(rule + "\tx: 1\n")).message == "a tab cannot indent YAML")
    }

    @Test func bytesThatAreNoText() throws {
        let invalid = try #require(parseError([0x61, 0x3A, 0x20, 0xC3, 0xA4, 0xFF, 0x0A]))
        #expect(invalid.message == "the file is not UTF-8: byte 0xFF")
        #expect(place(invalid.location) == "1:5" && invalid.location?.offset == 5)
        let nul = try #require(parseError("a: b\nc: \0\n"))
        #expect(nul.message == "the file holds a NUL byte")
        #expect(place(nul.location) == "2:4")
        let wides: [[UInt8]] = [[0x61, 0, 0x3A, 0, 0x20, 0], [0xFF, 0xFE, 0x61, 0], [0xFE, 0xFF, 0, 0x61]]
        for wide in wides {
            #expect(try #require(parseError(wide)).message.contains("UTF-16"))
        }
        #expect(parseError([0xC0, 0xAF]) != nil, "an overlong sequence")
        #expect(parseError([0xED, 0xA0, 0x80]) != nil, "a surrogate")
        #expect(parseError([0xF4, 0x90, 0x80, 0x80]) != nil, "above U+10FFFF")
        #expect(parseError([0x61, 0xE2, 0x82]) != nil, "cut short")
    }
}
