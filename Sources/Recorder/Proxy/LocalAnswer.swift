import NIOCore
import NIOHTTP1
import RBAC
import Traces

/// An answer that the proxy gives by itself, in the form of the API server's own.
struct LocalAnswer: Sendable, Hashable {
    var status: HTTPResponseStatus
    var contentType = "application/json"
    var body: String

    init(_ status: StatusBody) {
        self.status = HTTPResponseStatus(statusCode: status.code)
        body = status.json
    }

    init(_ status: HTTPResponseStatus, json: String) {
        self.init(status, "application/json", json)
    }

    private init(_ status: HTTPResponseStatus, _ contentType: String, _ body: String) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// A refusal in the proxy's own name.
    init(_ status: HTTPResponseStatus, reason: String, message: String) {
        self.init(StatusBody(message: "swiftop-rbac: \(message)", reason: reason, code: Int(status.code)))
    }

    /// Nobody could be asked. This is no answer of the API server, and says so.
    ///
    /// - Parameter request: about resources clients read a `Status`; of other answers, such as discovery's, client-go shows
    ///   the text as it is.
    init(unreachable reason: String, for request: RequestHead) {
        let resolved = try? RequestInfo.resolve(method: request.method.rawValue, url: request.target)
        if resolved?.attributes.isResourceRequest ?? false {
            self.init(.badGateway, reason: "ServiceUnavailable", message: reason)
        } else {
            self.init(.badGateway, "text/plain; charset=utf-8", "swiftop-rbac: \(reason)\n")
        }
    }

    var head: ResponseHead {
        ResponseHead(
            status: status,
            headers: ["Content-Type": contentType, "Content-Length": "\(body.utf8.count)"]
        )
    }
}
