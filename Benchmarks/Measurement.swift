#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

import CAllocations

/// How much processor time a piece of work takes on one thread, measured in rounds so that a disturbed one is seen for what it is.
struct Measurement {
    /// What one operation took in each round, in nanoseconds, ascending.
    let rounds: [Double]
    /// Heap allocations of one operation.
    let allocations: Double

    var median: Double { rounds[rounds.count / 2] }
    var best: Double { rounds[0] }

    /// Runs `body` in five rounds of at least `settings.seconds` altogether. `body` does the number of operations that it is
    /// told and returns a number that depends on all of them, so that none can be left out.
    init(_ settings: Settings, _ body: (Int) -> Int) {
        func nanoseconds(_ count: Int) -> Double {
            let start = processorTime()
            sink &+= body(count)
            return processorTime() - start
        }
        var count = settings.count ?? 1_000
        if settings.count == nil {
            // Long enough that the clock costs nothing.
            while nanoseconds(count) < settings.seconds * 1e9 / 5 { count *= 2 }
        }
        let before = benchmarks_allocations()
        rounds = (0..<5).map { _ in nanoseconds(count) / Double(count) }.sorted()
        allocations = Double(benchmarks_allocations() - before) / Double(5 * count)
    }

    /// `11,200,000/s  89.3 ns (best 88.1)  0.0 allocations`.
    var description: String {
        "\(padded(grouped(Int(1e9 / median)) + "/s", 14))  \(padded(rounded(median), 9)) ns (best \(rounded(best)))  "
            + "\(rounded(allocations)) allocations"
    }

    struct Settings {
        /// Of one row, at least.
        var seconds = 1.0
        /// A fixed number of operations a round instead, for counting what they do.
        var count: Int?
        /// Only rows whose name contains this.
        var filter: String?
    }
}

/// Nanoseconds that this thread has run: other work on the machine does not count, though it disturbs the caches.
private func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// Where results go that nobody reads.
nonisolated(unsafe) private var sink = 0

/// Measures and prints one row, unless the settings leave it out.
@discardableResult
func report(
    _ name: String,
    _ settings: Measurement.Settings,
    against peer: Measurement? = nil,
    _ body: (Int) -> Int
) -> Measurement? {
    guard settings.filter.map(name.contains) ?? true else { return nil }
    let measurement = Measurement(settings, body)
    var line = "  " + name + String(repeating: " ", count: max(1, 72 - name.count)) + measurement.description
    if let peer { line += "  \(rounded(peer.median / measurement.median)) times the peer" }
    print(line)
    return measurement
}

private func rounded(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(grouped(tenths / 10)).\(tenths % 10)"
}

private func grouped(_ value: Int) -> String {
    var digits = String(value)
    var groups: [String] = []
    while digits.count > 3 {
        groups.insert(String(digits.suffix(3)), at: 0)
        digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
}

private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}
