import CLibCurl

/// Many transfers at once over few connections. Connections stay open for the next request.
///
/// All members belong to one thread, except `wakeUp()`, which libcurl allows from any.
final class CurlMulti: @unchecked Sendable {
    private let library: CurlLibrary
    private let handle: CurlLibrary.Handle
    /// Its connections; libcurl tells of the last of them while the handle is closed.
    let sockets = CorkedSockets()
    private var transfers: [CurlLibrary.Handle: CurlEasy] = [:]

    /// - Parameter connections: at most this many where the server does not multiplex.
    init(library: CurlLibrary, connections: Int) throws(TransportFailure) {
        guard let handle = library.multiInit() else { throw .libraryMissing(detail: "it gives no handle") }
        self.library = library
        self.handle = handle
        set(CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        set(CURLMOPT_MAX_HOST_CONNECTIONS, connections)
        set(CURLMOPT_MAX_CONCURRENT_STREAMS, 128)
    }

    deinit {
        for transfer in transfers.values { _ = library.multiRemove(handle, transfer.handle) }
        transfers = [:]
        _ = library.multiCleanup(handle)
    }

    private func set(_ option: CURLMoption, _ value: Int) {
        _ = swiftop_multi_setopt_long(library.multiSetOption, handle, option, value)
    }

    /// Starts a transfer; the handle is kept until it is finished or removed.
    func add(_ easy: CurlEasy) {
        transfers[easy.handle] = easy
        _ = library.multiAdd(handle, easy.handle)
    }

    /// Ends a transfer before its time.
    func remove(_ easy: CurlEasy) {
        _ = library.multiRemove(handle, easy.handle)
        transfers[easy.handle] = nil
    }

    /// Does what can be done without waiting, and hands over the transfers that came to their end.
    func perform(finished: (CurlEasy, CURLcode) -> Void) {
        var running: Int32 = 0
        sockets.together { _ = library.multiPerform(handle, &running) }
        collect(finished)
    }

    /// Does it only for the transfers that are due: those that were added since the last time, and those that something came
    /// for while another was served. `perform` looks at each of them, and asks the system about its socket.
    func performDue(finished: (CurlEasy, CURLcode) -> Void) {
        var running: Int32 = 0
        sockets.together { _ = library.multiSocketAction(handle, CURL_SOCKET_TIMEOUT, 0, &running) }
        collect(finished)
    }

    private func collect(_ finished: (CurlEasy, CURLcode) -> Void) {
        var left: Int32 = 0
        while let message = library.multiInfoRead(handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let raw = message.pointee.easy_handle,
                let easy = transfers[raw]
            else { continue }
            let code = swiftop_message_result(message)
            remove(easy)
            finished(easy, code)
        }
    }

    /// Waits for something to happen on a connection, for `wakeUp`, or for the time to pass.
    func wait(milliseconds: Int) {
        _ = library.multiPoll(handle, nil, 0, Int32(clamping: milliseconds), nil)
    }

    /// Ends a `wait` at once, from any thread.
    func wakeUp() {
        _ = library.multiWakeup(handle)
    }
}
