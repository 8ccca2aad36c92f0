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
