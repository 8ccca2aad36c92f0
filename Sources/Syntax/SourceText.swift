/// The bytes of one text file, known to be UTF-8, and the way from libyaml's marks and from byte offsets to places.
///
/// A line ends at LF, CR LF or CR, as editors have it; the other line breaks of YAML 1.1 (NEL, LS, PS) do not start a
/// new line here. Building is linear in the bytes; a text of ASCII alone keeps nothing but its line starts.
package struct SourceText: Sendable {
    package let file: String
    package let bytes: [UInt8]
    /// Bytes of a byte order mark at the start: 3 or 0.
    package let markLength: Int
    private let index: SourceIndex

    /// - Throws: `InputError` for UTF-16 and UTF-32, and at the first byte that is no UTF-8, or a NUL.
    package init(_ bytes: [UInt8], file: String) throws(InputError) {
        self.file = file
        self.bytes = bytes
        markLength = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if let encoding = Self.wideEncoding(of: bytes) {
            throw InputError(
                file: file,
                location: .start,
                message: "the file is \(encoding), and only UTF-8 is read",
                hint: "save it as UTF-8: iconv -f \(encoding) -t UTF-8"
            )
        }
        let (index, invalid) = SourceIndex.scan(bytes, from: markLength)
        self.index = index
        if let invalid { throw encodingError(at: invalid) }
    }

    /// The place of a byte; logarithmic in the length of the text.
    package func location(ofOffset offset: Int) -> SourceLocation {
        var line = 0
        return location(ofOffset: offset, near: &line)
    }

    /// The place of a byte, searched from a line (from 0) that is set to the line found.
    func location(ofOffset offset: Int, near line: inout Int) -> SourceLocation {
        let offset = max(markLength, min(offset, bytes.count))
        line = index.line(of: offset, near: line)
        let scalar = index.scalar(ofOffset: offset, in: bytes, markLength: markLength)
        let column = scalar - index.scalarsBefore(line: line, markLength: markLength)
        return SourceLocation(line: line + 1, column: column + 1, offset: offset)
    }

    /// The place of a Unicode scalar, counted from 0 after the byte order mark, which is how libyaml's marks count.
    ///
    /// - Parameter line: the line (from 0) where the search starts; set to the line found. Marks of a document come
    ///   nearly in order, so that this makes finding a line take constant time.
    func location(ofScalar scalar: Int, near line: inout Int) -> SourceLocation {
        let offset = index.offset(ofScalar: scalar, in: bytes, markLength: markLength)
        line = index.line(of: offset, near: line)
        let column = scalar - index.scalarsBefore(line: line, markLength: markLength)
        return SourceLocation(line: line + 1, column: max(0, column) + 1, offset: offset)
    }

    /// The bytes of the line that a place is in, without its line break.
    package func line(at location: SourceLocation) -> ArraySlice<UInt8> {
        let line = max(0, min(location.line - 1, index.lineStarts.count - 1))
        var end = line + 1 < index.lineStarts.count ? index.lineStarts[line + 1] : bytes.count
        let start = index.lineStarts[line]
        while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        return bytes[start..<end]
    }

    /// How many lines the text has; a line break at its very end starts a last, empty one.
    package var lineCount: Int { index.lineStarts.count }

    private static func wideEncoding(of bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        // Without a mark, text of this kind still shows by a NUL beside an ASCII character at the very start.
        guard bytes.count >= 4, bytes.count.isMultiple(of: 2) else { return nil }
        let zeros = bytes[..<4].map { $0 == 0 }
        return zeros == [true, false, true, false] || zeros == [false, true, false, true] ? "UTF-16" : nil
    }

    private func encodingError(at offset: Int) -> InputError {
        let byte = bytes[offset]
        let hex = "0x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        return InputError(
            file: file,
            location: location(ofOffset: offset),
            message: byte == 0 ? "the file holds a NUL byte" : "the file is not UTF-8: byte \(hex)",
            hint: byte == 0 ? "this looks like a binary file; give a text" : "save it as UTF-8"
        )
    }
}

/// Where lines start, and, in a text that is not ASCII, where every so many scalars stand.
struct SourceIndex: Sendable {
    /// Byte offset of each line's first byte; a byte order mark is no part of the first line.
    private(set) var lineStarts: [Int]
    /// Scalars before each line; empty in an ASCII text.
    private var lineScalars: [Int] = []
    /// Byte offset of every `stride`th scalar; empty in an ASCII text.
    private var checkpoints: [Int] = []
    private static let stride = 128

    var isASCII: Bool { checkpoints.isEmpty }

    /// Indexes the bytes up to the first that is no UTF-8, or a NUL; that one's offset is handed back.
    static func scan(_ bytes: [UInt8], from start: Int) -> (index: SourceIndex, invalid: Int?) {
        var index = SourceIndex(lineStarts: [start])
        let invalid = bytes.withUnsafeBufferPointer { index.scanLines($0, from: start) }
        if bytes[start..<(invalid ?? bytes.count)].contains(where: { $0 >= 0x80 }) {
            bytes.withUnsafeBufferPointer { index.countScalars($0, from: start, to: invalid ?? bytes.count) }
        }
        return (index, invalid)
    }

