/// One HTTP request to the API server: what it asks, without address or credentials.
package struct APIRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE"
    }

    package var method: Method
    /// Path and query as they are sent, starting with `/`, below the path that the kubeconfig's `server` may have.
    package var path: String
    /// `Name: value` lines beside those that every request carries.
    package var headers: [String]
    package var body: [UInt8]
    /// Whether asking twice does no harm, so that a broken connection may be answered with another try.
    package var isRepeatable: Bool

    package init(
        _ method: Method,
        _ path: String,
        headers: [String] = [],
        body: [UInt8] = [],
        isRepeatable: Bool? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.isRepeatable = isRepeatable ?? (method == .get)
    }
}

/// An HTTP answer, whatever its status.
package struct APIResponse: Sendable {
    package var status: Int
    /// The value of `Content-Type`, parameters included; empty where there is none.
    package var contentType: String
    package var etag: String
    /// Seconds from `Retry-After`, which a busy server sends.
    package var retryAfter: Int?
    package var body: [UInt8]

    package init(status: Int, contentType: String = "", etag: String = "", retryAfter: Int? = nil, body: [UInt8] = []) {
        self.status = status
        self.contentType = contentType
        self.etag = etag
        self.retryAfter = retryAfter
        self.body = body
    }
}

extension APIRequest {
    /// A path segment with everything escaped that is not plain in one.
    package static func segment(_ text: String) -> String { escape(text, extra: "-._~:@") }

    /// A value in a query.
    package static func query(_ text: String) -> String { escape(text, extra: "-._~") }

    private static func escape(_ text: String, extra: StaticString) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let plain = extra.withUTF8Buffer { Array($0) }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                bytes.append(byte)
            case _ where plain.contains(byte): bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
