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
        let scheme = "Bearer "
        guard authorization.utf8.count == scheme.utf8.count + text.utf8.count else { return false }
        guard authorization.prefix(scheme.count).lowercased() == "bearer " else { return false }
        var difference: UInt8 = 0
        for (given, own) in zip(authorization.utf8.dropFirst(scheme.utf8.count), text.utf8) {
            difference |= given ^ own
        }
        return difference == 0
    }

    package var description: String { "(hidden)" }
}
