import CLibCurl

/// The transport's thread: takes batches from the inbox, keeps libcurl busy, hands over what came.
///
/// Lives on its thread alone; what is decided about tries is decided by `RetryPolicy`.
struct TransportLoop {
    /// A batch on its way. A class, so that an answer is put down without copying those before it.
    private final class Batch {
        let settings: ConnectionSettings
        let requests: [APIRequest]
        let progress: Transport.Progress?
        private let continuation: CheckedContinuation<[Transport.Outcome], Never>
        private var outcomes: [Transport.Outcome?]
        private var done = 0

        init(_ batch: TransportInbox.Batch) {
            settings = batch.settings
            requests = batch.requests
            progress = batch.progress
            continuation = batch.continuation
            outcomes = Array(repeating: nil, count: batch.requests.count)
        }

        /// - Returns: whether this was the last one.
        func complete(_ index: Int, _ outcome: Transport.Outcome) -> Bool {
            if outcomes[index] == nil { done += 1 }
            outcomes[index] = outcome
            progress?(done)
            return done == requests.count
        }

        func resume() {
            continuation.resume(returning: outcomes.map { $0 ?? .failure(.cancelled) })
        }
    }

    /// One request of a batch.
    private struct Job {
        var batch: Int
        var index: Int
        var attempt = 0
        /// When its first try began; its deadline counts from here.
        var started: ContinuousClock.Instant?
        /// How long all its tries may take; `nil` for ever.
        var time: Duration?
        /// Not to be tried before this.
        var earliest: ContinuousClock.Instant?
    }

    private let inbox: TransportInbox
    private let limits: Transport.Limits
    private var policy = RetryPolicy()
    private var batches: [Int: Batch] = [:]
    private var queue: ArraySlice<Job> = []
    /// Jobs that wait for their next try.
    private var waiting: [Job] = []
    private var running: [ObjectIdentifier: (easy: CurlEasy, job: Job)] = [:]
    private var idle: [CurlEasy] = []
    private var cancelledEarly: Set<Int> = []

    init(inbox: TransportInbox, limits: Transport.Limits) {
        self.inbox = inbox
        self.limits = limits
    }

    /// Runs until the transport is gone and nothing is under way.
    mutating func run() {
        do throws(TransportFailure) {
            let library = try CurlLibrary.shared.get()
            let multi = try CurlMulti(library: library, connections: limits.connections)
            inbox.connect(multi)
            var hasWaited = true
            while takeInbox() {
                start(multi, library)
                // Finished transfers are collected first: what follows from them starts new ones.
                var finished: [(CurlEasy, CURLcode)] = []
                // What came in meanwhile may be for any transfer; right after a look at all of them only new ones have to be
                // sent. Where that ends nothing, the next step waits and looks at all again: nothing can be missed.
                if hasWaited {
                    multi.perform { finished.append(($0, $1)) }
                } else {
                    multi.performDue { finished.append(($0, $1)) }
                }
                for (easy, code) in finished { finish(easy, code) }
                hasWaited = finished.isEmpty
                if hasWaited { multi.wait(milliseconds: waitingTime()) }
                stopCancelled(multi)
            }
            inbox.connect(nil)
        } catch let failure {
            failAll(failure)
        }
    }

    /// Without libcurl: every batch fails, until the transport is gone.
    private mutating func failAll(_ failure: TransportFailure) {
        while takeInbox() {
            for job in queue { complete(job, .failure(failure)) }
            queue = []
            // No library, nothing to wait with; batches are few.
            SystemThread.pause(milliseconds: 10)
        }
    }

    // MARK: Batches

    /// - Returns: `false` when there is nothing more to do, ever.
    private mutating func takeInbox() -> Bool {
        let content = inbox.take()
        for batch in content.batches {
            batches[batch.id] = Batch(batch)
            queue.append(contentsOf: batch.requests.indices.map { Job(batch: batch.id, index: $0) })
        }
        cancelledEarly.formUnion(content.cancelled)
        return !(content.isStopped && batches.isEmpty)
    }

    private mutating func complete(_ job: Job, _ outcome: Transport.Outcome) {
        guard let batch = batches[job.batch], batch.complete(job.index, outcome) else { return }
        batches[job.batch] = nil
        batch.resume()
    }

