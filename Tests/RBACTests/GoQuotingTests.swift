import RBAC
import Testing

/// `strconv.Quote`.
struct GoQuotingTests {
    @Test(arguments: [
        ("", #""""#), ("pods/log", #""pods/log""#), ("a \"b\" \\", #""a \"b\" \\""#), ("'`", #""'`""#),
        ("\u{7}\u{8}\t\n\u{b}\u{c}\r", #""\a\b\t\n\v\f\r""#), ("\0\u{1b}\u{7f}", #""\x00\x1b\x7f""#),
        ("h\u{e9}llo \u{4e16}\u{754c}", "\"h\u{e9}llo \u{4e16}\u{754c}\""), ("\u{1f600}", "\"\u{1f600}\""),
        ("\u{80}\u{a0}\u{ad}", #""\u0080\u00a0\u00ad""#),
        ("\u{2028}\u{200b}\u{feff}\u{3000}", #""\u2028\u200b\ufeff\u3000""#),
        ("\u{e000}\u{e0001}", #""\ue000\U000e0001""#), ("\u{fffd}", "\"\u{fffd}\""), ("e\u{301}", "\"e\u{301}\""),
        ("\r\n", #""\r\n""#),
    ])
    func `Quoted as Go does`(_ text: String, _ quoted: String) {
        #expect(goQuoted(text) == quoted)
    }

    @Test func `Lists`() {
        #expect(goQuoted([]) == "[]")
        #expect(goQuoted(["get", "a b"]) == #"["get" "a b"]"#)
    }
}
