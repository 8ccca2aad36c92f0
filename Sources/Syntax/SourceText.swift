/// The bytes of one text file, checked, with the way from libyaml's marks to byte offsets.
///
/// libyaml counts Unicode scalars from 0 in lines and columns and knows no byte offsets of decoded text; here every
/// line's offset is kept, so that a mark is found by walking one line.
package struct SourceText: Sendable {
    package let file: String
    package let bytes: [UInt8]
    /// Byte offset of each line's first byte; a byte order mark is no part of the first line.
    private let lineStarts: [Int]

    /// - Throws: `InputError` at the first byte that is no UTF-8, or a NUL.
    package init(_ bytes: [UInt8], file: String) throws(InputError) {
        self.file = file
        self.bytes = bytes
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        var starts = [hasMark ? 3 : 0]
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case 0x0A:
                starts.append(index + 1)
            case 0x0D where index + 1 >= bytes.count || bytes[index + 1] != 0x0A:
                starts.append(index + 1)
            case 0xC2 where index + 1 < bytes.count && bytes[index + 1] == 0x85:
                // YAML 1.1 also breaks lines at NEL, LS and PS.
                starts.append(index + 2)
            case 0xE2 where index + 2 < bytes.count && bytes[index + 1] == 0x80
                && (bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9):
                starts.append(index + 3)
            default:
                break
            }
            index += 1
        }
        lineStarts = starts
        try checkEncoding()
    }

    private func checkEncoding() throws(InputError) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw InputError(
                file: file,
                location: .start,
                message: "the file is UTF-16",
                hint: "save it as UTF-8"
            )
        }
        if let bad = firstInvalidUTF8(in: bytes) {
            throw InputError(
                file: file,
                location: location(ofOffset: bad),
                message: "the file is not UTF-8: byte 0x\(String(bytes[bad], radix: 16))",
                hint: "save it as UTF-8; a binary file is no manifest"
            )
        }
        if let nul = bytes.firstIndex(of: 0) {
            throw InputError(
                file: file,
                location: location(ofOffset: nul),
                message: "the file holds a NUL byte",
                hint: "a binary file is no manifest"
            )
        }
    }

    /// A mark of libyaml: both counts from 0.
    package func location(line: Int, column: Int) -> SourceLocation {
        let line = max(0, min(line, lineStarts.count - 1))
        var offset = lineStarts[line]
        var walked = 0
        while walked < column, offset < bytes.count {
            offset += Self.scalarLength(bytes[offset])
            walked += 1
        }
        return SourceLocation(line: line + 1, column: walked + 1, offset: min(offset, bytes.count))
    }

    /// The place of a byte; logarithmic in the number of lines, linear in the line.
    package func location(ofOffset offset: Int) -> SourceLocation {
        var (low, high) = (0, lineStarts.count)
        while low + 1 < high {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        var column = 1
        var index = lineStarts[low]
        while index < offset, index < bytes.count {
            index += Self.scalarLength(bytes[index])
            column += 1
        }
        return SourceLocation(line: low + 1, column: column, offset: offset)
    }

    private static func scalarLength(_ lead: UInt8) -> Int {
        switch lead {
        case 0xF0...: 4
        case 0xE0...: 3
        case 0xC0...: 2
        default: 1
        }
    }
}

/// The index of the first byte that does not belong to well-formed UTF-8, or `nil`.
package func firstInvalidUTF8(in bytes: some RandomAccessCollection<UInt8>) -> Int? {
    var index = bytes.startIndex
    var offset = 0
    func next(_ step: Int) -> UInt8? {
        guard let position = bytes.index(index, offsetBy: step, limitedBy: bytes.endIndex), position < bytes.endIndex
        else { return nil }
        return bytes[position]
    }
    func isTail(_ step: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
        next(step).map(range.contains) ?? false
    }
    while index < bytes.endIndex {
        let length: Int
        switch bytes[index] {
        case 0x00...0x7F: length = 1
        case 0xC2...0xDF where isTail(1): length = 2
        case 0xE0 where isTail(1, 0xA0...0xBF) && isTail(2): length = 3
        case 0xED where isTail(1, 0x80...0x9F) && isTail(2): length = 3
        case 0xE1...0xEC where isTail(1) && isTail(2): length = 3
        case 0xEE...0xEF where isTail(1) && isTail(2): length = 3
        case 0xF0 where isTail(1, 0x90...0xBF) && isTail(2) && isTail(3): length = 4
        case 0xF1...0xF3 where isTail(1) && isTail(2) && isTail(3): length = 4
        case 0xF4 where isTail(1, 0x80...0x8F) && isTail(2) && isTail(3): length = 4
        default: return offset
        }
        index = bytes.index(index, offsetBy: length)
        offset += length
    }
    return nil
}
