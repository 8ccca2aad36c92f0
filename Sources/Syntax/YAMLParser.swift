/// Reads YAML 1.1 (and JSON, which is YAML) into trees that know their places.
package enum YAMLParser {
    /// All documents of a file; empty ones are left out. A text that starts with `{` or `[` and is JSON throughout is
    /// read as JSON, one document a value.
    ///
    /// Linear in the bytes; nothing recurses, so that no nesting can exhaust the stack.
    ///
    /// - Throws: `InputError` at the place of what is no YAML, is defined twice, or passes a limit.
    package static func documents(
        _ bytes: [UInt8],
        file: String,
        limits: YAMLLimits = .default
    ) throws(InputError) -> [Node] {
        guard bytes.count <= limits.bytes else { throw tooLarge(file: file, limit: limits.bytes) }
        let text = try SourceText(bytes, file: file)
        switch try JSONTree.read(text, limits: limits) {
        case .documents(let documents):
            return documents
        case .otherText:
            return try yamlDocuments(text, limits: limits)
        case .failure(let error):
            // YAML's own `{a: b}` starts as JSON does. What is neither was meant as JSON where it quotes its first key.
            do throws(InputError) { return try yamlDocuments(text, limits: limits) } catch let yamlError {
                throw text.startsAsJSON ? error : yamlError
            }
        }
    }

    private static func yamlDocuments(_ text: SourceText, limits: YAMLLimits) throws(InputError) -> [Node] {
        try checkCharacters(text)
        try checkDirectives(text)
        let reader = try YAMLEventReader(text)
        var builder = YAMLTreeBuilder(text: text, limits: limits)
        while let event = try reader.next() { try builder.add(event) }
        return builder.documents
    }

    /// The error of a file that has more bytes than are read.
    package static func tooLarge(file: String, limit: Int) -> InputError {
        InputError(
            file: file,
            message: "the file has more than \(limit >> 20) MiB, which is all that is read",
            hint: "split it, or give the part that holds roles and bindings"
        )
    }

    /// YAML 1.1, section 5.1: which characters a stream may hold.
    private static func checkCharacters(_ text: SourceText) throws(InputError) {
        let offset = text.bytes.withUnsafeBufferPointer { bytes -> Int? in
            var index = text.markLength
            while index < bytes.count {
                let byte = bytes[index]
                switch byte {
                case 0x20...0x7E, 0x09, 0x0A, 0x0D: break
                case 0x00...0x1F, 0x7F: return index
                case 0xC2 where bytes[index + 1] < 0xA0 && bytes[index + 1] != 0x85: return index
                case 0xEF where bytes[index + 1] == 0xBF && bytes[index + 2] >= 0xBE: return index
                default: break
                }
                index += 1
            }
            return nil
        }
        guard let offset else { return }
        throw InputError(
            file: text.file,
            location: text.location(ofOffset: offset),
            message: "the text holds a control character",
            hint: "take it out, or write it as an escape in double quotes"
        )
    }

    /// libyaml compares every directive with all before it, so a file of nothing else would take it forever.
    private static func checkDirectives(_ text: SourceText) throws(InputError) {
        var count = 0
        var previous: UInt8 = 0x0A
        for (index, byte) in text.bytes.enumerated() {
            if byte == UInt8(ascii: "%"), previous == 0x0A || previous == 0x0D {
                count += 1
                if count > 64 {
                    throw InputError(
                        file: text.file,
                        location: text.location(ofOffset: index),
                        message: "more than 64 lines start with `%`",
                        hint: "a Kubernetes manifest needs no YAML directives; is this the right file?"
                    )
                }
            }
            previous = byte
        }
    }
}

extension SourceText {
    /// Whether the file is called JSON, or the first bracket is followed by a text in double quotes.
    fileprivate var startsAsJSON: Bool {
        if file.hasSuffix(".json") { return true }
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        let rest = bytes.dropFirst(markLength).drop(while: isBlank).dropFirst()
        let opening: Set<UInt8> = [UInt8(ascii: "["), UInt8(ascii: "{")]
        return rest.first { !isBlank($0) && !opening.contains($0) } == UInt8(ascii: "\"")
            && rest.first != UInt8(ascii: "{")
    }
}
