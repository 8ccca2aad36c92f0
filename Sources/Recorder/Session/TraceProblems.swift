import Synchronization
import Syntax

/// What goes wrong with the trace of a run, each said once: while the command runs, or at the end.
final class TraceProblems: Sendable {
    private let told = Mutex<Set<String>>([])
    private let say: @Sendable (String) -> Void

    init(say: @escaping @Sendable (String) -> Void) { self.say = say }

    func tell(_ problem: InputError) {
        let text = problem.description
        if told.withLock({ $0.insert(text).inserted }) { say(text) }
    }
}
