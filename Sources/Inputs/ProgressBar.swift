import Synchronization

/// A bar with counts on the terminal behind standard error, while reviews take longer than half a second.
///
/// Reviews of several identities and clusters add up to one bar. It is gone when the last of them is answered, so that
/// nothing is left of it between what is printed.
package final class ProgressBar: Sendable {
    private struct State {
        /// Answered and asked for, of each task.
        var tasks: [(done: Int, total: Int)] = []
        var open = 0
        var isDrawn = false
        var lastDrawn = ContinuousClock.now
        var painter: Task<Void, Never>?
    }

    private static let delay: Duration = .milliseconds(500)
    private static let period: Duration = .milliseconds(100)

    private let state = Mutex(State())
    private let write: @Sendable (String) -> Void

    /// - Parameter write: puts text on the terminal as it is.
    package init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    /// The part of a bar that one set of questions moves.
    package struct Part: Sendable {
        fileprivate let bar: ProgressBar
        fileprivate let index: Int

        /// Takes the number of questions that are answered; may be called from any thread.
        package var report: @Sendable (Int) -> Void {
            { [bar, index] done in bar.state.withLock { $0.tasks[index].done = max($0.tasks[index].done, done) } }
        }

        /// All of them are.
        package func end() { bar.end(index) }
    }

    package func begin(_ total: Int) -> Part {
        state.withLock { state in
            state.tasks.append((0, total))
            state.open += 1
            if state.painter == nil { state.painter = paint() }
            return Part(bar: self, index: state.tasks.count - 1)
        }
    }

    private func end(_ index: Int) {
        state.withLock { state in
            state.tasks[index].done = state.tasks[index].total
            state.open -= 1
            guard state.open == 0 else { return }
            state.painter?.cancel()
            state.painter = nil
            if state.isDrawn { write("\r\u{1B}[K") }
            state.isDrawn = false
        }
    }

    /// Draws from time to time until cancelled; under the lock, so that nothing is drawn after the end.
    private func paint() -> Task<Void, Never> {
        Task {
            try? await Task.sleep(for: Self.delay)
            while !Task.isCancelled {
                state.withLock { state in
                    guard state.open > 0, !Task.isCancelled else { return }
                    write("\r" + Self.line(state.tasks) + "\u{1B}[K")
                    state.isDrawn = true
                }
                try? await Task.sleep(for: Self.period)
            }
        }
    }

    /// `asking the API server [=========>          ] 213 of 500`
    package static func line(_ tasks: [(done: Int, total: Int)]) -> String {
        let width = 20
        let total = tasks.reduce(0) { $0 + $1.total }
        let done = tasks.reduce(0) { $0 + $1.done }
        let filled = total == 0 ? 0 : done * width / total
        let tip = filled < width ? ">" : ""
        let rest = String(repeating: " ", count: width - filled - tip.count)
        return "asking the API server [\(String(repeating: "=", count: filled))\(tip)\(rest)] \(done) of \(total)"
    }
}
