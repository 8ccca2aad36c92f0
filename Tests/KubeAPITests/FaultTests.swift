import Foundation
import RBAC
import Synchronization
import TestSupport
import Testing

@testable import KubeAPI

/// What goes wrong between here and a server: what was found is kept, the rest is unknown with its reason, and nothing
/// waits past its time.
@Suite struct FaultTests {
    let folder: ScratchFolder
    let api = StandInAPI { StandInAPI.Decision($0["name"] != "s1", reason: "by the stand-in") }
    init() throws { folder = try ScratchFolder() }

    private func ask(
        _ server: StandInServer,
        _ count: Int,
        timeout: Duration? = .seconds(10)
    ) async throws -> [AccessAnswer] {
        let connection = try connection(server.address, timeout: timeout, folder: folder)
        return await client(connection).selfSubjectAccessReviews(questions(count))
    }

    @Test func answersInTheOrderOfTheQuestions() async throws {
        let api = api
        let server = try StandInServer { api.reply(to: $0) }
        let answers = try await ask(server, 300)
        #expect(answers.count == 300)
        for (index, answer) in answers.enumerated() {
            #expect(answer.verdict == (index == 1 ? .denied : .allowed))
            #expect(answer.reason == "by the stand-in")
        }
        #expect(server.requests.count == 300)
        #expect(server.connectionCount <= 16)
    }

    @Test func oneConnectionIsUsedAgain() async throws {
        let api = api
        let server = try StandInServer { api.reply(to: $0) }
        let client = client(try connection(server.address, folder: folder))
        for _ in 0..<5 { _ = await client.selfSubjectAccessReviews(questions(1)) }
        #expect(server.connectionCount == 1)
    }

    @Test func progressCountsUp() async throws {
        let api = api
        let server = try StandInServer { api.reply(to: $0) }
        let counts = Counts()
        let client = client(try connection(server.address, folder: folder))
        _ = await client.selfSubjectAccessReviews(questions(20)) { count in counts.add(count) }
        #expect(counts.all == Array(1...20))
    }

    @Test func serverGone() async throws {
        let port = try StandInServer.freePort()
        let connection = try connection("http://127.0.0.1:\(port)", folder: folder)
        let answers = await client(connection).selfSubjectAccessReviews(questions(200))
        #expect(answers.allSatisfy { $0.verdict == .unknown && $0.failure?.connectivity == .unreachable })
        #expect(answers.allSatisfy { $0.reason == "connection to `127.0.0.1:\(port)` refused: nothing listens there" })
    }

    @Test func serverGoesInBetween() async throws {
        let api = api
        let box = Box<StandInServer>()
        let server = try StandInServer { request in
            if request.number == 100 { box.value?.stop() }
            return api.reply(to: request)
        }
        box.value = server
        let answers = try await ask(server, 300)
        let known = answers.filter { $0.verdict != .unknown }.count
        #expect(known >= 80 && known <= 120)
        #expect(answers.filter { $0.verdict == .unknown }.allSatisfy { !$0.reason.isEmpty && $0.failure != nil })
        box.value = nil
    }

    @Test func everyThirdRequestIsReset() async throws {
        let api = api
        let server = try StandInServer { $0.number % 3 == 0 ? .reset : api.reply(to: $0) }
        let answers = try await ask(server, 60)
        #expect(answers.filter { $0.verdict != .unknown }.count >= 55)
    }

