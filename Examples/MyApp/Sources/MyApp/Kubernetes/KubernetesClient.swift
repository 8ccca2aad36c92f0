import AsyncHTTPClient
import Foundation
import NIOCore
import SwiftopRBAC

/// Calls the API server. Every call goes through `send`, which is where the trace sees it.
struct KubernetesClient: Sendable {
    private let http: HTTPClient
    private let cluster: Cluster
    private let trace: TraceRecorder?

    /// Of a request that is no watch.
    private static let timeout: TimeAmount = .seconds(10)
    private static let largestBody = 64 << 20

    init(cluster: Cluster, trace: TraceRecorder?) {
        var configuration = HTTPClient.Configuration(tlsConfiguration: cluster.tls)
        configuration.timeout.connect = .seconds(5)
        // Whoever calls knows best when to try again; a watch would else wait here until its own, long time is over.
        configuration.connectionPool.retryConnectionEstablishment = false
        self.http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.cluster = cluster
        self.trace = trace
    }

    func shutDown() async throws { try await http.shutdown() }

    // MARK: - Objects

    func get<Object: KubernetesObject>(_ type: Object.Type, _ key: ObjectKey) async throws -> Object {
        try await exchange(.GET, Object.resource.path(key))
    }

    func create<Object: KubernetesObject>(_ object: Object) async throws -> Object {
        let path = Object.resource.path(namespace: object.metadata.namespace)
        return try await exchange(.POST, path, try JSONEncoder().encode(Document(object: object)))
    }

    /// Replaces an object; fails with a conflict where it changed since it was read.
    func replace<Object: KubernetesObject>(_ object: Object) async throws -> Object {
        try await exchange(.PUT, Object.resource.path(object.key), try JSONEncoder().encode(Document(object: object)))
    }

    enum PatchType: String {
        /// RFC 7386; for custom resources, which know nothing better.
        case merge = "application/merge-patch+json"
        /// Merges lists by their keys: containers by name.
        case strategic = "application/strategic-merge-patch+json"
    }

    func patch<Object: KubernetesObject>(
        _ type: Object.Type,
        _ key: ObjectKey,
        subresource: String? = nil,
        as patchType: PatchType,
        _ patch: some Encodable
    ) async throws -> Object {
        let path = Object.resource.path(key, subresource: subresource)
        return try await exchange(.PATCH, path, try JSONEncoder().encode(patch), contentType: patchType.rawValue)
    }

    func delete<Object: KubernetesObject>(_ type: Object.Type, _ key: ObjectKey) async throws {
        _ = try await body(of: send(.DELETE, Object.resource.path(key), nil, timeout: Self.timeout))
    }

    /// A response whose body goes on as long as the server sends.
    func open(_ path: String, timeout: TimeAmount) async throws -> HTTPClientResponse.Body {
        let response = try await send(.GET, path, nil, timeout: timeout)
        guard response.status == .ok else { throw try await refusal(response) }
        return response.body
    }

    func exchange<Answer: Decodable>(
        _ method: HTTPMethodName,
        _ path: String,
        _ body: Data? = nil,
        contentType: String = "application/json"
    ) async throws -> Answer {
        let response = try await send(method, path, body, contentType: contentType, timeout: Self.timeout)
        return try JSONDecoder().decode(Answer.self, from: try await self.body(of: response))
    }

    // MARK: - Requests

    enum HTTPMethodName: String { case GET, POST, PUT, PATCH, DELETE }

    private func send(
        _ method: HTTPMethodName,
        _ path: String,
        _ body: Data?,
        contentType: String = "application/json",
        timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: cluster.server + path)
        request.method = .init(rawValue: method.rawValue)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "myapp-operator/0.1")
        if let authorization = try cluster.authorization() {
            request.headers.add(name: "Authorization", value: authorization)
        }
        if let body {
            request.headers.add(name: "Content-Type", value: contentType)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await http.execute(request, timeout: timeout)
            trace?.record(method: method.rawValue, path: path, status: Int(response.status.code))
            return response
        } catch {
            trace?.record(method: method.rawValue, path: path, status: nil)
            throw error
        }
    }

    /// The whole body of a good answer.
    private func body(of response: HTTPClientResponse) async throws -> Data {
        guard (200..<300).contains(response.status.code) else { throw try await refusal(response) }
        return Data(try await response.body.collect(upTo: Self.largestBody).readableBytesView)
    }

    private func refusal(_ response: HTTPClientResponse) async throws -> APIError {
        let body = try await response.body.collect(upTo: Self.largestBody)
        return APIError(code: Int(response.status.code), body: Data(body.readableBytesView))
    }
}
