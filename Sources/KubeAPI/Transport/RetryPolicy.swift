/// Decides, without any I/O, whether a request is tried again, and when the server is to be given up.
///
/// Tried again are only requests that do no harm twice: after a broken connection (reset, GOAWAY, cut answer), after
/// 429 and after 5xx, with growing waits and jitter, as long as the request's own time lasts. A connection that does
/// not come about is tried again only where the server has answered before, since a wrong address stays wrong.
struct RetryPolicy {
    /// The tries of one request, the first included, where the server names no time to wait.
    static let tries = 4
    /// With `Retry-After`; Kubernetes: `client-go/rest/with_retry.go` allows ten retries.
    static let triesWhenAsked = 11
    /// After so many requests in a row that failed in spite of all tries, the next ones get one try each.
    static let exhaustionLimit = 3

    /// What came of one try.
    enum Outcome {
        case answer(status: Int, retryAfter: Int?)
        case failure(TransportFailure)
    }

    enum Decision: Equatable {
        /// Hand over what came.
        case deliver
        /// The same, and what waits in the queue is not worth asking for.
        case deliverAndGiveUp
        case retry(after: Duration)
    }

    /// A request as far as its tries go.
    struct Attempt {
        /// From 1.
        var number: Int
        var isRepeatable: Bool
        var started: ContinuousClock.Instant
        var deadline: ContinuousClock.Instant?
    }

    private var lastSuccess: ContinuousClock.Instant?
    private var exhausted = 0
    /// Nothing new is to be sent before this: a busy server named the time.
    private(set) var closedUntil: ContinuousClock.Instant?
    /// Whether the server was given up since it says nothing, and has said nothing since.
    private(set) var isSilent = false
    /// The time of a request to such a server: it would have answered others long ago.
    static let timeWhenSilent: Duration = .seconds(1)
    /// A number from 0 up to 1; the waits of many requests are not to end at once.
    var jitter: @Sendable () -> Double = { Double.random(in: 0..<1) }

    mutating func decide(_ outcome: Outcome, _ attempt: Attempt, now: ContinuousClock.Instant) -> Decision {
        if case .answer(let status, _) = outcome, !Self.isBusyOrBroken(status) {
            lastSuccess = now
            exhausted = 0
            isSilent = false
            return .deliver
        }
        let wait = wait(outcome, attempt)
        if let wait, attempt.deadline.map({ now + wait < $0 }) ?? true {
            if case .answer(_, .some) = outcome { closedUntil = max(closedUntil ?? now, now + wait) }
            return .retry(after: wait)
        }
        exhausted += 1
        guard showsThatServerIsGone(outcome, attempt, outOfTime: wait != nil) else { return .deliver }
        if case .failure(let failure) = outcome, failure.isTimeout { isSilent = true }
        return .deliverAndGiveUp
    }

    private static func isBusyOrBroken(_ status: Int) -> Bool { status == 429 || status >= 500 }

    /// How long to wait before the next try; `nil` where there is none.
    private func wait(_ outcome: Outcome, _ attempt: Attempt) -> Duration? {
        guard attempt.isRepeatable, exhausted < Self.exhaustionLimit else { return nil }
        switch outcome {
        case .answer(let status, let retryAfter):
            // 501 and 505 to 511 say that the server cannot, not that it cannot now.
            guard [429, 500, 502, 503, 504].contains(status) else { return nil }
            if let seconds = retryAfter ?? (status == 429 ? 1 : nil) {
                guard attempt.number < Self.triesWhenAsked else { return nil }
                return .milliseconds(min(seconds, 3600) * 1000 + Int(jitter() * 300))
            }
        case .failure(let failure):
            guard failure.isTransient || failure.isConnectFailure && lastSuccess != nil else { return nil }
        }
        guard attempt.number < Self.tries else { return nil }
        let base = 100 << (attempt.number - 1)
        return .milliseconds(Int(Double(base) * (0.5 + jitter())))
    }

    /// Whether what failed for good says something about the requests that were not sent yet: there was no success
    /// while it was tried, and either no connection at all, or no answer within its time.
    private func showsThatServerIsGone(_ outcome: Outcome, _ attempt: Attempt, outOfTime: Bool) -> Bool {
        if let lastSuccess, lastSuccess >= attempt.started { return false }
        switch outcome {
        case .answer: return outOfTime
        case .failure(.cancelled), .failure(.answerTooLarge): return false
        case .failure(let failure):
            return failure.isConnectFailure || failure.isTimeout || outOfTime || exhausted >= Self.exhaustionLimit
        }
    }
}

extension TransportFailure {
    /// The connection did not come about, TLS included.
    var isConnectFailure: Bool {
        switch self {
        case .libraryMissing, .nameNotResolved, .proxyNameNotResolved, .refused, .unreachable, .connectTimedOut,
            .unknownAuthority, .wrongHost, .certificateExpired, .certificateNotYetValid, .authorityUnusable,
            .clientCertificateUnusable, .tlsFailed, .proxyFailed:
            true
        case .answerTimedOut, .connectionLost, .answerTooLarge, .failed, .givenUp, .cancelled: false
        }
    }

    var isTimeout: Bool {
        switch self {
        case .answerTimedOut, .connectTimedOut: true
        default: false
        }
    }
}
