/// Who the server says is asking.
package struct Identity: Hashable, Sendable {
    /// Where the name comes from; a guess is never reported as the server's word.
    package enum Origin: String, Hashable, Sendable {
        case selfSubjectReview = "SelfSubjectReview"
        /// The server has no such review; its refusal of another request names the user.
        case refusal = "refusal"
        /// The claims of the token that is sent.
        case token = "token"
        /// The server does not tell, and nothing else does.
        case unknown = ""
    }

    package var name: String
    package var groups: [String]
    package var uid: String
    package var extra: [String: [String]]
    package var origin: Origin

    package var isAnonymous: Bool { name == "system:anonymous" }

    package init(
        name: String,
        groups: [String] = [],
        uid: String = "",
        extra: [String: [String]] = [:],
        origin: Origin
    ) {
        self.name = name
        self.groups = groups
        self.uid = uid
        self.extra = extra
        self.origin = origin
    }
}

extension APIClient {
    /// Who the server takes this client for, impersonation included.
    ///
    /// Servers before 1.28 have older versions of the review, and those before 1.26 none; their refusal of a path that
    /// hardly anybody may read names the user, and else the token does.
    ///
    /// - Throws: also where the server does not let this client act as the user that it is to impersonate.
    package func whoAmI() async throws(APIFailure) -> Identity {
        let identity = try await identityOfServer()
        // What names nobody may be no API server at all.
        if identity.name.isEmpty { _ = try await serverVersion() }
        return identity
    }

    private func identityOfServer() async throws(APIFailure) -> Identity {
        for version in ["v1", "v1beta1", "v1alpha1"] {
            let body = #"{"apiVersion":"authentication.k8s.io/\#(version)","kind":"SelfSubjectReview"}"#
            do throws(APIFailure) {
                let path = "/apis/authentication.k8s.io/\(version)/selfsubjectreviews"
                return Self.identity(try await json(.create(path, body))["status"]["userInfo"])
            } catch {
                if let refused = refusalToImpersonate(error) { throw refused }
                if let name = Self.userOfRefusal(error) { return Identity(name: name, origin: .refusal) }
                guard error.isNotServed else { throw error }
            }
        }
        return try await identityWithoutReview()
    }

    private static func identity(_ user: JSONValue) -> Identity {
        var extra: [String: [String]] = [:]
        for member in user["extra"].members { extra[member.key] = member.value.strings }
        return Identity(
            name: user["username"].text,
            groups: user["groups"].strings,
            uid: user["uid"].text,
            extra: extra,
            origin: .selfSubjectReview
        )
    }

    private func identityWithoutReview() async throws(APIFailure) -> Identity {
        do throws(APIFailure) {
            _ = try await response(APIRequest(.get, "/swiftop.dev/whoami"))
        } catch {
            if let refused = refusalToImpersonate(error) { throw refused }
            if let name = Self.userOfRefusal(error) { return Identity(name: name, origin: .refusal) }
            guard error.isNotServed else { throw error }
        }
        if connection.impersonation.isEmpty, let token = connection.credentials.token?.value,
            let subject = Self.subject(ofToken: token)
        {
            return Identity(name: subject, origin: .token)
        }
        return Identity(name: "", origin: .unknown)
    }

    /// A refusal to act as somebody names who asks, not whom to ask as.
    private func refusalToImpersonate(_ failure: APIFailure) -> APIFailure? {
        guard !connection.impersonation.isEmpty, case .status(403, _, let message) = failure,
            message.range(of: "\" cannot impersonate") != nil
        else { return nil }
        return .impersonationRefused(user: connection.impersonation.user, message: message)
    }

    /// The name in `User "NAME" cannot …` of a refusal.
    private static func userOfRefusal(_ failure: APIFailure) -> String? {
        guard case .status(403, _, let message) = failure, let start = message.range(of: "User \""),
            let end = message[start.upperBound...].range(of: "\" cannot ")
        else { return nil }
        return String(message[start.upperBound..<end.lowerBound])
    }

    /// `sub` of a JSON Web Token, where it is a service account's: other issuers' names are mapped by the server.
    private static func subject(ofToken token: String) -> String? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decodeURLSafe(parts[1]), let claims = try? JSONValue(bytes),
            let subject = claims["sub"].string, subject.hasPrefix("system:serviceaccount:")
        else { return nil }
        return subject
    }

    /// `v1.36.2`, as `/version` says it.
    package func serverVersion() async throws(APIFailure) -> ServerVersion {
        let document = try await json(APIRequest(.get, "/version"))
        guard let version = document["gitVersion"].string else {
            throw .unreadable(detail: "`/version` names no version; does `server` name an API server?")
        }
        return ServerVersion(text: version, major: document["major"].text, minor: document["minor"].text)
    }
}

/// The version of an API server.
package struct ServerVersion: Hashable, Sendable {
    /// `v1.36.2`, possibly with a vendor's suffix.
    package var text: String
    package var major: String
    /// Some vendors write `27+`.
    package var minor: String
}
