import Foundation
import Syntax
import Testing

@Suite struct JSONQuotingTests {
    @Test(arguments: [
        "", "plain", "a\"b\\c", "\n\r\t\u{0}\u{7F}", "é\u{2028}日本", "exactly-fifteen",
        String(repeating: "x", count: 99),
    ])
    func whatIsAppendedReadsAsTheText(_ text: String) throws {
        var bytes = Array("[".utf8)
        appendJSONQuoted(text, to: &bytes)
        bytes.append(UInt8(ascii: "]"))
        #expect(String(decoding: bytes, as: UTF8.self) == "[\(jsonQuoted(text))]")
        #expect(try JSONDecoder().decode([String].self, from: Data(bytes)) == [text])
    }
}
