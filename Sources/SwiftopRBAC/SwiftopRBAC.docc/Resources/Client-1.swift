import AsyncHTTPClient

struct Client {
    let http: HTTPClient
    let server: String

    func send(_ method: String, _ path: String) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: server + path)
        request.method = .init(rawValue: method)
        return try await http.execute(request, timeout: .seconds(10))
    }
}
