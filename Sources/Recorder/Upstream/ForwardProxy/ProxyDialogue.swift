import NIOCore

/// What is said to a proxy before the connection through it belongs to the two ends, without any I/O.
protocol ProxyDialogue {
    /// What goes out first.
    mutating func begin() -> [UInt8]
    /// Takes what it can of the bytes that came in.
    ///
    /// - Throws: where the proxy refuses, or is none.
    mutating func receive(_ bytes: inout ByteBuffer) throws(UpstreamFailure) -> ProxyStep
}

enum ProxyStep: Hashable {
    /// More has to come in first.
    case wait
    case say([UInt8])
    /// What comes next is the other end's.
    case done
}
