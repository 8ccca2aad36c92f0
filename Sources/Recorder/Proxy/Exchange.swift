import NIOCore
import NIOHTTP1

/// What an exchange wants of the side that the request came from. All on one event loop.
protocol ExchangeClient: AnyObject {
    /// An interim answer, or the beginning of the answer.
    func send(_ head: ResponseHead)
    func send(_ body: ByteBuffer)
    /// The end of the answer, which goes out at once.
    func finish(_ trailers: HTTPHeaders?)
    /// Breaks the answer off, so that nobody takes it for complete.
    func abort()
    /// Ends an answer of events as a lost connection would, which client-go takes for the end of a watch and begins it anew;
    /// of a stream that is broken off it makes an error event.
    func loseWatch()
    /// What was sent goes out now.
    func flush()
    /// More of the request's body can be taken.
    func resume()
    /// Sends a 101 and becomes one end of a pipe.
    func openTunnel(_ head: ResponseHead, to connection: any UpstreamStream)
}

/// One request on its way to the server, and its answer on the way back. Carries out what `ExchangeState` decides.
final class Exchange {
    let request: RequestHead
    private let service: LoopService
    private var client: (any ExchangeClient)?
    private var connection: (any UpstreamStream)?
    private var state: ExchangeState
    private var record: CallRecord
    private var generation = 0

    /// What came of the request before there was a connection for it.
    private var waiting: [ByteBuffer] = []
    private var waitingTrailers: HTTPHeaders?
    /// Waits for the whole body.
    private var question: (([UInt8]) -> Verdict)?
    private var waitingBytes = 0

    /// No more than a server takes of one object.
    private static let questionLimit = 3 << 20

    init(_ request: RequestHead, client: any ExchangeClient, service: LoopService) {
        self.request = request
        self.client = client
        self.service = service
        state = ExchangeState(
            hasBody: request.body != .none,
            isSafe: [.GET, .HEAD, .OPTIONS].contains(request.method),
            isUpgrade: request.upgrade != nil
        )
        record = CallRecord(request)
    }

    /// Whether the answer is complete, so that the rest of the request is of no interest.
    var isAnswerComplete: Bool { state.isAnswerComplete }
    var isRequestComplete: Bool { state.isRequestComplete }
    var isFinished: Bool { state.isFinished }
    /// Whether the answer has no end of its own: a watch, or a log that is followed.
    var isLongRunning: Bool { request.isLongRunning }

    /// Whether more of the body can be taken without holding it in memory.
    var isReadyForBody: Bool {
        connection.map(\.isWritable) ?? (question != nil) || state.isAnswerComplete
    }

    // MARK: - From the client

    func begin() {
        if let refusal = service.doorkeeper.refusal(request) { return answer(refusal) }
        follow(service.authority?.judge(request) ?? .forward)
    }

    private func follow(_ verdict: Verdict) {
        switch verdict {
        case .forward: connect()
        case .answer(let refusal):
            service.log(
                record.call(status: Int(refusal.status.code), message: StatusMessage.text(Array(refusal.body.utf8)))
            )
            answer(refusal)
        case .body(let question):
            self.question = question
            askForBody()
            if state.isRequestComplete { answerQuestion() } else { client?.resume() }
        case .lookUp(let path, let next):
            service.lookUp(path) { [self] found in
                if !state.isClientGone { follow(next(found)) }
            }
        }
    }

    /// A client that asks before it sends the body is told to go on: no server is there yet who would.
    private func askForBody() {
        guard !state.isRequestComplete, waiting.isEmpty,
            request.headers.first(name: "expect")?.lowercased() == "100-continue"
        else { return }
        client?.send(ResponseHead(status: .continue, headers: [:]))
        client?.flush()
    }

    /// The body is there: what it says decides.
    private func answerQuestion() {
        guard let question else { return }
        self.question = nil
        follow(question(waiting.flatMap { Array($0.readableBytesView) }))
    }

    private func wait(_ body: ByteBuffer) {
        waiting.append(body)
        guard question != nil else { return }
        waitingBytes += body.readableBytes
        guard waitingBytes > Self.questionLimit else { return }
        question = nil
        service.authority?.note(unjudged: "a body of more than 3 MiB")
        connect()
    }

    func receive(_ body: ByteBuffer) {
        guard !state.isAnswerComplete else { return }
        record.requestContinued(body)
        if let connection { connection.send(body) } else { wait(body) }
    }

    func receiveEnd(_ trailers: HTTPHeaders?) {
        state.requestEnded()
        guard !state.isAnswerComplete else { return }
        if let connection { return connection.finish(trailers) }
        waitingTrailers = trailers
        answerQuestion()
    }

