import RBAC
import Syntax

/// The fields of an `audit.k8s.io` event that say who called what, and how it ended.
///
/// Kubernetes: `k8s.io/apiserver/pkg/apis/audit/v1/types.go`.
struct AuditFields {
    var stage: String?
    var requestURI: String?
    var user: String?
    var impersonatedUser: String?
    var objectReference: RequestAttributes?
    var decision: String?
    var code: Int?
    var message: String?
    var timestamp: String?

    /// Takes a member if it is one of an event; says whether it did.
    mutating func take(_ key: String, _ scanner: inout JSONScanner) throws(JSONError) -> Bool {
        switch key {
        case "stage": stage = try scanner.optionalString()
        case "requestURI": requestURI = try scanner.optionalString()
        case "impersonatedUser": impersonatedUser = try Self.userName(&scanner)
        case "objectRef": objectReference = try Self.reference(&scanner)
        case "annotations" where scanner.nextByte() == UInt8(ascii: "{"):
            try scanner.object { (key, scanner) throws(JSONError) in
                if key == "authorization.k8s.io/decision" {
                    decision = try scanner.optionalString()
                } else {
                    try scanner.skip()
                }
            }
        case "responseStatus" where scanner.nextByte() == UInt8(ascii: "{"):
            try scanner.object { (key, scanner) throws(JSONError) in
                switch key {
                case "code": code = try scanner.optionalInteger()
                case "message": message = try scanner.optionalString()
                default: try scanner.skip()
                }
            }
        case "requestReceivedTimestamp": timestamp = try scanner.optionalString()
        default: return false
        }
        return true
    }

    static func userName(_ scanner: inout JSONScanner) throws(JSONError) -> String? {
        guard scanner.nextByte() == UInt8(ascii: "{") else {
            try scanner.skip()
            return nil
        }
        var name: String?
        try scanner.object { (key, scanner) throws(JSONError) in
            if key == "username" { name = try scanner.optionalString() } else { try scanner.skip() }
        }
        return name
    }

    private static func reference(_ scanner: inout JSONScanner) throws(JSONError) -> RequestAttributes? {
        guard scanner.nextByte() == UInt8(ascii: "{") else {
            try scanner.skip()
            return nil
        }
        var attributes = RequestAttributes(verb: "", resource: "")
        try scanner.object { (key, scanner) throws(JSONError) in
            switch key {
            case "apiGroup": attributes.group = try scanner.optionalString() ?? ""
            case "apiVersion": attributes.version = try scanner.optionalString() ?? ""
            case "resource": attributes.resource = try scanner.optionalString() ?? ""
            case "subresource": attributes.subresource = try scanner.optionalString() ?? ""
            case "namespace": attributes.namespace = try scanner.optionalString() ?? ""
            case "name": attributes.name = try scanner.optionalString() ?? ""
            default: try scanner.skip()
            }
        }
        return attributes
    }

    /// What was authorized: name and namespace as in the URL, since `objectRef` of a create is filled from the body,
    /// which authorization never saw; `objectRef` where there is no URL.
    func attributes(verb: String) -> ResolvedRequest? {
        let method =
            switch verb {
            case "create": "POST"
            case "update": "PUT"
            case "patch": "PATCH"
            case "delete", "deletecollection": "DELETE"
            case "get", "list", "watch", "proxy": "GET"
            case "": "OPTIONS"
            default: verb.uppercased()
            }
        if let requestURI, var info = try? RequestInfo.resolve(method: method, url: requestURI) {
            info.attributes.verb = verb
            return info
        }
        guard var attributes = objectReference, !attributes.resource.isEmpty else { return nil }
        attributes.verb = verb
        if verb == "create", attributes.subresource.isEmpty { attributes.name = "" }
        return ResolvedRequest(attributes: attributes)
    }
}
