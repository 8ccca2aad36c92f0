import Synchronization

/// Sends requests over one set of connections to one server, from a thread of its own.
///
/// The thread, libcurl and the connection come with the first request, or with `prepare()`. No task of the cooperative
/// pool ever waits for the network: callers are suspended until their answers are there.
package final class Transport: Sendable {
    /// What one request came to.
    package typealias Outcome = Result<APIResponse, TransportFailure>
    /// Called on the transport's thread with the number of requests of the batch that are done; must be quick.
    package typealias Progress = @Sendable (Int) -> Void

    /// The bounds of a transport.
    package struct Limits: Sendable {
        /// Requests under way at the same time.
        package var inFlight = 64
        /// Connections where the server does not multiplex.
        package var connections = 16
        /// Bytes of one answer.
        package var answer = 256 << 20
        /// The time of one request, all its tries included; `nil` for no limit.
        package var requestTimeout: Duration? = .seconds(30)

        package init() {}
    }

    private let inbox: TransportInbox
    private let limits: Limits

    package init(limits: Limits = Limits()) {
        self.limits = limits
        inbox = TransportInbox()
    }

    deinit {
        inbox.stop()
    }

    /// Opens libcurl on a thread of its own, for a transport that is about to be made.
    package static func openLibrary() {
        SystemThread.start { _ = CurlLibrary.shared }
    }

    /// Starts the thread and opens libcurl, so that the first request need not wait for that.
    package func prepare() {
        guard inbox.claimStart() else { return }
        let inbox = inbox
        let limits = limits
        SystemThread.start {
            var loop = TransportLoop(inbox: inbox, limits: limits)
            loop.run()
        }
    }

    /// Sends requests, at most `limits.inFlight` at the same time, and returns what came of each, in their order.
    ///
    /// A cancelled task gets `.cancelled` for what was not answered yet.
    package func send(
        _ requests: [APIRequest],
        _ settings: ConnectionSettings,
        progress: Progress? = nil
    ) async -> [Outcome] {
        guard !requests.isEmpty else { return [] }
        prepare()
        let id = inbox.nextIdentifier()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                inbox.submit(
                    TransportInbox.Batch(
                        id: id,
                        requests: requests,
                        settings: settings,
                        progress: progress,
                        continuation: continuation
                    )
                )
            }
        } onCancel: {
            inbox.cancel(id)
        }
    }

    /// Sends one request.
    package func send(_ request: APIRequest, _ settings: ConnectionSettings) async -> Outcome {
        await send([request], settings).first ?? .failure(.cancelled)
    }
}

/// What callers put down for the transport's thread; the only state that both sides touch.
final class TransportInbox: Sendable {
    struct Batch {
        var id: Int
        var requests: [APIRequest]
        var settings: ConnectionSettings
        var progress: Transport.Progress?
        var continuation: CheckedContinuation<[Transport.Outcome], Never>
    }

    /// What the thread finds when it looks.
    struct Content {
        var batches: [Batch] = []
        var cancelled: [Int] = []
        var isStopped = false
    }

    private struct State {
        var content = Content()
        var isStarted = false
        var lastIdentifier = 0
        var multi: CurlMulti?
    }

    private let state = Mutex(State())

    /// Whether the caller is the one to start the thread.
    func claimStart() -> Bool {
        state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
    }

    func nextIdentifier() -> Int {
        state.withLock { state in
            state.lastIdentifier += 1
            return state.lastIdentifier
        }
    }

    func submit(_ batch: Batch) { change { $0.batches.append(batch) } }

    /// Before or after the batch is taken; the thread holds on to identifiers that it does not know yet.
    func cancel(_ id: Int) { change { $0.cancelled.append(id) } }

    func stop() { change { $0.isStopped = true } }

    /// What was put down since the last look.
    func take() -> Content {
        state.withLock { state in
            defer { state.content = Content(isStopped: state.content.isStopped) }
            return state.content
        }
    }

    /// From here on a change wakes the thread.
    func connect(_ multi: CurlMulti?) {
        state.withLock { $0.multi = multi }
    }

    private func change(_ change: (inout Content) -> Void) {
        // Under the lock, so that nobody but the thread is ever the last to hold the handle: it is closed there, before
        // the transfers that it shares connections with.
        state.withLock { state in
            change(&state.content)
            state.multi?.wakeUp()
        }
    }
}
