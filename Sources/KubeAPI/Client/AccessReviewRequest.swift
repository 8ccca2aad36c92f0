import RBAC
import Syntax

/// The requests of access reviews.
///
/// They are written in Kubernetes' protobuf: of a review in JSON, Kubernetes v1.36 spends 8 to 10% on reading the
/// question alone. Kubernetes: `api/authorization/v1/generated.proto`.
enum AccessReviewRequest {
    enum Encoding: Sendable { case protobuf, json }

    typealias Maker = @Sendable (RequestAttributes, Encoding) -> APIRequest

    private static let root = "/apis/authorization.k8s.io/v1"
    private static let protobufHeaders = [
        "Content-Type: \(ProtobufObject.contentType)", "Accept: \(ProtobufObject.contentType)",
    ]

    static func own(
        _ attributes: RequestAttributes,
        _ encoding: Encoding = .protobuf,
        headers: [String] = []
    ) -> APIRequest {
        request("\(root)/selfsubjectaccessreviews", "SelfSubjectAccessReview", attributes, encoding, headers: headers)
    }

    static func subject(
        _ user: UserInfo,
        _ attributes: RequestAttributes,
        _ encoding: Encoding = .protobuf
    ) -> APIRequest {
        request("\(root)/subjectaccessreviews", "SubjectAccessReview", attributes, encoding, user: user)
    }

    /// Only for a request in a namespace.
    static func local(
        _ user: UserInfo,
        _ attributes: RequestAttributes,
        _ encoding: Encoding = .protobuf
    ) -> APIRequest {
        let path = "\(root)/namespaces/\(APIRequest.segment(attributes.namespace))/localsubjectaccessreviews"
        return request(path, "LocalSubjectAccessReview", attributes, encoding, user: user, isLocal: true)
    }

    /// Whether who answered does not read what it was sent, or not write what it was asked for.
    static func isNotUnderstood(_ outcome: Result<APIResponse, APIFailure>) -> Bool {
        guard case .success(let response) = outcome else { return false }
        return [400, 406, 415].contains(response.status)
    }

    private static func request(
        _ path: String,
        _ kind: String,
        _ attributes: RequestAttributes,
        _ encoding: Encoding,
        user: UserInfo? = nil,
        isLocal: Bool = false,
        headers: [String] = []
    ) -> APIRequest {
        let namespace = isLocal ? attributes.namespace : ""
        switch encoding {
        case .json:
            return .create(path, jsonBody(kind, attributes, user, namespace: namespace), headers: headers)
        case .protobuf:
            return APIRequest(
                .post,
                path,
                headers: headers.isEmpty ? protobufHeaders : protobufHeaders + headers,
                body: protobufBody(kind, attributes, user, namespace: namespace),
                isRepeatable: true
            )
        }
    }

    // MARK: - Protobuf

    private static func protobufBody(
        _ kind: String,
        _ attributes: RequestAttributes,
        _ user: UserInfo?,
        namespace: String
    ) -> [UInt8] {
        ProtobufObject.bytes("authorization.k8s.io/v1", kind) { review in
            if !namespace.isEmpty { review.add(1) { metadata in metadata.add(3, namespace) } }
            review.add(2) { spec in
                add(attributes, to: &spec)
                if let user {
                    spec.add(3, user.name)
                    for group in user.groups { spec.add(4, group) }
                }
            }
        }
    }

    private static func add(_ attributes: RequestAttributes, to spec: inout ProtobufWriter) {
        if let path = attributes.nonResourceURL {
            spec.add(2) { message in
                message.add(1, path)
                message.add(2, attributes.verb)
            }
            return
        }
        spec.add(1) { message in
            message.add(1, attributes.namespace)
            message.add(2, attributes.verb)
            message.add(3, attributes.group)
            message.add(4, attributes.version)
            message.add(5, attributes.resource)
            message.add(6, attributes.subresource)
            message.add(7, attributes.name)
        }
    }

    // MARK: - JSON

    private static func jsonBody(
        _ kind: String,
        _ attributes: RequestAttributes,
        _ user: UserInfo?,
        namespace: String
    ) -> [UInt8] {
        var body = JSONBody(capacity: 320)
        body.add(#"{"apiVersion":"authorization.k8s.io/v1","kind":"#, kind)
        if !namespace.isEmpty {
            body.add(#","metadata":{"namespace":"#, namespace)
            body.add("}")
        }
        body.add(#","spec":{"#)
        if let user {
            body.add(#""user":"#, user.name)
            for (index, group) in user.groups.enumerated() { body.add(index == 0 ? #","groups":["# : ",", group) }
            body.add(user.groups.isEmpty ? "," : "],")
        }
        addSpec(attributes, to: &body)
        body.add("}}")
        return body.bytes
    }

    private static func addSpec(_ attributes: RequestAttributes, to body: inout JSONBody) {
        if let path = attributes.nonResourceURL {
            body.add(#""nonResourceAttributes":{"path":"#, path)
            body.add(#","verb":"#, attributes.verb)
        } else {
            body.add(#""resourceAttributes":{"verb":"#, attributes.verb)
            if !attributes.namespace.isEmpty { body.add(#","namespace":"#, attributes.namespace) }
            if !attributes.group.isEmpty { body.add(#","group":"#, attributes.group) }
            if !attributes.version.isEmpty { body.add(#","version":"#, attributes.version) }
            if !attributes.resource.isEmpty { body.add(#","resource":"#, attributes.resource) }
            if !attributes.subresource.isEmpty { body.add(#","subresource":"#, attributes.subresource) }
            if !attributes.name.isEmpty { body.add(#","name":"#, attributes.name) }
        }
        body.add("}")
    }
}

/// A JSON document as it is written from its beginning to its end.
private struct JSONBody {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func add(_ syntax: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: syntax.utf8Start, count: syntax.utf8CodeUnitCount))
    }

    /// Syntax and a text behind it, in quotes.
    mutating func add(_ syntax: StaticString, _ text: String) {
        add(syntax)
        appendJSONQuoted(text, to: &bytes)
    }
}
