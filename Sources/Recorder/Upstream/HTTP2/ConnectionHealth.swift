import NIOCore

/// Notices that nothing comes from a server any more. client-go: `HTTP2_READ_IDLE_TIMEOUT_SECONDS` and
/// `HTTP2_PING_TIMEOUT_SECONDS`, with the same times.
final class ConnectionHealth {
    enum Question {
        /// To be asked with a PING.
        case isThere
        /// It did not answer.
        case isGone
    }

    private let eventLoop: any EventLoop
    private let ask: (Question) -> Void
    private var lastHeard: NIODeadline
    private var next: Scheduled<Void>?

    /// Silence after which it is asked.
    static let silence = TimeAmount.seconds(30)
    /// The answer comes within this time.
    static let limit = TimeAmount.seconds(15)

    init(_ eventLoop: any EventLoop, ask: @escaping (Question) -> Void) {
        self.eventLoop = eventLoop
        self.ask = ask
        lastHeard = eventLoop.now
    }

    func start() { wait(Self.silence) }

    func stop() {
        next?.cancel()
        next = nil
    }

    func heard() { lastHeard = eventLoop.now }

    private func wait(_ time: TimeAmount) {
        next = eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in look() }
    }

    private func look() {
        let quiet = eventLoop.now - lastHeard
        if quiet < Self.silence { return wait(Self.silence - quiet) }
        if quiet >= Self.silence + Self.limit { return ask(.isGone) }
        ask(.isThere)
        wait(Self.limit)
    }
}
