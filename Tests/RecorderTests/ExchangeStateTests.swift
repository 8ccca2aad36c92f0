import Testing

@testable import Recorder

/// What is to be done about an answer, and about a connection that breaks, by where the exchange stands.
@Suite struct ExchangeStateTests {
    private func expect<Action: Equatable>(
        _ state: inout ExchangeState,
        _ action: Action,
        after step: (inout ExchangeState) -> Action,
        location: SourceLocation = #_sourceLocation
    ) {
        let result = step(&state)
        #expect(result == action, sourceLocation: location)
    }

    @Test func anAnswerIsForwarded() {
        var state = ExchangeState(hasBody: false)
        expect(&state, ExchangeState.AnswerAction.forward) { $0.answerBegan(status: 200, canRenew: true) }
        state.answerEnded()
        #expect(state.isFinished)
    }

    @Test func interimAnswersComeBeforeTheAnswer() {
        var state = ExchangeState(hasBody: true)
        expect(&state, ExchangeState.AnswerAction.forwardInterim) { $0.answerBegan(status: 100, canRenew: false) }
        #expect(state.isAnswerPending)
        expect(&state, ExchangeState.AnswerAction.forward) { $0.answerBegan(status: 201, canRenew: false) }
    }

    @Test func anEarlyAnswerWaitsForTheRequest() {
        var state = ExchangeState(hasBody: true)
        _ = state.answerBegan(status: 413, canRenew: false)
        state.answerEnded()
        #expect(!state.isFinished)
        state.requestEnded()
        #expect(state.isFinished)
    }

    @Test func protocolsChangeOnlyWhereThatWasAsked() {
        var asked = ExchangeState(hasBody: false, isUpgrade: true)
        expect(&asked, ExchangeState.AnswerAction.openTunnel) { $0.answerBegan(status: 101, canRenew: false) }
        var other = ExchangeState(hasBody: false)
        expect(&other, ExchangeState.AnswerAction.forwardInterim) { $0.answerBegan(status: 101, canRenew: false) }
    }

    @Test func refusedCredentialsAreRenewedOnce() {
        var state = ExchangeState(hasBody: false)
        expect(&state, ExchangeState.AnswerAction.renewCredentials) { $0.answerBegan(status: 401, canRenew: true) }
        expect(&state, ExchangeState.AnswerAction.forward) { $0.answerBegan(status: 401, canRenew: true) }
    }

    @Test func aBodyIsNotSentTwice() {
        var state = ExchangeState(hasBody: true)
        state.requestEnded()
        // But the next request is to have newer credentials.
        expect(&state, ExchangeState.AnswerAction.forwardAndRenew) { $0.answerBegan(status: 401, canRenew: true) }
        var lost = ExchangeState(hasBody: true)
        expect(&lost, ExchangeState.LossAction.answerUnreachable) { $0.serverLost(wasKept: true) }
    }

    @Test func aKeptConnectionThatWasClosedIsReplaced() {
        var state = ExchangeState(hasBody: false)
        expect(&state, ExchangeState.LossAction.retry) { $0.serverLost(wasKept: true) }
        expect(&state, ExchangeState.LossAction.answerUnreachable) { $0.serverLost(wasKept: false) }
    }

    @Test func whatMayHaveChangedSomethingIsNotSentTwice() {
        var state = ExchangeState(hasBody: false, isSafe: false)
        expect(&state, ExchangeState.LossAction.answerUnreachable) { $0.serverLost(wasKept: true) }
    }

    @Test func retriesEnd() {
        var state = ExchangeState(hasBody: false)
        let actions = (0..<20).map { _ in state.serverLost(wasKept: true) }
        #expect(actions.last == .answerUnreachable)
    }

    @Test func anAnswerThatBreaksIsBrokenOff() {
        var state = ExchangeState(hasBody: false)
        _ = state.answerBegan(status: 200, canRenew: false)
        expect(&state, ExchangeState.LossAction.abort) { $0.serverLost(wasKept: true) }
        expect(&state, ExchangeState.LossAction.ignore) { $0.serverLost(wasKept: true) }
    }

    @Test func nobodyIsToldWhenTheClientHasLeft() {
        var state = ExchangeState(hasBody: false)
        state.clientLeft()
        expect(&state, ExchangeState.LossAction.ignore) { $0.serverLost(wasKept: false) }
        #expect(state.isFinished)
    }
}
