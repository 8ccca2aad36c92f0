/// Pauses that double, each off by up to a fifth, so that many clients do not come back in step.
struct Backoff: Sendable {
    let first: Duration
    let most: Duration
    private var failures = 0

    init(first: Duration, most: Duration) {
        self.first = first
        self.most = most
    }

    mutating func next() -> Duration {
        let pause = min(first * (1 << min(failures, 20)), most)
        failures += 1
        let (seconds, attoseconds) = (pause * Double.random(in: 0.8...1.2)).components
        return .milliseconds(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    mutating func reset() { failures = 0 }
}
