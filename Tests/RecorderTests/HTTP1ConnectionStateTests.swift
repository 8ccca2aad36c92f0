import NIOHTTP1
import Testing

@testable import Recorder

/// How answers are framed on an HTTP/1 connection, and when it ends.
@Suite struct HTTP1ConnectionStateTests {
    private func state(_ method: HTTPMethod = .GET, _ version: HTTPVersion = .http1_1, _ headers: HTTPHeaders = [:])
        -> HTTP1ConnectionState
    {
        var state = HTTP1ConnectionState()
        state.begin(HTTPRequestHead(version: version, method: method, uri: "/", headers: headers))
        return state
    }

    @Test func aBodyOfUnknownLengthIsChunked() {
        var state = state()
        let head = state.answerHead(ResponseHead(status: .ok, headers: [:]))
        #expect(head.headers["transfer-encoding"] == ["chunked"])
        #expect(!state.isLast)
    }

    @Test func aKnownLengthStays() {
        var state = state()
        let head = state.answerHead(ResponseHead(status: .ok, headers: ["Content-Length": "5"]))
        #expect(head.headers["transfer-encoding"] == [])
        #expect(head.headers["content-length"] == ["5"])
    }

    @Test(arguments: [HTTPResponseStatus.noContent, .notModified])
    func someAnswersHaveNoBody(_ status: HTTPResponseStatus) {
        var state = state()
        let head = state.answerHead(ResponseHead(status: status, headers: [:]))
        #expect(head.headers["transfer-encoding"] == [])
        #expect(!state.answerHasBody)
    }

    @Test func anAnswerToHeadHasNone() {
        var state = state(.HEAD)
        let head = state.answerHead(ResponseHead(status: .ok, headers: [:]))
        #expect(head.headers["transfer-encoding"] == [])
        #expect(!state.answerHasBody)
    }

    @Test func anOldClientReadsToTheEndOfTheConnection() {
        var state = state(.GET, .http1_0, ["Connection": "keep-alive"])
        let head = state.answerHead(ResponseHead(status: .ok, headers: [:]))
        #expect(head.headers["transfer-encoding"] == [])
        #expect(head.headers["connection"] == ["close"])
        #expect(state.isLast)
    }

    @Test func interimAnswersAreNotFramed() {
        var state = state(.POST)
        let head = state.answerHead(ResponseHead(status: .continue, headers: [:]))
        #expect(head.headers.isEmpty)
    }

    @Test func theConnectionEndsAfterARequestForAnotherProtocol() {
        #expect(state(.GET, .http1_1, ["Connection": "Upgrade", "Upgrade": "websocket"]).isLast)
        #expect(state(.GET, .http1_1, ["Connection": "close"]).isLast)
        #expect(!state().isLast)
    }

    @Test func onlySoMuchIsReadOfARequestThatWasAnswered() {
        var state = state(.POST)
        _ = state.answerEnded()
        let takes = [state.takesBody(200 << 10), state.takesBody(200 << 10)]
        #expect(takes == [true, false])
    }

    @Test func theNextRequestWaits() {
        let head = HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))
        #expect(state().mustWait(head))
        #expect(!state().mustWait(.end(nil)))
        #expect(!HTTP1ConnectionState().mustWait(head))
    }

    @Test func aHalfClosedConnectionStillGetsItsAnswer() {
        var state = state()
        let isComplete = state.requestEnded()
        #expect(!isComplete)
        let awaitsAnswer = state.inputClosed()
        #expect(awaitsAnswer)
        #expect(state.isLast)
    }
}
