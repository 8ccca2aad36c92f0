import Syntax

/// Asks one API server, as one identity.
///
/// Nothing is loaded or sent before the first question. All members may be called from any task at the same time; they
/// share one set of connections.
package final class APIClient: Sendable {
    package typealias Progress = Transport.Progress

    package let connection: ClusterConnection
    private let authenticator: Authenticator
    private let transport: Transport
    private let surroundings: ProcessSurroundings
    private let limits: Transport.Limits

    package init(
        _ connection: ClusterConnection,
        _ surroundings: ProcessSurroundings,
        limits: Transport.Limits = Transport.Limits()
    ) {
        var limits = limits
        limits.requestTimeout = connection.requestTimeout
        self.connection = connection
        self.limits = limits
        self.surroundings = surroundings
        authenticator = Authenticator(connection, surroundings)
        transport = Transport(limits: limits)
    }

    /// Opens libcurl on the transport's thread while the caller does something else.
    package func prepare() { transport.prepare() }

    /// The same server, as the owner of a bearer token.
    package func acting(withToken token: Secret<String>, named name: String) -> APIClient {
        var source = CredentialSource()
        source.kinds = [name]
        var credentials = Credentials(source: source)
        credentials.token = token
        var other = connection
        other.credentials = credentials
        other.impersonation = Impersonation()
        return APIClient(other, surroundings, limits: limits)
    }

    /// Sends requests, at most 64 at the same time, and gives what came of each in their order.
    ///
    /// A 401 is answered once by newer credentials, where there are any: a plugin is run again, a token file read
    /// again. Every other status is handed over as it is.
    package func send(
        _ requests: [APIRequest],
        progress: Progress? = nil
    ) async -> [Result<APIResponse, APIFailure>] {
        do throws(CredentialFailure) {
            let settings = try await authenticator.settings()
            var outcomes = await transport.send(requests, settings, progress: progress)
            let refused = outcomes.indices.filter { Self.isUnauthorized(outcomes[$0]) }
            if !refused.isEmpty, let newer = try await authenticator.settings(after: settings.generation) {
                let again = await transport.send(refused.map { requests[$0] }, newer)
                for (index, outcome) in zip(refused, again) { outcomes[index] = outcome }
            }
            return outcomes.map { checked($0) }
        } catch {
            return requests.map { _ in .failure(.credential(error)) }
        }
    }

    private static func isUnauthorized(_ outcome: Transport.Outcome) -> Bool {
        if case .success(let response) = outcome { response.status == 401 } else { false }
    }

    private func checked(_ outcome: Transport.Outcome) -> Result<APIResponse, APIFailure> {
        switch outcome {
        case .failure(let failure): .failure(.transport(failure))
        case .success(let response) where response.status == 401:
            .failure(APIFailure(response, credential: connection.credentials.source))
        case .success(let response): .success(response)
        }
    }

    /// Sends one request and reads its answer as JSON.
    ///
    /// - Throws: also for every status that is no success.
    func json(_ request: APIRequest) async throws(APIFailure) -> JSONValue {
        try Self.json(try await response(request))
    }

    func response(_ request: APIRequest) async throws(APIFailure) -> APIResponse {
        guard let outcome = await send([request]).first else { throw .transport(.cancelled) }
        return try Self.success(outcome, credential: connection.credentials.source)
    }

    /// An answer with a success status.
    static func success(
        _ outcome: Result<APIResponse, APIFailure>,
        credential: CredentialSource
    ) throws(APIFailure) -> APIResponse {
        let response = try outcome.get()
        guard (200..<300).contains(response.status) else { throw APIFailure(response, credential: credential) }
        return response
    }

    static func json(_ response: APIResponse) throws(APIFailure) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(response.body)
        } catch {
            let type = response.contentType.isEmpty ? "" : " (\(PlainText.oneLine(response.contentType, limit: 60)))"
            throw .unreadable(
                detail: response.body.isEmpty
                    ? "it is empty"
                    : "no JSON\(type), \(error.message) after \(error.offset) bytes; "
                        + "does `server` name an API server?"
            )
        }
    }
}

extension APIRequest {
    /// A POST of a JSON object. Reviews and their like change nothing, so they may be repeated.
    static func create(_ path: String, _ body: String, headers: [String] = [], isRepeatable: Bool = true) -> APIRequest
    {
        create(path, Array(body.utf8), headers: headers, isRepeatable: isRepeatable)
    }

    static func create(
        _ path: String,
        _ body: [UInt8],
        headers: [String] = [],
        isRepeatable: Bool = true
    ) -> APIRequest {
        APIRequest(
            .post,
            path,
            headers: headers.isEmpty ? jsonContent : jsonContent + headers,
            body: body,
            isRepeatable: isRepeatable
        )
    }

    private static let jsonContent = ["Content-Type: application/json"]
}
