/// What libyaml stumbled over, turned into words that say what to do.
struct YAMLProblem {
    /// libyaml's words: `did not find expected key`.
    var problem: String
    var place: SourceLocation
    /// `while parsing a block mapping`, or empty.
    var context: String
    /// Where the context starts.
    var contextPlace: SourceLocation?

    func error(in text: SourceText) -> InputError {
        if let template = text.template(near: place) { return Self.template(at: template, in: text) }
        if let tab = tab(in: text) {
            return InputError(
                file: text.file,
                location: tab,
                message: "a tab cannot indent YAML",
                hint: "use spaces"
            )
        }
        let (message, hint, location) = words
        return InputError(file: text.file, location: location, message: "not valid YAML: \(message)", hint: hint)
    }

    /// A template of Helm where YAML is expected.
    static func template(at place: SourceLocation, in text: SourceText) -> InputError {
        InputError(
            file: text.file,
            location: place,
            message: "this is a Helm template, not YAML: it holds `{{`",
            hint: "render it first: helm template RELEASE CHART | swiftop-rbac check -r -"
        )
    }

    /// The tab that stands where the parser stopped, or in the indentation of that line.
    private func tab(in text: SourceText) -> SourceLocation? {
        if place.offset < text.bytes.count, text.bytes[place.offset] == 0x09 { return place }
        let line = text.line(at: place)
        let indentation = line.prefix { $0 == 0x20 || $0 == 0x09 }
        return indentation.firstIndex(of: 0x09).map { text.location(ofOffset: $0) }
    }

    private var start: String { contextPlace.map { " that starts at line \($0.line)" } ?? "" }

    private var words: (message: String, hint: String, location: SourceLocation) {
        switch problem {
        case "found unexpected end of stream" where context.contains("quoted scalar"):
            return ("this quote is never closed", "close it, on the same line best", contextPlace ?? place)
        case "did not find expected ',' or ']'":
            return ("the list\(start) is not closed here", "write `,` between its items and `]` at its end", place)
        case "did not find expected ',' or '}'":
            return ("the mapping\(start) is not closed here", "write `,` between its fields and `}` at its end", place)
        case "did not find expected key":
            return (
                "the mapping\(start) goes on with a line that is no `key: value`",
                "align its keys in one column, and quote a value that starts with a quote or a bracket", place
            )
        case "did not find expected '-' indicator":
            return ("the list\(start) goes on with a line that is no `- item`", "align its dashes in one column", place)
        case "mapping values are not allowed in this context":
            return (
                "a `:` stands where no key can be", "align the keys in one column, or quote a text that holds `: `",
                place
            )
        case "could not find expected ':'":
            return ("this is no `key: value`", "add the `:`, or indent the line as part of the text above it", keyPlace)
        case "block sequence entries are not allowed in this context":
            return ("a `-` stands where no list can be", "start the list on the line below its key", place)
        case "found character that cannot start any token":
            return ("no value starts with this character", "quote the value", place)
        case "found undefined tag handle":
            return ("this `!` tag is not known", "leave it out, or quote the text", place)
        case "found invalid Unicode character escape code", "found unknown escape character":
            return ("this is no escape that YAML knows", "write `\\\\` for a backslash, or use single quotes", place)
        case "did not find expected <document start>":
            return ("text follows the end of the document", "start another document with a line `---`", place)
        default:
            let problem = problem.isEmpty ? "the text is no YAML" : problem
            return (
                context.isEmpty ? problem : "\(problem) \(context)\(start)",
                "look at this line and at the ones just above", place
            )
        }
    }

    /// The key without its colon is where the context starts.
    private var keyPlace: SourceLocation { contextPlace ?? place }
}

extension SourceText {
    /// A `{{` of a template language that explains why the text is no YAML at `place`, or `nil`.
    ///
    /// It is the first one above that stands where a value or a line would start, or else one on that line: quoted texts
    /// (alert rules, documentation) hold `{{` as well, and they are not to blame.
    func template(near place: SourceLocation) -> SourceLocation? {
        for number in 1...min(place.line + 1, lineCount) {
            let line = line(at: SourceLocation(line: number, column: 1, offset: 0))
            for offset in Self.braces(in: line) where Self.startsValue(offset, in: line) {
                return location(ofOffset: offset)
            }
        }
        return Self.braces(in: line(at: place)).first.map { location(ofOffset: $0) }
    }

    /// Offsets of `{{` outside comments.
    private static func braces(in line: ArraySlice<UInt8>) -> [Int] {
        var found: [Int] = []
        var previous: UInt8 = 0x20
        for (offset, byte) in zip(line.indices, line) {
            if byte == UInt8(ascii: "#"), previous == 0x20 || previous == 0x09 { return found }
            if byte == UInt8(ascii: "{"), previous == UInt8(ascii: "{") { found.append(offset - 1) }
            previous = byte
        }
        return found
    }

    /// Whether nothing, or only what leads to a value (`key:`, `- `, `[`, `,`), stands before `offset`.
    private static func startsValue(_ offset: Int, in line: ArraySlice<UInt8>) -> Bool {
        let before = line[..<offset].last { $0 != 0x20 && $0 != 0x09 }
        guard let before else { return true }
        return before == UInt8(ascii: ":") || before == UInt8(ascii: "-") || before == UInt8(ascii: "[")
            || before == UInt8(ascii: ",")
    }
}
