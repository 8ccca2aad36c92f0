/// The one token that a run's proxy accepts.
package struct BearerToken: Sendable, CustomStringConvertible {
    /// For the child's kubeconfig, and nothing else.
    let text: String

    /// A new token of 256 random bits, in hexadecimal.
    init() {
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef".utf8)
        let bytes = (0..<64).map { _ in digits[Int(generator.next() & 15)] }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// Whether an `Authorization` header carries the token. Takes the same time for every text of one length.
    func matches(authorization: String) -> Bool {
        var (given, own) = (authorization, text)
        return given.withUTF8 { given in
            own.withUTF8 { own in
                guard given.count == Self.scheme.utf8.count + own.count else { return false }
                var difference: UInt8 = 0
                for (byte, wanted) in zip(given, Self.scheme.utf8) { difference |= byte | 0x20 ^ wanted }
                let token = given.dropFirst(Self.scheme.utf8.count)
                for (byte, wanted) in zip(token, own) { difference |= byte ^ wanted }
                return difference == 0
            }
        }
    }

    /// In lower case, as it is compared.
    private static let scheme = "bearer "

    package var description: String { "(hidden)" }
}