    @Test func resetRequestsThatMustNotBeRepeatedAreNot() async throws {
        let server = try StandInServer { _ in .reset }
        let client = client(try connection(server.address, folder: folder))
        await #expect(throws: APIFailure.self) {
            try await client.requestToken(for: ServiceAccountName(namespace: "demo", name: "op"))
        }
        #expect(server.requests.count == 1)
    }

    @Test func busyForTwoSeconds() async throws {
        let api = api
        let start = ContinuousClock.now
        let server = try StandInServer { request in
            ContinuousClock.now - start < .seconds(2)
                ? .text("Too many requests, please try again later.\n", status: 429, headers: ["Retry-After: 1"])
                : api.reply(to: request)
        }
        let answers = try await ask(server, 100)
        #expect(answers.allSatisfy { $0.verdict != .unknown })
        // The queue waits as long as it was told to.
        #expect(server.requests.count <= 100 + 4 * 64)
    }

    @Test func busyForEver() async throws {
        let server = try StandInServer { _ in .text("busy\n", status: 429, headers: ["Retry-After: 1"]) }
        let answers = try await ask(server, 200, timeout: .seconds(2))
        #expect(answers.allSatisfy { $0.verdict == .unknown && $0.reason.contains("429") })
        #expect(server.requests.count < 200)
    }

    @Test func internalErrorsThenAnswers() async throws {
        let api = api
        let server = try StandInServer { $0.number <= 3 ? .text("oops", status: 500) : api.reply(to: $0) }
        let answers = try await ask(server, 3)
        #expect(answers.allSatisfy { $0.verdict != .unknown })
    }

    @Test func internalErrorsForEver() async throws {
        let server = try StandInServer { _ in .text("oops\u{1B}[2J", status: 500) }
        let answers = try await ask(server, 100)
        #expect(answers.allSatisfy { $0.verdict == .unknown })
        #expect(answers[0].reason == "the server answered 500: oops [2J")
        #expect(server.requests.count < 100 * RetryPolicy.tries)
    }

    @Test func oneHungRequest() async throws {
        let api = api
        let server = try StandInServer { request in
            request.json["spec"].debugDescription.contains("\"s7\"") ? .hang : api.reply(to: request)
        }
        let answers = try await ask(server, 100, timeout: .seconds(1))
        #expect(answers[7].reason == "no answer from `127.0.0.1:\(server.port)` within 1 s")
        #expect(answers.filter { $0.verdict == .unknown }.count == 1)
    }

    @Test func everythingHangs() async throws {
        let server = try StandInServer { _ in .hang }
        let answers = try await ask(server, 500, timeout: .seconds(1))
        #expect(answers.allSatisfy { $0.verdict == .unknown && $0.failure?.connectivity == .unreachable })
        #expect(server.requests.count <= 64)
    }

    @Test func truncatedAnswersAreAskedAgain() async throws {
        let api = api
        let server = try StandInServer { $0.number == 1 ? .truncated(body: Data("{".utf8)) : api.reply(to: $0) }
        let answers = try await ask(server, 1)
        #expect(answers[0].verdict == .allowed)
    }

    @Test(arguments: [
        ("{\"kind\":", "application/json", "no JSON"), ("<html>Log in</html>", "text/html", "(text/html)"),
        ("", "application/json", "it is empty"), ("{}", "application/json", "no access review"),
        ("{\"kind\":\"SelfSubjectAccessReview\",\"status\":{}}", "application/json", "no access review"),
        (
            "{\"kind\":\"SelfSubjectAccessReview\",\"status\":{\"allowed\":\"true\"}}", "application/json",
            "no access review"
        ),
    ])
    func answersThatAreNone(_ body: String, _ type: String, _ words: String) async throws {
        let server = try StandInServer { _ in
            .response(status: 200, headers: ["Content-Type: \(type)"], body: Data(body.utf8))
        }
        let answers = try await ask(server, 1)
        #expect(answers[0].verdict == .unknown)
        #expect(answers[0].reason.contains(words), "\(answers[0].reason)")
        #expect(answers[0].failure?.connectivity == nil)
    }

    @Test func noHTTPAtAll() async throws {
        let server = try StandInServer { _ in .raw(Data("SSH-2.0-OpenSSH\r\n".utf8)) }
        let answers = try await ask(server, 1)
        #expect(answers[0].reason.contains("no HTTP server"), "\(answers[0].reason)")
    }

    @Test func redirectsAreNotFollowed() async throws {
        let server = try StandInServer { _ in
            .text("moved", status: 302, headers: ["Location: http://127.0.0.1:1/"])
        }
        let answers = try await ask(server, 1)
        #expect(answers[0].reason == "the server answered 302: moved")
    }

    @Test func answersWithoutEnd() async throws {
        var limits = Transport.Limits()
        limits.answer = 1000
        let server = try StandInServer { _ in .text(String(repeating: "x", count: 5000), status: 200) }
        let client = APIClient(try connection(server.address, folder: folder), surroundings(), limits: limits)
        let answers = await client.selfSubjectAccessReviews(questions(1))
        #expect(answers[0].failure == .transport(.answerTooLarge(limit: 1000)))
    }

    @Test func namesThatDoNotExist() async throws {
        let connection = try connection("http://no-such-host.invalid:6443", folder: folder)
        let answers = await client(connection).selfSubjectAccessReviews(questions(1))
        #expect(answers[0].reason == "the server's name `no-such-host.invalid` cannot be resolved")
    }

    @Test func aProxyThatRefuses() async throws {
        let proxy = try StandInServer { _ in .text("no", status: 403) }
        let connection = try connection(
            "https://api.test:6443",
            cluster: "    proxy-url: http://me:secret@127.0.0.1:\(proxy.port)",
            folder: folder
        )
        let answers = await client(connection).selfSubjectAccessReviews(questions(3))
        let expected =
            "the proxy `http://127.0.0.1:\(proxy.port)` did not let the connection through: it answered with status 403"
        #expect(answers.allSatisfy { $0.reason == expected }, "\(answers[0].reason)")
        #expect(proxy.requests.first?.method == "CONNECT")
    }

    @Test func aProxyThatIsNotThere() async throws {
        let port = try StandInServer.freePort()
        let connection = try connection(
            "https://api.test:6443",
            cluster: "    proxy-url: http://127.0.0.1:\(port)",
            folder: folder
        )
        let answers = await client(connection).selfSubjectAccessReviews(questions(1))
        #expect(answers[0].reason.contains("the proxy `http://127.0.0.1:\(port)`"), "\(answers[0].reason)")
    }

    @Test func cancellation() async throws {
        let server = try StandInServer { _ in .hang }
        let client = client(try connection(server.address, timeout: nil, folder: folder))
        let task = Task { await client.selfSubjectAccessReviews(questions(100)) }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        let answers = await task.value
        #expect(answers.allSatisfy { $0.failure == .transport(.cancelled) })
    }

    @Test func aMissingLibraryIsNamed() {
        #expect(throws: TransportFailure.libraryMissing(detail: "`no-such-library.so` could not be opened")) {
            try CurlLibrary.open(["no-such-library.so"])
        }
    }
}

/// Numbers from another thread.
final class Counts: Sendable {
    private let state = Mutex<[Int]>([])
    func add(_ number: Int) { state.withLock { $0.append(number) } }
    var all: [Int] { state.withLock { $0 } }
}

/// A value that a closure gets to know after it was made.
final class Box<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)
    var value: Value? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
