/// Where one request and its answer stand, without any I/O: told what happened, it says what is to be done.
struct ExchangeState {
    enum AnswerAction: Equatable {
        /// An answer before the answer, such as 100 Continue.
        case forwardInterim
        case forward
        /// Both sides turn into a pipe.
        case openTunnel
        /// The credentials were refused; the same request goes out again with newer ones.
        case renewCredentials
        /// They were refused, and the request cannot go out again: the next one is to have newer ones.
        case forwardAndRenew
    }

    enum LossAction: Equatable {
        /// The server closed a connection that it had kept for us; the request goes out on another.
        case retry
        /// The client is told that the server cannot be reached.
        case answerUnreachable
        /// Part of the answer is on its way: all that is left is to break it off.
        case abort
        case ignore
    }

    private enum Answer { case pending, streaming, complete }

    private(set) var isRequestComplete: Bool
    private(set) var isClientGone = false
    private var answer = Answer.pending
    private let hasBody: Bool
    private let isSafe: Bool
    private let isUpgrade: Bool
    private var retries = 0
    private var hasRenewed = false

    /// A kept connection may break more than once: a restarted server closes all of them.
    private static let maximumRetries = 8

    /// - Parameters:
    ///   - hasBody: what was sent of a body cannot be sent again.
    ///   - isSafe: it changes nothing, so that it does no harm if the server sees it twice.
    init(hasBody: Bool, isSafe: Bool = true, isUpgrade: Bool = false) {
        isRequestComplete = !hasBody
        self.hasBody = hasBody
        self.isSafe = isSafe
        self.isUpgrade = isUpgrade
    }

    var isAnswerComplete: Bool { answer == .complete }
    var isAnswerPending: Bool { answer == .pending }
    var isFinished: Bool { isClientGone || isRequestComplete && isAnswerComplete }

    mutating func requestEnded() { isRequestComplete = true }

    mutating func clientLeft() { isClientGone = true }

    /// The server's answer begins.
    mutating func answerBegan(status: Int, canRenew: Bool) -> AnswerAction {
        if status == 101, isUpgrade {
            answer = .complete
            return .openTunnel
        }
        if status < 200 { return .forwardInterim }
        if status == 401, canRenew, !hasBody, !hasRenewed {
            hasRenewed = true
            return .renewCredentials
        }
        answer = .streaming
        return status == 401 && canRenew && !hasRenewed ? .forwardAndRenew : .forward
    }

    mutating func answerEnded() { answer = .complete }

    /// The connection to the server is gone, or did not come about.
    ///
    /// - Parameter wasKept: it served a request before, and was closed before it answered this one.
    mutating func serverLost(wasKept: Bool) -> LossAction {
        if isClientGone { return .ignore }
        switch answer {
        case .complete: return .ignore
        case .streaming:
            answer = .complete
            return .abort
        case .pending:
            if wasKept, !hasBody, isSafe, retries < Self.maximumRetries {
                retries += 1
                return .retry
            }
            return .answerUnreachable
        }
    }
}
