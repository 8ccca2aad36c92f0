package import Diagnosis
import RBAC
import Synchronization
import Syntax
import Traces

/// Says of each new refusal, the moment it happens, what was refused, why, and what mends it; counts the others.
///
/// Explaining may ask the cluster, so it happens in a task of its own, in order. What comes meanwhile is explained together.
package final class LiveExplainer: Sendable {
    private struct State {
        var diagnosis: RunDiagnosis
        var book = RefusalBook(at: .now)
        var explained: [Int: ExplainReport.Refusal] = [:]
        var waiting: [Int] = []
        var worker: Task<Void, Never>?
    }

    private let state: Mutex<State>
    private let tell: @Sendable (ExplainedCall) -> Void

    /// - Parameter tell: takes what is new, one after the other.
    package init(_ diagnosis: RunDiagnosis, tell: @escaping @Sendable (ExplainedCall) -> Void) {
        state = Mutex(State(diagnosis: diagnosis))
        self.tell = tell
    }

    func observed(_ call: ObservedCall, owners: [RequestAttributes]) {
        guard let status = call.status, [401, 403, 404].contains(status) else {
            return state.withLock { $0.book.progressed(call, at: .now) }
        }
        guard let request = try? RequestInfo.resolve(method: call.method, url: call.target) else { return }
        let refused = RefusedCall(
            request.attributes,
            isInformer: request.isInformer,
            status: status,
            message: call.message ?? "",
            owners: owners
        )
        state.withLock { state in
            guard let place = state.book.add(refused) else { return }
            state.waiting.append(place)
            if state.worker == nil { state.worker = Task { await self.work() } }
        }
    }

    /// From here on other manifests explain.
    package func replace(_ input: CheckInput) { state.withLock { $0.diagnosis.input = input } }

    /// How many calls were refused.
    package var refusedCalls: Int { state.withLock { $0.book.count } }

    /// All that was refused and explained, in order; waits for what is still being explained.
    package func finish() async -> [ExplainedCall] {
        while let worker = state.withLock({ $0.worker }) { await worker.value }
        return state.withLock { state in
            state.book.entries.enumerated().compactMap { place, entry in
                state.explained[place].map { ExplainedCall(call: entry.call, refusal: $0, count: entry.count) }
            }
        }
    }

    /// Explains anew, by the manifests as they are now, what the manifests before did not grant.
    ///
    /// - Returns: how many refusals are mended, and how many are not.
    package func explainAgain() async -> (mended: [ExplainedCall], left: [ExplainedCall]) {
        let before = await finish().filter { !$0.refusal.locations.isEmpty }
        guard !before.isEmpty else { return ([], []) }
        let diagnosis = state.withLock { $0.diagnosis }
        guard let now = try? await diagnosis.explain(before.map(\.call)) else { return ([], before) }
        var (mended, left): ([ExplainedCall], [ExplainedCall]) = ([], [])
        for (old, refusal) in zip(before, now) {
            guard let refusal, !refusal.locations.isEmpty else {
                mended.append(old)
                continue
            }
            left.append(ExplainedCall(call: old.call, refusal: refusal, count: old.count))
        }
        state.withLock { $0.book.forget(mended.map(\.call)) }
        return (mended, left)
    }

    /// Says once where nothing but refusals has come for half a minute after an informer's list was refused. Until it is
    /// cancelled.
    package func watchForStandstill(_ say: @Sendable (RefusedCall) -> Void) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            guard !Task.isCancelled, let list = standstill else { continue }
            return say(list)
        }
    }

    /// What the run waited for, where it stood still.
    package var standstill: RefusedCall? { state.withLock { $0.book.standstill(at: .now) } }

    /// An informer's list that was refused.
    package var refusedList: RefusedCall? { state.withLock { $0.book.refusedList } }

    /// By what refusals are explained now.
    package var diagnosis: RunDiagnosis { state.withLock { $0.diagnosis } }

    // MARK: - Explaining

    private func work() async {
        while let (diagnosis, batch) = next() {
            let refusals = await explain(batch.map(\.call), diagnosis)
            for ((place, call), refusal) in zip(batch, refusals) {
                guard let refusal else {
                    state.withLock { $0.book.doubt(place) }
                    continue
                }
                let count = state.withLock { state in
                    state.explained[place] = refusal
                    return state.book.entries[place].count
                }
                tell(ExplainedCall(call: call, refusal: refusal, count: count))
            }
        }
    }

    /// What waits; where nothing does, the worker is gone.
    private func next() -> (RunDiagnosis, [(place: Int, call: RefusedCall)])? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.worker = nil
                return nil
            }
            defer { state.waiting.removeAll() }
            return (state.diagnosis, state.waiting.map { ($0, state.book.entries[$0].call) })
        }
    }

    /// Where it cannot be told whose access is meant, the server's words are explained by themselves.
    private func explain(_ calls: [RefusedCall], _ diagnosis: RunDiagnosis) async -> [ExplainReport.Refusal?] {
        do throws(InputError) {
            return try await diagnosis.explain(calls)
        } catch { return calls.map { $0.refusal(.builtin) } }
    }
}
