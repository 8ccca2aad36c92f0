import NIOHTTP1
import RBAC

/// Whether the child may act as somebody else. What that user may do, the server says.
///
/// Kubernetes: `apiserver/pkg/endpoints/filters/impersonation`; KEP-5284.
struct ImpersonationCheck {
    let user: String
    private let groups: [String]
    private let uid: String
    private let extras: [(key: String, value: String)]

    /// `nil` where nobody is impersonated; groups without a user the server refuses itself.
    init?(_ headers: HTTPHeaders) {
        guard let user = headers.first(name: "impersonate-user"), !user.isEmpty else { return nil }
        self.user = user
        groups = headers["impersonate-group"]
        uid = headers.first(name: "impersonate-uid") ?? ""
        let prefix = "impersonate-extra-"
        extras = headers.compactMap { name, value in
            let name = name.lowercased()
            guard name.hasPrefix(prefix) else { return nil }
            return (name.dropFirst(prefix.count).removingPercentEncoding, value)
        }
    }

    /// Nodes, service accounts and other users are impersonated apart; plain impersonation is the last way.
    private enum Mode: Hashable {
        case constrained(String)
        case plain

        var verb: String { if case .constrained(let name) = self { "impersonate:\(name)" } else { "impersonate" } }
        /// Of users, groups, nodes and service accounts.
        var group: String { self == .plain ? "" : "authentication.k8s.io" }
    }

    /// The first refusal of all ways; `nil` where one of them is open.
    func refusal(of request: RequestAttributes, _ judge: DeclaredJudge) -> LocalAnswer? {
        var first: LocalAnswer?
        for mode in modes(judge.gates) {
            guard let refused = refusal(mode, request, judge) else { return nil }
            first = first ?? refused
        }
        return first
    }

    private func modes(_ gates: FeatureGates) -> [Mode] {
        guard gates.constrainsImpersonation else { return [.plain] }
        let isAlone = groups.isEmpty && uid.isEmpty && extras.isEmpty
        if user.hasPrefix(Self.nodePrefix) { return isAlone ? [.constrained("arbitrary-node"), .plain] : [.plain] }
        if ServiceAccountName(userName: user) != nil {
            return isAlone ? [.constrained("serviceaccount"), .plain] : [.plain]
        }
        return [.constrained("user-info"), .plain]
    }

    private static let nodePrefix = "system:node:"

    private func refusal(_ mode: Mode, _ request: RequestAttributes, _ judge: DeclaredJudge) -> LocalAnswer? {
        var asked: [RequestAttributes] = []
        if case .constrained(let name) = mode {
            var action = request
            action.verb = "impersonate-on:\(name):\(request.verb)"
            asked.append(action)
        }
        asked.append(identity(mode))
        if !uid.isEmpty { asked.append(Self.part(mode.verb, "uids", uid)) }
        if let denied = asked.first(where: { !judge.isAllowed($0) }) { return judge.refusal(denied) }
        return groupRefusal(mode, judge) ?? extraRefusal(mode, judge)
    }

    private func identity(_ mode: Mode) -> RequestAttributes {
        var attributes = Self.impersonation(ofUser: user)
        attributes.verb = mode.verb
        attributes.group = mode.group
        if mode != .plain, user.hasPrefix(Self.nodePrefix) {
            attributes.resource = "nodes"
            attributes.name = String(user.dropFirst(Self.nodePrefix.count))
        }
        return attributes
    }

    /// What plain impersonation of a user needs.
    static func impersonation(ofUser name: String) -> RequestAttributes {
        let account = ServiceAccountName(userName: name)
        return RequestAttributes(
            verb: "impersonate",
            version: "v1",
            resource: account == nil ? "users" : "serviceaccounts",
            namespace: account?.namespace ?? "",
            name: account?.name ?? name
        )
    }

    private static func part(_ verb: String, _ resource: String, _ name: String, key: String = "") -> RequestAttributes
    {
        RequestAttributes(
            verb: verb,
            group: "authentication.k8s.io",
            version: "v1",
            resource: resource,
            subresource: key,
            name: name
        )
    }

    private func groupRefusal(_ mode: Mode, _ judge: DeclaredJudge) -> LocalAnswer? {
        func asked(_ name: String) -> RequestAttributes {
            var attributes = Self.part(mode.verb, "groups", name)
            attributes.group = mode.group
            return attributes
        }
        if mode != .plain {
            if groups.contains("") {
                return judge.refusal(asked(""), reason: "impersonating the empty string group is not allowed")
            }
            if groups.contains("system:masters") {
                let name = "system:masters"
                return judge.refusal(asked(name), reason: "impersonating the \(name) group is not allowed")
            }
            if groups.count >= Self.many, judge.isAllowed(asked("*")) { return nil }
        }
        return groups.map(asked).first { !judge.isAllowed($0) }.map { judge.refusal($0) }
    }

    private func extraRefusal(_ mode: Mode, _ judge: DeclaredJudge) -> LocalAnswer? {
        let isMany = mode != .plain && extras.count >= Self.many
        if isMany, judge.isAllowed(Self.part(mode.verb, "userextras", "*", key: "*")) { return nil }
        return extras.map { Self.part(mode.verb, "userextras", $0.value, key: $0.key) }
            .first { !judge.isAllowed($0) }.map { judge.refusal($0) }
    }

    /// Of so many groups or extras it is asked for all of them first.
    private static let many = 4
}

extension Substring {
    /// Kubernetes: `unescapeExtraKey`; a broken escape stands for itself.
    fileprivate var removingPercentEncoding: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
