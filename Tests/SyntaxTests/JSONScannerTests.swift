import Foundation
import Syntax
import Testing

@Suite struct JSONScannerTests {
    @Test(arguments: [
        "{}", "[]", "null", "true", "false", "0", "-0", "-1.5e+10", "1E5", "\"\"",
        "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        " \t\r\n[ 1 , { \"a\" : [ ] } ] \n", "{\"a\":{\"b\":[{\"c\":null}]}}", "\"\\ud83d\\ude00\"", "\"é😀\u{7F}\"",
    ])
    func takesWhatIsJSON(text: String) throws {
        #expect(Self.error(text) == nil)
        #expect((try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil)
    }

    /// `⚑` stands before the place of the error.
    @Test(arguments: [
        "⚑", "{⚑", "[1,⚑", "{\"a\"⚑", "{\"a\":⚑", "\"a⚑", "\"a\\⚑", "\"\\u12⚑", "tru⚑", "-⚑", "1.⚑", "1e⚑", "{\"a\":1⚑",
    ])
    func tellsACutText(marked: String) {
        let error = Self.error(marked.replacingOccurrences(of: "⚑", with: ""))
        #expect(error?.isUnexpectedEnd == true)
        #expect(error?.offset == marked.utf8.count - 3)
    }

    @Test(arguments: [
        "⚑]", "{⚑a:1}", "{\"a\"⚑ 1}", "{\"a\":1⚑ \"b\":2}", "{\"a\":1,⚑}", "[1,⚑]", "[1⚑ 2]", "[1⚑}", "0⚑1", "⚑+1",
        "⚑.5",
        "1.⚑x", "⚑truth", "⚑nul ", "\"\\⚑x\"", "\"a⚑\u{1}\"", "\"\\⚑u00g0\"", "1⚑ 2", "⚑'a'", "⚑NaN", "{⚑1:2}", "[⚑,]",
    ])
    func tellsWhereABrokenTextIs(marked: String) throws {
        let text = marked.replacingOccurrences(of: "⚑", with: "")
        let error = try #require(Self.error(text))
        let place = try #require(marked.range(of: "⚑")).lowerBound.utf16Offset(in: marked)
        #expect(!error.isUnexpectedEnd)
        // A blank before what is missing belongs to the place, a backslash to its escape.
        #expect((place - 1...place + 1).contains(error.offset), "\(error)")
    }

    @Test func stopsAtTooManyLevels() {
        #expect(Self.error(String(repeating: "[", count: 200) + String(repeating: "]", count: 200)) == nil)
        #expect(Self.error(String(repeating: "[", count: 201) + String(repeating: "]", count: 201))?.offset == 200)
        #expect(Self.error(String(repeating: "{\"a\":", count: 200_000))?.message.contains("nested") == true)
    }

    @Test func givesTextsNumbersAndBooleans() throws {
        var text = #"{"a\u0062":"x\ny","n":-12,"t":true,"z":null,"big":123456789012345678901,"f":1.5,"lone":"\ud800x"}"#
        try text.withUTF8 { bytes in
            var scanner = JSONScanner(bytes)
            try scanner.beginObject()
            let key = try #require(try scanner.nextKey())
            #expect(key.equals("ab") && key.hasEscapes && !key.equals("abc"))
            #expect(try scanner.optionalString() == "x\ny")
            #expect(try scanner.nextKey()?.equals("n") == true)
            #expect(try scanner.optionalInteger() == -12)
            #expect(try scanner.nextKey()?.equals("t") == true)
            #expect(try scanner.optionalBoolean() == true)
            #expect(try scanner.nextKey()?.equals("z") == true)
            #expect(try scanner.optionalText() == nil)
            #expect(try scanner.nextKey()?.string == "big")
            #expect(throws: JSONError.self) { try scanner.optionalInteger() }
            try scanner.skip()
            #expect(try scanner.nextKey()?.string == "f")
            #expect(throws: JSONError.self) { try scanner.optionalInteger() }
            try scanner.skip()
            #expect(try scanner.nextKey()?.string == "lone")
            #expect(try scanner.string() == "\u{FFFD}x")
            #expect(try scanner.nextKey() == nil)
            try scanner.end()
        }
    }

    /// Foundation's parser and this one take the same texts, but for what is told apart on purpose.
    @Test func agreesWithFoundationOnBrokenTexts() {
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let seeds = [
            #"{"verb":"list","n":[1,-2.5e3,true,null],"o":{"p":"q\u00e9\n"}}"#, #"[{"a":{}},[],"",0]"#,
            #"{"items":[{},{}]}"#,
        ]
        let replacements = Array("{}[]\",:\\0-.eatn ".utf8)
        var taken = 0
        for round in 0..<4000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0...random(3) { bytes[random(bytes.count)] = replacements[random(replacements.count)] }
            let text = String(decoding: bytes, as: UTF8.self)
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            let error = Self.error(text)
            #expect(error != nil || isJSON, "\(text)")
            // Foundation takes a comma before a closing bracket where a blank follows it.
            let hasLooseComma = text.contains(/,\s+[\]}]/)
            #expect(error == nil || !isJSON || hasLooseComma, "\(text)")
            if isJSON { taken += 1 }
        }
        #expect(taken > 300)
    }

    private static func error(_ text: String) -> JSONError? {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = JSONScanner(bytes)
            do throws(JSONError) {
                try scanner.skip()
                try scanner.end()
                return nil
            } catch { return error }
        }
    }
}
