import Syntax

/// What a trace is written in, told by how it begins.
enum TraceForm {
    /// One JSON object a line.
    case lines
    /// JSON values over several lines, or on a very long one.
    case documents
    case yaml
    /// Nothing but blanks.
    case empty

    /// Bytes that are looked at.
    static let headLength = 1 << 18

    /// Looks at the first bytes without consuming any but a byte order mark.
    ///
    /// A first line that is no whole object begins a document, unless the second line begins one of its own: then the
    /// first is a broken line, and is told as such.
    ///
    /// - Throws: `InputError` for bytes that are no text.
    static func detect(_ window: ByteWindow) throws(InputError) -> TraceForm {
        while !window.isAtEnd, window.bytes.count < headLength { try window.fill() }
        if let problem = binaryProblem(window.bytes) {
            throw InputError(file: window.name, location: .start, message: problem.message, hint: problem.hint)
        }
        if window.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { window.consume(3) }
        let bytes = window.bytes
        guard let start = bytes.firstIndex(where: { !isBlank($0) }) else { return window.isAtEnd ? .empty : .documents }
        guard bytes[start] == UInt8(ascii: "{"), isJSON(bytes[start...].dropFirst()) else { return .yaml }
        let end = firstIndex(of: 0x0A, in: bytes, from: start) ?? bytes.count
        if closes(bytes[start..<end]) || end == bytes.count && window.isAtEnd { return .lines }
        return bytes[end...].dropFirst().first == UInt8(ascii: "{") ? .lines : .documents
    }

    private static func binaryProblem(_ bytes: UnsafeBufferPointer<UInt8>) -> (message: String, hint: String)? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return ("the file is UTF-16", "save it as UTF-8")
        }
        if bytes.starts(with: [0x1F, 0x8B]) {
            return ("the file is compressed by gzip", "decompress it: gunzip -c FILE | swiftop-rbac … -t -")
        }
        if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            return ("the file is compressed by zstd", "decompress it: zstdcat FILE | swiftop-rbac … -t -")
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// After the brace: a key in quotes, or nothing. YAML's flow mappings may have more.
    private static func isJSON(_ rest: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let next = rest.first(where: { !isBlank($0) }) else { return true }
        return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
    }

    /// Whether all brackets and quotes of a line are closed in it.
    private static func closes(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var depth = 0
        var isText = false
        var isEscaped = false
        for byte in line {
            if isEscaped {
                isEscaped = false
            } else if isText, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isText.toggle()
            } else if !isText {
                switch byte {
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
            }
        }
        return depth <= 0 && !isText
    }
}
