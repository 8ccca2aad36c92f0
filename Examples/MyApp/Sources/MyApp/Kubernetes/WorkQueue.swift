/// Keys to reconcile: each once, however often it was added, and never two at a time for one key.
///
/// What failed is added with a pause that doubles, and all together come out at a bounded rate, so that an operator with
/// a mistake in it does not fall upon the API server.
actor WorkQueue<Key: Hashable & Sendable> {
    private static var keysPerSecond: Double { 50 }

    private var waiting: [Key] = []
    /// Waiting, or added again while being worked on.
    private var dirty: Set<Key> = []
    private var processing: Set<Key> = []
    private var backoffs: [Key: Backoff] = [:]
    private var takers: [CheckedContinuation<Key?, Never>] = []
    private var nextTake = ContinuousClock.now
    private var isShutDown = false

    /// Adds a key, unless it waits already.
    func add(_ key: Key) {
        guard !isShutDown, dirty.insert(key).inserted, !processing.contains(key) else { return }
        put(key)
    }

    func add(_ key: Key, after pause: Duration) {
        Task {
            try? await Task.sleep(for: pause)
            add(key)
        }
    }

    /// Adds what failed.
    ///
    /// - Returns: the pause before it comes again.
    @discardableResult
    func addAfterFailure(_ key: Key) -> Duration {
        let pause = backoffs[key, default: Backoff(first: .milliseconds(50), most: .seconds(300))].next()
        add(key, after: pause)
        return pause
    }

    /// It worked: the next failure begins with the shortest pause again.
    func forget(_ key: Key) { backoffs[key] = nil }

    /// The next key, at the rate of the queue; `nil` once the queue is shut down. Ends with `done`.
    func next() async -> Key? {
        let now = ContinuousClock.now
        let turn = max(now, nextTake)
        nextTake = turn + .seconds(1 / Self.keysPerSecond)
        if turn > now { try? await Task.sleep(until: turn) }
        guard !isShutDown else { return nil }
        if waiting.isEmpty { return await withCheckedContinuation { takers.append($0) } }
        return take(waiting.removeFirst())
    }

    /// The key that was taken may be taken again.
    func done(_ key: Key) {
        processing.remove(key)
        if dirty.contains(key), !isShutDown { put(key) }
    }

    func shutDown() {
        isShutDown = true
        for taker in takers { taker.resume(returning: nil) }
        takers = []
    }

    private func put(_ key: Key) {
        guard !takers.isEmpty else { return waiting.append(key) }
        takers.removeFirst().resume(returning: take(key))
    }

    private func take(_ key: Key) -> Key {
        dirty.remove(key)
        processing.insert(key)
        return key
    }
}
