// Texts compared as Go compares them, byte for byte. Swift's own `==` takes two spellings of one character (`é` as one scalar
// or as two) for the same; to the API server they are two names.

extension String {
    /// Whether both are the same bytes.
    package func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return withBytes { own in other.withBytes { own.isSame(as: $0) } }
    }

    /// Feeds the bytes, and where they end, to a hasher.
    package func hashBytes(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
        hasher.combine(UInt8(0xff))
    }

    /// Whether these bytes come first.
    package func precedesByBytes(_ other: String) -> Bool { byteOrder(to: other) < 0 }

    /// Negative where these bytes come before the other's, 0 where both are the same, else positive.
    package func byteOrder(to other: String) -> Int {
        withBytes { own in other.withBytes { own.order(to: $0) } }
    }

    /// Whether this is the one character `*`.
    @inline(__always)
    package var isStar: Bool { utf8.count == 1 && utf8.first == UInt8(ascii: "*") }

    /// Lends the bytes to `body`, which must not keep them. Copies only what has no contiguous storage, which no text that
    /// Swift made lacks.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) { return result }
        return Array(utf8).withUnsafeBytes(body)
    }
}

extension String? {
    /// Whether both are the same bytes, or both missing.
    package func hasSameBytes(as other: String?) -> Bool {
        guard let self, let other else { return self == nil && other == nil }
        return self.hasSameBytes(as: other)
    }
}

/// A text as a dictionary key that compares bytes.
package struct ByteKey: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.text.hasSameBytes(as: rhs.text) }

    package func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}

extension UnsafeRawBufferPointer {
    /// Negative where these bytes come before the other's, 0 where both are the same, else positive; eight at a time.
    package func order(to other: UnsafeRawBufferPointer) -> Int {
        let shared = Swift.min(count, other.count)
        var offset = 0
        while offset &+ 8 <= shared {
            let own = UInt64(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let theirs = UInt64(bigEndian: other.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            if own != theirs { return own < theirs ? -1 : 1 }
            offset &+= 8
        }
        while offset < shared {
            let difference = Int(self[offset]) - Int(other[offset])
            if difference != 0 { return difference }
            offset &+= 1
        }
        return count - other.count
    }

    /// Whether both are the same bytes; eight at a time, which is quicker than a call for names of a usual length.
    @inline(__always)
    func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        var offset = 0
        while offset &+ 8 <= count {
            let own = loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if own != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset &+= 8
        }
        while offset < count {
            if self[offset] != other[offset] { return false }
            offset &+= 1
        }
        return true
    }
}