    /// The client has gone away, or takes no interest in the answer any more.
    func clientLeft() {
        guard !state.isClientGone else { return }
        if state.isAnswerPending { service.log(record.call(status: nil)) }
        state.clientLeft()
        client = nil
        connection?.cancel()
        connection = nil
    }

    func clientIsWritable(_ isWritable: Bool) { connection?.setReading(isWritable) }

    // MARK: - To the server

    private func connect() {
        service.identity { [self] identity in
            switch identity {
            case .failure(let failure): serverLost(failure, wasKept: false)
            case .success(let identity): connect(as: identity)
            }
        }
    }

    private func connect(as identity: UpstreamIdentity) {
        guard !state.isClientGone else { return }
        if identity.impersonates, let user = record.user {
            service.warn(
                "a call as `\(user)` was refused here: calls go out as somebody else already, and nobody can impersonate "
                    + "twice; --access declared judges it"
            )
            return answer(
                LocalAnswer(
                    .forbidden,
                    reason: "Forbidden",
                    message: "calls go out as somebody else already, and nobody can impersonate twice"
                )
            )
        }
        generation = identity.generation
        service.pool.lease(identity, for: purpose) { [self] result in
            switch result {
            case .failure(let failure): serverLost(failure, wasKept: false)
            case .success(let connection): start(on: connection, as: identity)
            }
        }
    }

    private var purpose: UpstreamPool.Purpose {
        if request.upgrade != nil { return .upgrade }
        return request.isLongRunning ? .watch : .short
    }

    private func start(on connection: any UpstreamStream, as identity: UpstreamIdentity) {
        guard !state.isClientGone else { return connection.release() }
        self.connection = connection
        connection.start(self, as: identity)
        for part in waiting { connection.send(part) }
        waiting.removeAll()
        if state.isRequestComplete {
            connection.finish(waitingTrailers)
        } else {
            client?.resume()
        }
    }

    // MARK: - From the server

    func serverIsWritable() { client?.resume() }

    func answerBegan(_ head: ResponseHead) {
        let action = state.answerBegan(status: Int(head.status.code), canRenew: service.canRenew)
        switch action {
        case .forwardInterim:
            client?.send(head)
            client?.flush()
        case .renewCredentials: renew()
        case .openTunnel:
            service.log(record.call(status: 101))
            guard let connection else { return }
            self.connection = nil
            client?.openTunnel(head, to: connection)
            client = nil
        case .forward, .forwardAndRenew:
            if action == .forwardAndRenew { service.renew(after: generation) {} }
            if let call = record.answerBegan(head) { service.log(call) }
            client?.send(head)
        }
    }

    func answerContinued(_ body: ByteBuffer) {
        record.answerContinued(body)
        client?.send(body)
    }

    func answerEnded(_ trailers: HTTPHeaders?) {
        if let call = record.answerEnded() { service.log(call) }
        state.answerEnded()
        finishConnection()
        client?.finish(trailers)
        client = nil
    }

    /// No more of the answer is here for now.
    func answerPaused() { client?.flush() }

    func connectionLost(_ error: (any Error)?, wasKept: Bool) {
        let failure = UpstreamFailure(error, reaching: service.target.address)
        serverLost(failure, wasKept: wasKept, isReset: error is StreamReset)
    }

    /// - Parameter isReset: the server ended this answer alone, and not the connection.
    private func serverLost(_ failure: UpstreamFailure, wasKept: Bool, isReset: Bool = false) {
        connection = nil
        switch state.serverLost(wasKept: wasKept) {
        case .ignore: break
        case .retry: connect()
        case .answerUnreachable:
            service.log(record.call(status: nil))
            service.report(failure)
            answer(LocalAnswer(unreachable: failure.description, for: request))
        case .abort:
            if let call = record.answerEnded() { service.log(call) }
            if request.isWatch, !isReset { client?.loseWatch() } else { client?.abort() }
            client = nil
        }
    }

    // MARK: - Parts

    private func renew() {
        connection?.cancel()
        connection = nil
        service.renew(after: generation) { [self] in connect() }
    }

    /// The connection is free for others, if it has taken the whole request.
    private func finishConnection() {
        if state.isRequestComplete { connection?.release() } else { connection?.cancel() }
        connection = nil
    }

    /// Answers without the server.
    private func answer(_ answer: LocalAnswer) {
        state.answerEnded()
        client?.send(answer.head)
        if request.method != .HEAD { client?.send(ByteBuffer(string: answer.body)) }
        client?.finish(nil)
        client?.resume()
        client = nil
    }
}
