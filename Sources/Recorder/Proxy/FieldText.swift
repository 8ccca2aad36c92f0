/// What may stand where in a head of HTTP. RFC 9110, 5.5 and 5.6.2; RFC 9113, 8.2.1.
enum FieldText {
    /// A method, or the name of a header: letters, digits and a few signs.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && all(text) { tokens[Int($0)] }
    }

    /// The value of a header: nothing that ends a line.
    static func isValue(_ text: String) -> Bool {
        all(text) { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    /// Path and query of a request, or `*`; without a blank.
    static func isTarget(_ text: String) -> Bool {
        (text.utf8.first == UInt8(ascii: "/") || text == "*") && all(text) { $0 > 0x20 && $0 != 0x7F }
    }

    private static let tokens: [Bool] = {
        let signs = Set("!#$%&'*+-.^_`|~".utf8)
        return (0..<256).map { byte in
            let byte = UInt8(byte)
            return signs.contains(byte) || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
        }
    }()

    private static func all(_ text: String, _ isAllowed: (UInt8) -> Bool) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { $0.allSatisfy(isAllowed) } ?? text.utf8.allSatisfy(isAllowed)
    }
}
