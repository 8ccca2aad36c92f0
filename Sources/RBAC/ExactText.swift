/// Text that is equal to another only byte for byte, as the API server compares.
///
/// Swift's own `==` holds two spellings of one character for the same (`é` as one scalar or as two); to the API server
/// they are two names.
package struct ExactText: Hashable, Sendable {
    package var text: String

    package init(_ text: String) { self.text = text }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.text.isExactly(rhs.text) }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xff))
    }
}

extension String {
    /// Whether both are the same bytes.
    package func isExactly(_ other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }

    /// Whether the bytes start with those of `prefix`.
    package func startsExactly(with prefix: some Collection<UInt8>) -> Bool {
        utf8.starts(with: prefix)
    }
}

extension [String] {
    /// Whether an element is the same bytes.
    package func containsExactly(_ text: String) -> Bool {
        contains { $0.isExactly(text) }
    }
}
