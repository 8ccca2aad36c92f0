import Syntax

/// Why a question to the API server has no answer, as data; `description` is the text for people.
package enum APIFailure: Error, Hashable, Sendable {
    /// No credential could be had, so nothing was asked.
    case credential(CredentialFailure)
    case transport(TransportFailure)
    /// 401; `credential` says which of which file was sent.
    case unauthorized(credential: String)
    /// 403 to whatever this client asks as the user that it is to act as; with the server's message.
    case impersonationRefused(user: String, message: String)
    /// Any other status that is no success, with the server's `reason` and message where it sent a `Status`.
    case status(code: Int, reason: String, message: String)
    /// A success whose body cannot be understood.
    case unreadable(detail: String)

    /// Why nothing at all could be asked, which decides the exit status.
    package enum Connectivity: Hashable, Sendable {
        case unreachable
        case credentialsRefused
    }

    package var connectivity: Connectivity? {
        switch self {
        case .credential, .unauthorized: .credentialsRefused
        case .transport(let failure): failure.isConnectivity ? .unreachable : nil
        case .status(let code, _, _): code == 429 || code >= 500 ? .unreachable : nil
        case .unreadable, .impersonationRefused: nil
        }
    }

    /// 403: somebody was asked and said no.
    package var isForbidden: Bool { if case .status(403, _, _) = self { true } else { false } }
    /// 404 and its like: the server does not have what was asked for.
    var isNotServed: Bool {
        if case .status(let code, _, _) = self { code == 404 || code == 405 || code == 406 } else { false }
    }
}

extension APIFailure {
    /// What to do about it, a line; `nil` where nothing can be said that the failure does not say.
    package var hint: String? {
        switch self {
        case .transport(let failure): failure.hint
        case .credential(let failure): failure.hint
        case .unauthorized: "log in again, or choose other credentials with --context or --kubeconfig"
        case .impersonationRefused:
            "leave out --as (`as` in the kubeconfig), or have yourself granted `impersonate` on that user"
        case .status(400, _, let message) where message.contains("HTTP request to an HTTPS server"):
            "its address begins with https://"
        case .status(300..<400, _, _): "what answers there sends elsewhere; does `server` name the API server itself?"
        case .status, .unreadable: nil
        }
    }
}

extension APIFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .credential(let failure): failure.description
        case .transport(let failure): failure.description
        case .unauthorized(let credential):
            credential == CredentialSource().description
                ? "the server wants to know who asks (401), and there are no credentials to send"
                : "the server refuses the credentials (401): \(credential)"
        case .impersonationRefused(let user, let message): "you may not act as `\(user)`: \(message)"
        case .status(let code, _, let message):
            "the server answered \(code)" + (message.isEmpty ? "" : ": \(message)")
        case .unreadable(let detail): "the answer cannot be understood: \(detail)"
        }
    }

    /// From an answer that is no success; its body may be a `Status`, or text, or anything.
    init(_ response: APIResponse, credential: CredentialSource) {
        if response.status == 401 {
            self = .unauthorized(credential: credential.description)
            return
        }
        if let object = ProtobufObject(response.body), object.kind == "Status" {
            // Message and reason are fields 3 and 4 of `metav1.Status`.
            let texts = ProtobufReader.texts(object.raw)
            let message = PlainText.oneLine(texts[3]?.first ?? "", limit: 2000)
            self = .status(code: response.status, reason: texts[4]?.first ?? "", message: message)
            return
        }
        if let status = try? JSONValue(response.body), status["kind"].string == "Status" {
            let message = PlainText.oneLine(status["message"].text, limit: 2000)
            self = .status(code: response.status, reason: status["reason"].text, message: message)
            return
        }
        // A server of https answers plain HTTP by a line without any header.
        let isText = response.contentType.hasPrefix("text/plain") || response.contentType.isEmpty
        let text = isText ? PlainText.oneLine(String(decoding: response.body.prefix(2000), as: UTF8.self)) : ""
        self = .status(code: response.status, reason: "", message: text)
    }
}
