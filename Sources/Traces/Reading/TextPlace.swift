import Syntax

/// Where a stretch of bytes begins in its file; places in it are found by walking it, which only an error needs.
struct TextPlace {
    var start: SourceLocation

    /// The place of a byte.
    func location(of index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> SourceLocation {
        var location = start
        for byte in bytes.prefix(index) {
            location.offset += 1
            if byte == 0x0A {
                location.line += 1
                location.column = 1
            } else if byte & 0xC0 != 0x80 {
                location.column += 1
            }
        }
        return location
    }
}

/// The first byte that does not belong to well-formed UTF-8, or `nil`. ASCII passes eight bytes at a time.
func firstInvalidUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let base = UnsafeRawPointer(bytes.baseAddress) else { return nil }
    var index = 0
    while index + 8 <= bytes.count {
        guard (base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0 else { break }
        index += 8
    }
    while index < bytes.count {
        let length = sequenceLength(bytes, index)
        guard length > 0 else { return index }
        index += length
    }
    return nil
}

/// How many bytes the well-formed sequence has that begins here; 0 where none does. Unicode 16, table 3-7.
private func sequenceLength(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
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
