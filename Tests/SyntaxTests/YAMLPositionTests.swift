import Foundation
import Syntax
import TestSupport
import Testing

/// Positions are told by the text that they cover, never by bare numbers alone.
@Suite struct YAMLPositionTests {
    private static let text = """
        # a list of rules
        rules:
        - verbs: [get, "wät", 'x y']   # flow
          resources:
          - pods

          # done
        - name: 😀 plain text
          empty:
          block: |
            one
            two

          quoted: "a \\
            b"
        last: {a: 1,
          b: [2]}

        # end
        """

    /// As it is, with Windows line ends, with a byte order mark, and with both; without a final line break, too.
    static let variants = [
        text, text + "\n", text.replacing("\n", with: "\r\n"), "\u{FEFF}" + text,
        "\u{FEFF}" + text.replacing("\n", with: "\r\n") + "\r\n",
    ]

    @Test(arguments: variants) func rangesCoverTheNodesText(_ text: String) throws {
        let root = try #require(try parse(text).first?.mapping)
        let rules = try #require(root["rules"]?.sequence?.items)
        let lineEnd = text.utf8.contains(0x0D) ? "\r\n" : "\n"
        let verbs = try #require(rules[0].mapping?["verbs"])
        #expect(covered(verbs, in: text) == "[get, \"wät\", 'x y']")
        #expect(verbs.sequence?.items.map { covered($0, in: text) } == ["get", "\"wät\"", "'x y'"])
        #expect(covered(rules[0], in: text).hasPrefix("verbs: [get"))
        #expect(covered(rules[0], in: text).hasSuffix("- pods"))
        let second = try #require(rules[1].mapping)
        #expect(covered(try #require(second["name"]), in: text) == "😀 plain text")
        #expect(covered(try #require(second["empty"]), in: text) == "")
        let block = ["|", "    one", "    two"].joined(separator: lineEnd)
        #expect(covered(try #require(second["block"]), in: text) == block)
        #expect(second["block"]?.scalar?.text == "one\ntwo\n")
        #expect(covered(try #require(second["quoted"]), in: text) == ["\"a \\", "    b\""].joined(separator: lineEnd))
        #expect(covered(try #require(root["last"]), in: text) == ["{a: 1,", "  b: [2]}"].joined(separator: lineEnd))
        #expect(covered(.mapping(root), in: text).hasSuffix("b: [2]}"))
    }

    @Test(arguments: variants) func linesAndColumnsCountFromOneInScalars(_ text: String) throws {
        let root = try #require(try parse(text).first?.mapping)
        let rules = try #require(root["rules"]?.sequence?.items)
        let word = try #require(rules[0].mapping?["verbs"]?.sequence?.items.last).range
        #expect(place(word.start) + " to " + place(word.end) == "3:23 to 3:28")
        let name = try #require(rules[1].mapping?["name"]).range
        #expect(place(name.start) + " to " + place(name.end) == "8:9 to 8:21")
        #expect(place(root.range.start) == "2:1")
    }

    @Test func aliasesEndBlocksWhereTheyStand() throws {
        let text = "a: &x [get]\nb:\n  v: *x\n# c\nd:\n- *x\n"
        let root = try #require(try parse(text).first?.mapping)
        #expect(covered(try #require(root["b"]), in: text) == "v: *x")
        #expect(covered(try #require(root["d"]), in: text) == "- *x")
        #expect(covered(try #require(root["b"]?.mapping?["v"]), in: text) == "&x [get]", "the anchor's own text")
    }

    @Test func jsonKnowsItsPlacesToo() throws {
        let text = "\u{FEFF}{\r\n\t\"ä\": [1.5, \"x\\u0041\", null],\r\n\t\"b\": {}\r\n}\r\n"
        let root = try #require(try parse(text).first?.mapping)
        let list = try #require(root["ä"]?.sequence)
        #expect(list.items.map { covered($0, in: text) } == ["1.5", "\"x\\u0041\"", "null"])
        #expect(list.items.map { $0.scalar?.text } == ["1.5", "xA", "null"])
        #expect(place(list.range.start) == "2:7")
        #expect(covered(try #require(root["b"]), in: text) == "{}")
        #expect(covered(.mapping(root), in: text).hasSuffix("}"))
    }

    /// The slice of the file at a scalar's range reads as that scalar again.
    @Test(.enabled(if: SharedCorpus.isPresent, "reference data not there"))
    func everyScalarOfTheCorpusReadsBackFromItsRange() throws {
        var scalars = 0
        for folder in ["corpus/roles", "corpus/bootstrap"] {
            let url = try SharedCorpus.path(folder)
            let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
            for name in names where name.hasSuffix(".yaml") {
                let bytes = [UInt8](try Data(contentsOf: url.appending(path: name)))
                for document in try YAMLParser.documents(bytes, file: name) {
                    walk(document) { node, parent in
                        let range = node.range
                        if let parent {
                            #expect(parent.range.start <= range.start && range.end <= parent.range.end)
                        }
                        guard case .scalar(let scalar) = node, !scalar.text.isEmpty else { return }
                        scalars += 1
                        // In a list: of documents, `null` is none.
                        let slice = Array("- ".utf8) + bytes[range.start.offset..<range.end.offset] + [0x0A]
                        let again = try? YAMLParser.documents(slice, file: name).first?.sequence?.items.first?.scalar
                        let place = "\(name):\(range.start.line):\(range.start.column)"
                        #expect(again?.text == scalar.text, "\(place)")
                        #expect(again?.kind == scalar.kind, "\(place)")
                    }
                }
            }
        }
        #expect(scalars > 20_000)
    }
}
