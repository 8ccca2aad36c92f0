/// Reads the text of a marker as controller-gen does.
///
/// controller-tools: `splitMarker` and `Definition.Parse` in `pkg/markers/parse.go`, which scan with Go's `text/scanner`.
struct MarkerParser {
    /// What a comment turns out to be.
    enum Outcome {
        case marker(Fields)
        /// An RBAC marker that controller-gen stops at, and why.
        case malformed(String)
        case other
    }

    struct Fields {
        var lists: [String: [String]] = [:]
        var texts: [String: String] = [:]
        /// The bytes of each value.
        var values: [String: Range<Int>] = [:]
    }

    private struct Malformed: Error { var reason: String }

    static let name = "kubebuilder:rbac"
    static let lists = ["groups", "resources", "resourceNames", "verbs", "urls"]
    static let texts = ["namespace", "roleName"]

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// - Parameter text: from the `+` on.
    static func parse(_ text: ArraySlice<UInt8>) -> Outcome {
        let start = text.startIndex + 1
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            let isBare = String(decoding: text[start...], as: UTF8.self) == name
            return isBare ? .malformed("the argument `verbs` is missing") : .other
        }
        let anonymous = text[start..<equals]
        if String(decoding: anonymous, as: UTF8.self) == name { return .malformed("`=` stands where `:` belongs") }
        guard let colon = anonymous.lastIndex(of: UInt8(ascii: ":")),
            String(decoding: text[start..<colon], as: UTF8.self) == name
        else { return .other }
        var parser = MarkerParser(bytes: text, position: colon + 1)
        do throws(Malformed) {
            return .marker(try parser.fields())
        } catch { return .malformed(error.reason) }
    }

    private init(bytes: ArraySlice<UInt8>, position: Int) {
        self.bytes = bytes
        self.position = position
    }

    private mutating func fields() throws(Malformed) -> Fields {
        var fields = Fields()
        while true {
            let name = identifier()
            guard !name.isEmpty else { throw Malformed(reason: "the name of an argument is missing") }
            guard next() == UInt8(ascii: "=") else { throw Malformed(reason: "`=` is missing behind `\(name)`") }
            position += 1
            let start = position
            if Self.lists.contains(name) {
                fields.lists[name] = try list()
            } else if Self.texts.contains(name) {
                fields.texts[name] = try text()
            } else {
                throw Malformed(reason: "there is no argument `\(name)`")
            }
            fields.values[name] = start..<position
            guard position < bytes.endIndex else { break }
            guard next() == UInt8(ascii: ",") else {
                throw Malformed(
                    reason: "a comma is missing before `\(String(decoding: bytes[position...], as: UTF8.self))`"
                )
            }
            position += 1
        }
        guard fields.lists["verbs"] != nil else { throw Malformed(reason: "the argument `verbs` is missing") }
        return fields
    }

    // MARK: - Tokens

    /// The next byte that is no blank; blanks are passed over.
    private mutating func next() -> UInt8? {
        while position < bytes.endIndex, [0x09, 0x0A, 0x0D, 0x20].contains(bytes[position]) { position += 1 }
        return position < bytes.endIndex ? bytes[position] : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_")
            || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private mutating func identifier() -> String {
        guard let first = next(), Self.isLetter(first) else { return "" }
        let start = position
        while position < bytes.endIndex, Self.isLetter(bytes[position]) || Self.isDigit(bytes[position]) {
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    // MARK: - Values

    /// `a;b`, or `{a,b}`.
    private mutating func list() throws(Malformed) -> [String] {
        var items: [String] = []
        if next() == UInt8(ascii: "{") {
            position += 1
            while let hint = next(), hint != UInt8(ascii: "}") {
                items.append(try text())
                guard next() != UInt8(ascii: "}") else { break }
                guard next() == UInt8(ascii: ",") else {
                    throw Malformed(reason: "a comma is missing between `{` and `}`")
                }
                position += 1
            }
            guard next() == UInt8(ascii: "}") else { throw Malformed(reason: "`}` is missing") }
            position += 1
            return items
        }
        while let hint = next(), hint != UInt8(ascii: ","), hint != UInt8(ascii: "}") {
            items.append(try text())
            guard let separator = next(), separator != UInt8(ascii: ","), separator != UInt8(ascii: "}") else { break }
            guard separator == UInt8(ascii: ";") else { throw Malformed(reason: "`;` is missing between two values") }
            position += 1
        }
        return items
    }

    /// A text in double quotes or backquotes, or whatever stands before the next `,`, `;` or `}`.
    private mutating func text() throws(Malformed) -> String {
        guard let first = next() else { return "" }
        let start = position
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "`") {
            try skipToken()
            return try Self.unquoted(bytes[start..<position])
        }
        // The first token is taken whatever it is.
        try skipToken()
        var last = start
        var end = position
        while let hint = next(), hint != UInt8(ascii: ","), hint != UInt8(ascii: ";"), hint != UInt8(ascii: "}") {
            last = position
            try skipToken()
            end = position
        }
        // Where blanks stand before the separator, controller-gen loses the last token: `verbs=get ; list` is `""` and
        // `list`. Passing over the blanks makes its scanner forget how long that token was.
        return String(decoding: bytes[start..<(position > end ? last : end)], as: UTF8.self)
    }

    private mutating func skipToken() throws(Malformed) {
        let first = bytes[position]
        position += 1
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "`") {
            while position < bytes.endIndex, bytes[position] != first {
                position += bytes[position] == UInt8(ascii: "\\") && first == UInt8(ascii: "\"") ? 2 : 1
            }
            guard position < bytes.endIndex else { throw Malformed(reason: "a quote is not closed") }
            position += 1
        } else if Self.isLetter(first) {
            while position < bytes.endIndex, Self.isLetter(bytes[position]) || Self.isDigit(bytes[position]) {
                position += 1
            }
        }
    }

    /// Go: `strconv.Unquote`.
    private static func unquoted(_ quoted: ArraySlice<UInt8>) throws(Malformed) -> String {
        var rest = quoted.dropFirst().dropLast()
        guard quoted.first == UInt8(ascii: "\"") else { return String(decoding: rest, as: UTF8.self) }
        var result: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            guard let escaped = GoEscape.bytes(&rest) else {
                throw Malformed(reason: "an escape in quotes is none that Go knows")
            }
            result += escaped
        }
        return String(decoding: result, as: UTF8.self)
    }
}
