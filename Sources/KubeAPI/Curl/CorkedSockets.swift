import CLibCurl

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The sockets of a `CurlMulti`, so that what it sends in one go leaves in one piece.
///
/// libcurl writes each request of an HTTP/2 connection on its own, and the server wakes up for each; with the socket
/// corked (Linux, `tcp(7)`) many requests arrive together. Belongs to the transport's thread, as the handles do.
final class CorkedSockets {
    /// With more connections than this, uncorking all of them costs more than it saves.
    private static let most = 2
    private var open: Set<Int32> = []

    func opened(_ socket: Int32) { open.insert(socket) }
    func closed(_ socket: Int32) { open.remove(socket) }

    /// Runs the body with all sockets corked.
    func together<Result>(_ body: () -> Result) -> Result {
        guard open.count <= Self.most else { return body() }
        setCork(true)
        defer { setCork(false) }
        return body()
    }

    private func setCork(_ isCorked: Bool) {
        #if os(Linux)
            var value: Int32 = isCorked ? 1 : 0
            for socket in open {
                setsockopt(socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
            }
        #endif
    }

    /// For CURLOPT_SOCKOPTFUNCTION.
    static let socketOpened: swiftop_socket_callback = { context, socket, _ in
        guard let context else { return 0 }
        Unmanaged<CorkedSockets>.fromOpaque(context).takeUnretainedValue().opened(socket)
        return 0
    }

    /// For CURLOPT_CLOSESOCKETFUNCTION.
    static let closeSocket: swiftop_close_callback = { context, socket in
        if let context { Unmanaged<CorkedSockets>.fromOpaque(context).takeUnretainedValue().closed(socket) }
        return close(socket)
    }
}
