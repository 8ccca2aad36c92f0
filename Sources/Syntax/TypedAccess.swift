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
                if case .scalar(let scalar) = self, scalar.kind != .null { "put it in quotes: \"\(scalar.text)\"" } else
                {
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

    /// A list of texts with their places; empty where the key is missing or null. A null in it is an empty text, as Go
    /// reads it: `apiGroups: [~]` is the core group.
    package func strings(_ key: String) throws(InputError) -> [(text: String, range: SourceRange)] {
        guard let node = value(key) else { return [] }
        var result: [(text: String, range: SourceRange)] = []
        for item in try node.items(key) {
            result.append((item.isNull ? "" : try item.string("\(key)[\(result.count)]"), item.range))
        }
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
