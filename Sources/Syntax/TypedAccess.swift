extension Node.Scalar {
    /// What a plain scalar stands for in YAML 1.1 as Kubernetes reads it (`sigs.k8s.io/yaml`, which follows go-yaml v2).
    package enum Kind: String, Sendable {
        case string, boolean, number, null
    }

    /// Quoted and block texts are strings, whatever they say.
    package var kind: Kind {
        if tag == "!!str" || tag == "tag:yaml.org,2002:str" || tag == "!" { return .string }
        guard style == .plain else { return .string }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "false", "False", "FALSE", "yes", "Yes", "YES", "no", "No", "NO", "on", "On",
            "ON", "off", "Off", "OFF", "y", "Y", "n", "N":
            return .boolean
        default: return Self.isNumber(text) ? .number : .string
        }
    }

    /// YAML 1.1 integers and floats: decimal, octal, hexadecimal, binary, with underscores, and `.inf`, `.nan`.
    private static func isNumber(_ text: String) -> Bool {
        var digits = text[...]
        if digits.first == "-" || digits.first == "+" { digits.removeFirst() }
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(String(digits)) { return true }
        guard let first = digits.first, first.isASCII, first.isNumber || first == "." else { return false }
        let plain = digits.filter { $0 != "_" }
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where plain.hasPrefix(prefix) {
            return UInt64(plain.dropFirst(2), radix: radix) != nil
        }
        var (sawDigit, sawPoint, sawExponent) = (false, false, false)
        var previous: Character = " "
        for character in plain {
            switch character {
            case "0"..."9": sawDigit = true
            case "." where !sawPoint && !sawExponent: sawPoint = true
            case "e" where sawDigit && !sawExponent, "E" where sawDigit && !sawExponent: sawExponent = true
            case "+" where previous == "e" || previous == "E", "-" where previous == "e" || previous == "E": break
            default: return false
            }
            previous = character
        }
        return sawDigit && previous != "e" && previous != "E"
    }
}

extension Node {
    /// What a reader would call this: `a list`, `a number`.
    package var kindName: String {
        switch self {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar):
            switch scalar.kind {
            case .string: "a text"
            case .boolean: "a boolean"
            case .number: "a number"
            case .null: "nothing"
            }
        }
    }

    /// Whether this is an explicit or an empty null.
    package var isNull: Bool { scalar.map { $0.kind == .null } ?? false }

    /// An error at this node's start.
    package func error(_ message: String, hint: String) -> InputError {
        InputError(file: range.file, location: range.start, message: message, hint: hint)
    }

    /// The text of a string.
    ///
    /// - Throws: `InputError` for anything else, a number or a boolean included: the API server refuses those too.
    package func string(_ what: String) throws(InputError) -> String {
        guard case .scalar(let scalar) = self, scalar.kind == .string else {
            let hint =
                if case .scalar(let scalar) = self, scalar.kind != .null { "put it in quotes: \"\(scalar.text)\"" } else {
                    "write a text here"
                }
            throw error("`\(what)` must be a text, and this is \(kindName)", hint: hint)
        }
        return scalar.text
    }

    package func boolean(_ what: String) throws(InputError) -> Bool {
        guard case .scalar(let scalar) = self, scalar.kind == .boolean else {
            throw error("`\(what)` must be true or false, and this is \(kindName)", hint: "write true or false")
        }
        return ["true", "yes", "on", "y"].contains(scalar.text.lowercased())
    }

    package func items(_ what: String) throws(InputError) -> [Node] {
        guard case .sequence(let sequence) = self else {
            throw error("`\(what)` must be a list, and this is \(kindName)", hint: "write a list: [a, b]")
        }
        return sequence.items
    }

    package func fields(_ what: String) throws(InputError) -> Mapping {
        guard case .mapping(let mapping) = self else {
            throw error("`\(what)` must be a mapping, and this is \(kindName)", hint: "write `key: value` lines")
        }
        return mapping
    }
}

extension Node.Mapping {
    /// A value that is there and no null.
    package func value(_ key: String) -> Node? {
        self[key].flatMap { $0.isNull ? nil : $0 }
    }

    /// A text, or `nil` where the key is missing or null.
    package func optionalString(_ key: String) throws(InputError) -> String? {
        guard let node = value(key) else { return nil }
        return try node.string(key)
    }

    /// A list of texts with their nodes; empty where the key is missing or null.
    package func strings(_ key: String) throws(InputError) -> [(text: String, range: SourceRange)] {
        guard let node = value(key) else { return [] }
        var result: [(text: String, range: SourceRange)] = []
        for item in try node.items(key) { result.append((try item.string("\(key)[\(result.count)]"), item.range)) }
        return result
    }

    /// A mapping of texts; empty where the key is missing or null.
    package func stringMap(_ key: String) throws(InputError) -> [String: String] {
        guard let node = value(key) else { return [:] }
        var result: [String: String] = [:]
        for entry in try node.fields(key).entries {
            result[entry.key.text] = entry.value.isNull ? "" : try entry.value.string("\(key).\(entry.key.text)")
        }
        return result
    }
}
