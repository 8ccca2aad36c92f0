import Foundation
import RBAC
import Synchronization
import Syntax
import TestSupport
import Testing

@testable import KubeAPI

/// Reviews are asked and answered in protobuf, and in JSON where somebody reads only that.
@Suite struct ReviewEncodingTests {
    let folder: ScratchFolder
    init() throws { folder = try ScratchFolder() }

    private static let protobuf = "application/vnd.kubernetes.protobuf"

    // MARK: - Questions

    private static let texts = ["", "a", "pods", "é", String(repeating: "n", count: 200), "with \"quotes\"", "\u{0}"]

    private static func attributes(_ random: inout SeededGenerator) -> RequestAttributes {
        func text() -> String { texts.randomElement(using: &random) ?? "" }
        if Int.random(in: 0..<5, using: &random) == 0 { return RequestAttributes(verb: text(), nonResourceURL: text()) }
        return RequestAttributes(
            verb: text(),
            group: text(),
            version: text(),
            resource: text(),
            subresource: text(),
            namespace: text(),
            name: text()
        )
    }

    /// Both encodings ask the same.
    @Test func theSameQuestion() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let attributes = Self.attributes(&random)
            let user = UserInfo(name: Self.texts.randomElement(using: &random) ?? "", groups: ["g", "h"])
            for request in [
                { AccessReviewRequest.own(attributes, $0) }, { AccessReviewRequest.subject(user, attributes, $0) },
                { AccessReviewRequest.local(user, attributes, $0) },
            ] {
                let (binary, text) = (request(.protobuf), request(.json))
                #expect(binary.path == text.path && binary.isRepeatable && text.isRepeatable)
                #expect(binary.headers.contains("Content-Type: \(Self.protobuf)"))
                #expect(Self.plain(binary) == Self.plain(text))
            }
        }
    }

    /// The body as the stand-in reads it, in one order; fields that are empty are as good as not there.
    private static func plain(_ request: APIRequest) -> String {
        let received = StandInServer.Request(
            method: "POST",
            target: request.path,
            headers: [],
            body: Data(request.body),
            number: 1
        )
        func describe(_ value: Any) -> String {
            switch value {
            case let object as [String: Any]:
                let members = object.map { "\($0): \(describe($1))" }.filter { !$0.hasSuffix(": ") }
                return "{" + members.sorted().joined(separator: ", ") + "}"
            case let items as [Any]: return "[" + items.map(describe).joined(separator: ", ") + "]"
            default: return "\(value)"
            }
        }
        return describe(received.json)
    }

    @Test func apiServersAreAskedInProtobuf() async throws {
        let api = StandInAPI { StandInAPI.Decision($0["resource"] == "pods" && $0["namespace"] == "ns") }
        let server = try StandInServer { api.reply(to: $0) }
        let client = client(try connection(server.address, folder: folder))
        let answer = await client.selfSubjectAccessReviews([
            RequestAttributes(verb: "get", resource: "pods", namespace: "ns")
        ])
        #expect(answer[0].verdict == .allowed)
        #expect(server.requests[0].headers("content-type") == [Self.protobuf])
        #expect(server.requests[0].headers("accept") == [Self.protobuf])
    }

    /// Something in between that reads JSON alone says so in one of these ways, and is asked again in it.
    @Test(arguments: [415, 406, 400]) func jsonWhereNothingElseIsRead(_ status: Int) async throws {
        let api = StandInAPI { StandInAPI.Decision($0["name"] != "s1") }
        let server = try StandInServer { request in
            request.header("content-type") == "application/json"
                ? api.reply(to: request) : .text("not that", status: status)
        }
        let client = client(try connection(server.address, folder: folder))
        let answers = await client.selfSubjectAccessReviews(questions(700))
        #expect(answers.map(\.verdict) == (0..<700).map { $0 == 1 ? .denied : .allowed })
        #expect(server.requests.count == 1400)
        let impersonated = await client.subjectAccessReviews(for: UserInfo(name: "u"), questions(3)).answers
        #expect(impersonated.map(\.verdict) == [.allowed, .denied, .allowed])
    }

    @Test func whatIsRefusedInBothIsUnknown() async throws {
        let server = try StandInServer { _ in .text("bad request", status: 400) }
        let client = client(try connection(server.address, folder: folder))
        let answers = await client.selfSubjectAccessReviews(questions(2))
        #expect(answers.map(\.verdict) == [.unknown, .unknown])
        #expect(answers[0].reason == "the server answered 400: bad request")
        #expect(server.requests.count == 4)
    }

    // MARK: - Answers

    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    private static func object(_ kind: String, _ raw: [UInt8]) -> [UInt8] {
        let type = field(1, Array("authorization.k8s.io/v1".utf8)) + field(2, Array(kind.utf8))
        return [0x6B, 0x38, 0x73, 0] + field(1, type) + field(2, raw) + [0x1A, 0, 0x22, 0]
    }

    /// As the API server writes it: metadata, the question again, and the status.
    private static func review(_ status: [UInt8], kind: String = "SelfSubjectAccessReview") -> [UInt8] {
        object(kind, field(1, field(1, [])) + field(2, field(1, field(2, Array("get".utf8)))) + field(3, status))
    }

    private func answer(_ body: [UInt8], status: Int = 201) -> AccessAnswer {
        AccessAnswer(
            .success(APIResponse(status: status, contentType: Self.protobuf, body: body)),
            .selfSubjectAccessReview,
            credential: CredentialSource()
        )
    }

    @Test func answersInProtobuf() {
        func text(_ number: UInt8, _ text: String) -> [UInt8] { Self.field(number, Array(text.utf8)) }
        let allowed = answer(Self.review([8, 1] + text(2, "RBAC: allowed") + text(3, "") + [0x20, 0]))
        #expect(allowed == AccessAnswer(verdict: .allowed, reason: "RBAC: allowed", method: .selfSubjectAccessReview))
        let denied = answer(Self.review([8, 0] + text(2, "no") + text(3, "webhook is away") + [0x20, 1]))
        #expect(
            denied
                == AccessAnswer(
                    verdict: .denied,
                    reason: "no",
                    evaluationError: "webhook is away",
                    isExplicitDenial: true,
                    method: .selfSubjectAccessReview
                )
        )
    }

    /// Of an answer that is cut, or of something else, nothing is believed.
    @Test func answersInProtobufThatAreNone() {
        let whole = Self.review([8, 1] + Self.field(2, Array("because".utf8)))
        #expect(answer(whole).verdict == .allowed)
        for length in 0..<(whole.count - 4) {
            #expect(answer(Array(whole[..<length])).verdict == .unknown, "\(length)")
        }
        #expect(answer(Self.review([8, 1], kind: "Status")).verdict == .unknown)
        #expect(answer(Self.review([0x12, 0])).verdict == .unknown)
        #expect(answer(Self.review([8, 1, 0x12, 9])).verdict == .unknown)
        #expect(answer(Self.object("SelfSubjectAccessReview", [])).verdict == .unknown)
        #expect(answer(Self.object("SelfSubjectAccessReview", [])).reason.contains("no access review"))
    }

    @Test func refusalsInProtobuf() {
        let message = "selfsubjectaccessreviews.authorization.k8s.io is forbidden"
        let status =
            Self.field(1, []) + Self.field(2, Array("Failure".utf8)) + Self.field(3, Array(message.utf8))
            + Self.field(4, Array("Forbidden".utf8)) + [0x30, 0x93, 3]
        let refused = answer(Self.object("Status", status), status: 403)
        #expect(refused.failure == .status(code: 403, reason: "Forbidden", message: message))
        #expect(refused.reason == "the server answered 403: \(message)")
    }
}
