import Dispatch
import Synchronization

/// Runs a command's tasks on the thread that the process began with.
///
/// A short command waits more for threads to be made and woken than they could save it: what it does at once is waiting for
/// answers, and those come from the transport's own thread. Tasks that stand alone (`Task { … }`) keep to the
/// threads of the concurrency library.
final class MainThreadExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let waiting = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        waiting.signal()
    }

    /// Runs `body` and what it starts, until it ends the process.
    func run(_ body: @escaping @Sendable () async -> Never) -> Never {
        Task(executorPreference: self) { await body() }
        while true {
            waiting.wait()
            let job = jobs.withLock { $0.removeFirst() }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