    private mutating func stopCancelled(_ multi: CurlMulti) {
        guard !cancelledEarly.isEmpty else { return }
        let ids = cancelledEarly.intersection(batches.keys)
        cancelledEarly = []
        guard !ids.isEmpty else { return }
        for (key, entry) in running where ids.contains(entry.job.batch) {
            multi.remove(entry.easy)
            running[key] = nil
            idle.append(entry.easy)
            complete(entry.job, .failure(.cancelled))
        }
        for job in queue + waiting where ids.contains(job.batch) { complete(job, .failure(.cancelled)) }
        queue.removeAll { ids.contains($0.batch) }
        waiting.removeAll { ids.contains($0.batch) }
    }

    // MARK: One request

    private mutating func start(_ multi: CurlMulti, _ library: CurlLibrary) {
        let now = ContinuousClock.now
        if !waiting.isEmpty {
            let ready = waiting.filter { $0.earliest.map { $0 <= now } ?? true }
            waiting.removeAll { $0.earliest.map { $0 <= now } ?? true }
            queue = ready + queue
        }
        if let closed = policy.closedUntil, closed > now { return }
        // What waits for its next try keeps its place: a server in trouble is not sent the whole queue meanwhile.
        while running.count + waiting.count < limits.inFlight, var job = queue.popFirst() {
            guard let batch = batches[job.batch] else { continue }
            job.attempt += 1
            if job.started == nil { job.time = timeOfNextRequest }
            let started = job.started ?? now
            job.started = started
            do throws(TransportFailure) {
                let easy: CurlEasy
                if let used = idle.popLast() {
                    easy = used
                } else {
                    easy = try CurlEasy(library: library, sockets: multi.sockets)
                }
                let left = job.time.map { $0 - (now - started) }
                try easy.prepare(batch.requests[job.index], batch.settings, timeout: left, limit: limits.answer)
                running[ObjectIdentifier(easy)] = (easy, job)
                multi.add(easy)
            } catch let failure {
                complete(job, .failure(failure))
            }
        }
    }

    private var timeOfNextRequest: Duration? {
        guard policy.isSilent else { return limits.requestTimeout }
        return min(limits.requestTimeout ?? RetryPolicy.timeWhenSilent, RetryPolicy.timeWhenSilent)
    }

    private mutating func finish(_ easy: CurlEasy, _ code: CURLcode) {
        guard let job = running.removeValue(forKey: ObjectIdentifier(easy))?.job, let batch = batches[job.batch],
            let started = job.started
        else { return }
        let seconds = job.time.map(Self.seconds) ?? 0
        let outcome: Transport.Outcome =
            code == CURLE_OK
            ? .success(easy.takeResponse())
            : .failure(easy.failure(code, batch.settings, seconds: seconds, limit: limits.answer))
        idle.append(easy)
        let attempt = RetryPolicy.Attempt(
            number: job.attempt,
            isRepeatable: batch.requests[job.index].isRepeatable,
            started: started,
            deadline: job.time.map { started + $0 }
        )
        settle(job, outcome, attempt)
    }

    private mutating func settle(_ job: Job, _ outcome: Transport.Outcome, _ attempt: RetryPolicy.Attempt) {
        let result: RetryPolicy.Outcome =
            switch outcome {
            case .success(let response): .answer(status: response.status, retryAfter: response.retryAfter)
            case .failure(let failure): .failure(failure)
            }
        let now = ContinuousClock.now
        switch policy.decide(result, attempt, now: now) {
        case .deliver: complete(job, outcome)
        case .deliverAndGiveUp:
            complete(job, outcome)
            giveUpQueue(outcome)
        case .retry(let wait):
            var again = job
            again.earliest = now + wait
            waiting.append(again)
        }
    }

    /// The server is gone: what was not sent yet fails with what showed it.
    private mutating func giveUpQueue(_ outcome: Transport.Outcome) {
        let failure: TransportFailure =
            switch outcome {
            case .failure(let failure) where failure.isConnectFailure && !failure.isTimeout: failure
            case .failure(let failure): .givenUp(after: failure.description)
            case .success(let response): .givenUp(after: "it answered with status \(response.status)")
            }
        let jobs = queue
        queue = []
        for job in jobs { complete(job, .failure(failure)) }
    }

    /// Until the next try is due; long when none is.
    private func waitingTime() -> Int {
        let now = ContinuousClock.now
        var next = waiting.compactMap(\.earliest).min()
        if let closed = policy.closedUntil, closed > now, !queue.isEmpty { next = min(next ?? closed, closed) }
        // Now and then, once in some hundred runs on a busy machine, libcurl 7.88 holds back a request or an answer that it has,
        // and nothing comes from outside that would end the wait; a look at all transfers finds it.
        let longest = running.isEmpty ? 60_000 : 100
        guard let next else { return longest }
        return min(longest, max(1, Int(Self.seconds(next - now) * 1000) + 1))
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
