import NIOCore
import NIOEmbedded
import Testing

@testable import Recorder

/// When a server is asked whether it is still there, and when it is given up; in a time of the test's own.
@Suite struct ConnectionHealthTests {
    private let eventLoop = EmbeddedEventLoop()
    private final class Questions { var asked: [ConnectionHealth.Question] = [] }

    private func start(_ questions: Questions) -> ConnectionHealth {
        let health = ConnectionHealth(eventLoop) { questions.asked.append($0) }
        health.start()
        return health
    }

    @Test func silenceIsAskedAbout() {
        let questions = Questions()
        let health = start(questions)
        eventLoop.advanceTime(by: .seconds(29))
        health.heard()
        eventLoop.advanceTime(by: .seconds(29))
        #expect(questions.asked.isEmpty)
        eventLoop.advanceTime(by: .seconds(1))
        #expect(questions.asked == [.isThere])
        health.heard()
        eventLoop.advanceTime(by: .seconds(29))
        #expect(questions.asked == [.isThere])
    }

    @Test func aServerThatDoesNotAnswerIsGone() {
        let questions = Questions()
        let health = start(questions)
        eventLoop.advanceTime(by: .seconds(45))
        #expect(questions.asked == [.isThere, .isGone])
        eventLoop.advanceTime(by: .seconds(1000))
        #expect(questions.asked == [.isThere, .isGone])
        health.stop()
    }

    @Test func aConnectionThatHasEndedIsNotAskedAbout() {
        let questions = Questions()
        start(questions).stop()
        eventLoop.advanceTime(by: .seconds(1000))
        #expect(questions.asked.isEmpty)
    }
}
