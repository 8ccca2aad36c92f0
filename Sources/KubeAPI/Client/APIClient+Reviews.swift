package import RBAC
import Synchronization

extension APIClient {
    /// Whether the identity of this client may do each of these; answers in the order of the questions.
    package func selfSubjectAccessReviews(
        _ questions: [RequestAttributes],
        progress: Progress? = nil
    ) async -> [AccessAnswer] {
        await reviews(questions, .selfSubjectAccessReview, progress: progress) { AccessReviewRequest.own($0, $1) }
    }

    /// How many questions are written, sent and read together.
    private static let reviewPiece = 500

    /// Asks each question by the request made for it; of many, answers are read while others are still under way.
    ///
    /// What is asked in protobuf is asked once more in JSON where it is not understood: something that stands before the
    /// API server, or for it, may read JSON alone.
    func reviews(
        _ questions: [RequestAttributes],
        _ method: AccessAnswer.Method,
        progress: Progress?,
        _ request: @escaping AccessReviewRequest.Maker
    ) async -> [AccessAnswer] {
        let credential = connection.credentials.source
        let starts = Array(stride(from: 0, to: questions.count, by: Self.reviewPiece))
        let counts = PieceCounts(pieces: starts.count, total: progress)
        return await withTaskGroup(of: (piece: Int, answers: [AccessAnswer]).self) { group in
            for (piece, start) in starts.enumerated() {
                let questions = questions[start..<min(start + Self.reviewPiece, questions.count)]
                let requests = questions.map { request($0, .protobuf) }
                group.addTask {
                    var outcomes = await self.send(requests) { counts.report($0, of: piece) }
                    let open = outcomes.indices.filter { AccessReviewRequest.isNotUnderstood(outcomes[$0]) }
                    if !open.isEmpty {
                        let again = await self.send(open.map { request(questions[start + $0], .json) })
                        for (index, outcome) in zip(open, again) { outcomes[index] = outcome }
                    }
                    return (piece, outcomes.map { AccessAnswer($0, method, credential: credential) })
                }
                // On the one thread of a command this piece goes out before the next is written.
                await Task.yield()
            }
            var parts = Array(repeating: [AccessAnswer](), count: starts.count)
            for await (piece, answers) in group { parts[piece] = answers }
            return Array(parts.joined())
        }
    }
}

/// Adds up how many of several pieces are done.
private final class PieceCounts: Sendable {
    private let counts: Mutex<[Int]>
    private let total: APIClient.Progress?

    init(pieces: Int, total: APIClient.Progress?) {
        counts = Mutex(Array(repeating: 0, count: pieces))
        self.total = total
    }

    func report(_ done: Int, of piece: Int) {
        guard let total else { return }
        let sum = counts.withLock { counts in
            counts[piece] = done
            return counts.reduce(0, +)
        }
        total(sum)
    }
}
