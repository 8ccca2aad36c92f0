import AsyncHTTPClient
import SwiftopRBAC

struct Client {
    let http: HTTPClient
    let server: String
    let recorder: TraceRecorder

    func send(_ method: String, _ path: String) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: server + path)
        request.method = .init(rawValue: method)
        let response = try await http.execute(request, timeout: .seconds(10))
        recorder.record(method: method, path: path, status: Int(response.status.code))
        return response
    }
}