    private mutating func scanLines(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x80 {
                if byte < 0x0E {
                    if byte == 0 { return position }
                    if byte == 0x0A || (byte == 0x0D && (position + 1 == bytes.count || bytes[position + 1] != 0x0A)) {
                        lineStarts.append(position + 1)
                    }
                }
                position += 1
            } else {
                let length = UTF8Sequence.length(bytes, at: position)
                if length == 0 { return position }
                position += length
            }
        }
        return nil
    }

    private mutating func countScalars(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
        var scalars = 0
        var line = 0
        lineScalars.reserveCapacity(lineStarts.count)
        for position in start..<end where bytes[position] & 0xC0 != 0x80 {
            while line < lineStarts.count, lineStarts[line] <= position {
                lineScalars.append(scalars)
                line += 1
            }
            if scalars.isMultiple(of: Self.stride) { checkpoints.append(position) }
            scalars += 1
        }
        while lineScalars.count < lineStarts.count { lineScalars.append(scalars) }
    }

    func scalarsBefore(line: Int, markLength: Int) -> Int {
        isASCII ? lineStarts[line] - markLength : lineScalars[line]
    }

    /// The byte offset of a scalar; constant time.
    func offset(ofScalar scalar: Int, in bytes: [UInt8], markLength: Int) -> Int {
        if isASCII { return max(0, min(scalar + markLength, bytes.count)) }
        let point = max(0, min(scalar / Self.stride, checkpoints.count - 1))
        var offset = checkpoints[point]
        var left = scalar - point * Self.stride
        while left > 0, offset < bytes.count {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            left -= 1
        }
        return offset
    }

    /// How many scalars stand before a byte; logarithmic in the length of the text.
    func scalar(ofOffset offset: Int, in bytes: [UInt8], markLength: Int) -> Int {
        if isASCII { return offset - markLength }
        let point = Self.lastIndex(in: checkpoints, notAbove: offset)
        return point * Self.stride + bytes[checkpoints[point]..<offset].count { $0 & 0xC0 != 0x80 }
    }

    /// The line (from 0) that holds a byte; constant time where it is at or just after `guess`, else logarithmic.
    func line(of offset: Int, near guess: Int) -> Int {
        var line = max(0, min(guess, lineStarts.count - 1))
        if lineStarts[line] <= offset {
            for _ in 0..<4 {
                if line + 1 >= lineStarts.count || lineStarts[line + 1] > offset { return line }
                line += 1
            }
        }
        return Self.lastIndex(in: lineStarts, notAbove: offset)
    }

    /// The last of the ascending offsets that is at most `offset`; the first where none is.
    private static func lastIndex(in offsets: [Int], notAbove offset: Int) -> Int {
        var (low, high) = (0, offsets.count)
        while low + 1 < high {
            let middle = (low + high) / 2
            if offsets[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }
}

/// Well-formed UTF-8, as the Unicode Standard's table 3-7 has it.
enum UTF8Sequence {
    /// The length of the sequence at `index`, or 0 where it is not well-formed.
    static func length(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        func isTail(_ step: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            index + step < bytes.count && range.contains(bytes[index + step])
        }
        switch bytes[index] {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return isTail(1) ? 2 : 0
        case 0xE0: return isTail(1, 0xA0...0xBF) && isTail(2) ? 3 : 0
        case 0xED: return isTail(1, 0x80...0x9F) && isTail(2) ? 3 : 0
        case 0xE1...0xEF: return isTail(1) && isTail(2) ? 3 : 0
        case 0xF0: return isTail(1, 0x90...0xBF) && isTail(2) && isTail(3) ? 4 : 0
        case 0xF1...0xF3: return isTail(1) && isTail(2) && isTail(3) ? 4 : 0
        case 0xF4: return isTail(1, 0x80...0x8F) && isTail(2) && isTail(3) ? 4 : 0
        default: return 0
        }
    }

    /// The first byte that does not belong to a well-formed sequence. ASCII passes eight bytes at a time.
    static func firstInvalid(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return nil }
        var index = 0
        while index < bytes.count {
            if index + 8 <= bytes.count,
                (base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
                continue
            }
            let length = UTF8Sequence.length(bytes, at: index)
            if length == 0 { return index }
            index += length
        }
        return nil
    }
}

/// How many bytes stand before the first that does not belong to well-formed UTF-8, or `nil`; linear.
package func firstInvalidUTF8(in bytes: UnsafeBufferPointer<UInt8>) -> Int? { UTF8Sequence.firstInvalid(in: bytes) }

package func firstInvalidUTF8(in bytes: some Collection<UInt8>) -> Int? {
    bytes.withContiguousStorageIfAvailable(UTF8Sequence.firstInvalid)
        ?? Array(bytes).withUnsafeBufferPointer(UTF8Sequence.firstInvalid)
}
