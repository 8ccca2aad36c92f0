/// Who asks, after authentication and impersonation. Kubernetes: `k8s.io/apiserver/pkg/authentication/user.Info`.
package struct UserInfo: Hashable, Sendable {
    package var name: String
    package var groups: [String]

    package init(name: String, groups: [String] = []) {
        self.name = name
        self.groups = groups
    }
}

/// A service account by namespace and name.
package struct ServiceAccountName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var namespace: String
    package var name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// Reads `system:serviceaccount:NS:NAME`; `nil` for any other user name.
    ///
    /// Kubernetes: `serviceaccount.SplitUsername`, which wants exactly four parts and non-empty namespace and name.
    package init?(userName: String) {
        let prefix = "system:serviceaccount:"
        guard userName.hasPrefix(prefix) else { return nil }
        let parts = userName.dropFirst(prefix.count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(namespace: String(parts[0]), name: String(parts[1]))
    }

    /// The user name that a token of the account authenticates as.
    package var userName: String { "system:serviceaccount:\(namespace):\(name)" }

    /// The user with the groups that authentication adds to a token of the account.
    package var user: UserInfo {
        UserInfo(
            name: userName,
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"]
        )
    }

    package var description: String { "\(namespace)/\(name)" }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.namespace, lhs.name) < (rhs.namespace, rhs.name)
    }
}
