import NIOCore
import NIOHTTP1

/// Gathers what is recorded of one exchange. Of an answer it looks only into a refusal, for the server's own words.
struct CallRecord {
    private let method: String
    private let target: String
    private let userAgent: String?
    /// Whom the child impersonates.
    let user: String?
    private var status: Int?
    private var refusal: ByteBuffer?
    private var owners: OwnerReferenceTap?

    /// More than a refusal ever is.
    private static let refusalLimit = 16_384

    init(_ request: RequestHead) {
        method = request.method.rawValue
        target = request.target
        userAgent = request.headers.first(name: "user-agent")
        user = request.headers.first(name: "impersonate-user")
        if request.body != .none { owners = OwnerReferenceTap() }
    }

    /// A part of the request's body.
    mutating func requestContinued(_ body: ByteBuffer) { owners?.append(body) }

    mutating func call(status: Int?, message: String? = nil) -> ObservedCall {
        defer { owners = nil }
        return ObservedCall(
            method: method,
            target: target,
            status: status,
            userAgent: userAgent,
            user: user,
            message: message,
            owners: owners?.take() ?? []
        )
    }

    /// The call, or `nil` where the answer's body is awaited.
    mutating func answerBegan(_ head: ResponseHead) -> ObservedCall? {
        let code = Int(head.status.code)
        status = code
        guard code == 401 || code == 403 || code == 404 else { return call(status: code) }
        refusal = ByteBuffer()
        return nil
    }

    mutating func answerContinued(_ body: ByteBuffer) {
        guard let known = refusal?.readableBytes, known + body.readableBytes <= Self.refusalLimit else { return }
        refusal?.writeImmutableBuffer(body)
    }

    /// The call, if it was not told at the beginning of the answer.
    mutating func answerEnded() -> ObservedCall? {
        guard let refusal else { return nil }
        self.refusal = nil
        return call(status: status, message: StatusMessage.text(Array(refusal.readableBytesView)))
    }
}
