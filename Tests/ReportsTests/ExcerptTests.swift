import Diagnosis
import Foundation
import Reports
import Syntax
import TestSupport
import Testing

/// Excerpts of texts and ranges that nobody chose.
@Suite struct ExcerptTests {
    private static let renderer = Renderer(tool: CheckReportTests.tool)

    /// Pieces that are 0, 1, 2 or more columns wide, or not one scalar.
    private static let pieces = [
        "a", "b", "-", " ", ":", "\"", "\t", "é", "e\u{301}", "ß", "秘", "密", "글", "🔐", "👩‍👩‍👧", "⚠️", "🇩🇪", "ｗ", "\u{1B}",
        "\u{200B}",
        "\u{202E}",
    ]

    private static func render(_ file: SourceFile, _ locations: [FindingLocation], width: Int = 100) -> String {
        var report = CheckReport()
        report.texts = [file.name: file.text]
        report.findings = [
            Finding(code: .ruleInvalid, severity: .error, title: "t", explanation: "", locations: locations)
        ]
        return Renderer(tool: CheckReportTests.tool, options: RenderOptions(width: width)).check([report], as: .text)
    }

    @Test(arguments: 0..<400)
    func marksStandBelowWhatTheyMark(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        func some(_ counts: ClosedRange<Int>) -> String {
            (0..<Int.random(in: counts, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        // A combining mark would belong to the mark's neighbour; letters on both sides keep the parts apart.
        let (before, marked, after) = ("x" + some(0...6) + "x", "<" + some(0...4) + ">", "x" + some(0...6))
        let file = SourceFile(name: "f", text: before + marked + after + "\n")
        let rendering = Self.render(
            file,
            [FindingLocation(range: file.range(marked), labels: [file.label(marked, "l")])]
        )
        let lines = rendering.split(separator: "\n").map(String.init)
        let source = try #require(lines.first { $0.hasPrefix("1 | ") })
        let marks = try #require(lines.first { $0.contains("^") })
        #expect(underlined(source, by: marks).first == "<")
        #expect(underlined(source, by: marks).last == ">")
    }

    /// What stands above the carets, by the columns of a terminal.
    private func underlined(_ source: String, by marks: String) -> String {
        let carets = Array(marks).indices.filter { Array(marks)[$0] == "^" }
        guard let first = carets.first, let last = carets.last else { return "" }
        var result = ""
        var column = 0
        for character in source {
            if column >= first, column <= last { result.append(character) }
            column += columns(of: character)
        }
        return result
    }

    /// The width of the characters used here, written down by hand.
    private func columns(of character: Character) -> Int {
        switch character {
        case "秘", "密", "글", "🔐", "👩‍👩‍👧", "⚠️", "🇩🇪", "ｗ": 2
        default: 1
        }
    }

    @Test(arguments: 0..<300)
    func anyRangesInAnyTextAreDrawn(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let ends = ["\n", "\r\n", "\r", "\u{85}", "\u{2028}", ""]
        let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
            (Self.pieces.randomElement(using: &random) ?? "") + (ends.randomElement(using: &random) ?? "")
        }.joined()
        let numbers = [Int.min, -1, 0, 1, 2, 3, 5, 8, 20, 45, Int.max - 1, Int.max]
        func place() -> Syntax.SourceLocation {
            Syntax.SourceLocation(
                line: numbers.randomElement(using: &random) ?? 0,
                column: numbers.randomElement(using: &random) ?? 0,
                offset: numbers.randomElement(using: &random) ?? 0
            )
        }
        func range() -> SourceRange { SourceRange(file: "f", start: place(), end: place()) }
        let locations = (0..<4).map { _ in
            FindingLocation(
                range: range(),
                labels: (0..<Int.random(in: 0...10, using: &random)).map {
                    FindingLocation.Label(range: range(), text: "l\($0)")
                }
            )
        }
        let rendering = Self.render(
            SourceFile(name: "f", text: text),
            locations,
            width: Int.random(in: 0...120, using: &random)
        )
        #expect(rendering.hasPrefix("error[rule-invalid]: t\n"))
        #expect(rendering.hasSuffix("1 error, 0 warnings, 0 fixable with --fix\n"))
    }

    @Test func eachKindOfLineEndCounts() {
        let file = SourceFile(name: "f", text: "\u{FEFF}one\r\ntwo\rthree\nfour\u{85}five\u{2028}six")
        for (line, word) in ["one", "two", "three", "four", "five", "six"].enumerated() {
            let start = Syntax.SourceLocation(line: line + 1, column: 1, offset: 0)
            let end = Syntax.SourceLocation(line: line + 1, column: word.count + 1, offset: 0)
            let rendering = Self.render(file, [FindingLocation(range: SourceRange(file: "f", start: start, end: end))])
            #expect(rendering.contains("\n\(line + 1) | \(word)\n  | \(String(repeating: "^", count: word.count))\n"))
        }
    }

    @Test func aVeryLongLineIsCutAroundTheMark() throws {
        let file = SourceFile(
            name: "f",
            text: String(repeating: "秘 ", count: 30_000) + "here" + String(repeating: " x", count: 30_000)
        )
        let rendering = Self.render(
            file,
            [FindingLocation(range: file.range("here"), labels: [file.label("here", "l")])],
            width: 80
        )
        let lines = rendering.split(separator: "\n").map(String.init)
        let source = try #require(lines.first { $0.hasPrefix("1 | ") })
        #expect(source.hasPrefix("1 | ...") && source.hasSuffix("...") && source.contains("here"))
        #expect(lines.contains { $0.hasSuffix("^^^^ l") })
    }
}

/// Numbers that are the same in every run. SplitMix64, by Steele, Lea and Flood (2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
