package import Syntax
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Records calls to a trace: counts them in memory, and keeps the file up to date twice a second.
///
/// Counting never waits for the disk and never fails. Where the file cannot be written, that is told once, the calls stay
/// in memory, and writing is tried again until it works; then a new failure is told again.
package final class TraceRecording: Sendable {
    private struct State: ~Copyable {
        var tally = CallTally()
        var writer: Task<Void, Never>?
        var isClosed = false
    }

    private struct Output {
        var file: TraceFile
        var hasFailed = false
    }

    private static let interval = Duration.milliseconds(500)
    /// At the end another writer is waited for, up to a second.
    private static let lastAttempts = 100

    private let state = Mutex(State())
    private let output: Mutex<Output>
    private let onFailure: @Sendable (InputError) -> Void

    /// Nothing is opened, and nothing written, before the first call.
    ///
    /// - Parameters:
    ///   - tool: who records, for the header.
    ///   - onFailure: told where the trace cannot be written, from a task of the recording; once, until it worked again.
    package init(
        path: String,
        existing: ExistingTrace,
        tool: String,
        onFailure: @escaping @Sendable (InputError) -> Void
    ) {
        self.output = Mutex(Output(file: TraceFile(path: path, existing: existing, tool: tool)))
        self.onFailure = onFailure
    }

    deinit {
        guard !state.withLock({ $0.isClosed }) else { return }
        do throws(InputError) { try close() } catch { onFailure(error) }
    }

    /// Counts a request by its line as sent: `GET`, and the path with its query.
    package func record(
        method: some StringProtocol,
        target: String,
        status: Int?,
        userAgent: String? = nil
    ) {
        let now = Int64(time(nil))
        change { $0.count(method: method, target: target, status: status, userAgent: userAgent, at: now) }
    }

    /// Counts a call that was resolved elsewhere, or notes what is implied by one.
    ///
    /// - Parameter message: what the API server said where it refused; the first is kept.
    package func record(_ call: RecordedCall, message: String? = nil) {
        let now = Int64(time(nil))
        change { $0.count(call, message: message, at: now) }
    }

    /// What was recorded so far; O(n log n).
    package var requirements: RequirementSet {
        RequirementSet(state.withLock { $0.tally.records }.map(\.requirement))
    }

    /// Writes what the file does not hold yet.
    ///
    /// - Throws: `InputError` that names the file and the reason.
    package func flush() throws(InputError) { try flush(attempts: Self.lastAttempts) }

    /// Writes the rest and ends the recording; later calls are not recorded. A second time it does nothing.
    ///
    /// A recording that saw no call leaves a trace that says so, unless a trace is there already.
    ///
    /// - Throws: `InputError` that names the file and the reason.
    package func close() throws(InputError) {
        let writer = state.withLock { state in
            state.isClosed = true
            return state.writer.take()
        }
        writer?.cancel()
        try flush(attempts: Self.lastAttempts)
        let result = output.withLock { output in
            Result { () throws(InputError) in
                try output.file.writeHeader()
                output.file.close()
            }
        }
        try result.get()
    }

    // MARK: - Writing

    private func change(_ body: (inout CallTally) -> Void) {
        state.withLock { state in
            guard !state.isClosed else { return }
            body(&state.tally)
            if state.writer == nil { state.writer = startWriting() }
        }
    }

    private func startWriting() -> Task<Void, Never> {
        Task.detached(priority: .utility) { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                guard let self else { return }
                self.flushOrTell()
            }
        }
    }

    private func flushOrTell() {
        do throws(InputError) {
            try flush(attempts: 1, unlessClosed: true)
        } catch {
            let isNew = output.withLock { output in
                defer { output.hasFailed = true }
                return !output.hasFailed
            }
            if isNew { onFailure(error) }
        }
    }

    /// - Parameter unlessClosed: leaves the file alone once the recording has ended, for the process may end while it writes,
    ///   and leave half a line.
    private func flush(attempts: Int, unlessClosed: Bool = false) throws(InputError) {
        let result = output.withLock { output in
            Result { () throws(InputError) in
                if unlessClosed, state.withLock({ $0.isClosed }) { return }
                output.file.take(state.withLock { $0.tally.takeChanges() })
                let isWritten = try output.file.write(attempts: attempts)
                // What another writer delays is written the next time; at the end there is none.
                if !isWritten, attempts > 1 { throw output.file.isHeld }
                output.hasFailed = false
            }
        }
        try result.get()
    }
}
