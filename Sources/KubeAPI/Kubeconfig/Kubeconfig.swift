package import Syntax

/// A value and where it stands in its file.
package struct Located<Value: Sendable>: Sendable {
    package var value: Value
    package var range: SourceRange

    package init(_ value: Value, _ range: SourceRange) {
        self.value = value
        self.range = range
    }

    /// An error at this place.
    func error(_ message: String, hint: String) -> InputError {
        InputError(file: range.file, location: range.start, message: message, hint: hint)
    }
}

extension Located: Equatable where Value: Equatable {}

/// What one or several kubeconfig files say, paths resolved against the folder of the file that has them.
///
/// Kubernetes: `k8s.io/client-go/tools/clientcmd/api.Config`.
package struct Kubeconfig: Sendable {
    package struct Cluster: Sendable {
        package var name: Located<String>
        package var server: Located<String>?
        package var tlsServerName: String?
        package var skipsVerification = false
        package var authorityFile: Located<String>?
        package var authorityData: Located<[UInt8]>?
        package var proxyURL: Located<String>?
        package var disablesCompression = false
        /// The extension `client.authentication.k8s.io/exec`, for exec plugins that ask for the cluster.
        package var execConfiguration: Node?
    }

    package struct User: Sendable {
        package var name: Located<String>
        package var certificateFile: Located<String>?
        package var certificateData: Located<[UInt8]>?
        package var keyFile: Located<String>?
        package var keyData: Located<Secret<[UInt8]>>?
        package var token: Located<Secret<String>>?
        package var tokenFile: Located<String>?
        package var username: Located<String>?
        package var password: Located<Secret<String>>?
        package var impersonation = Impersonation()
        package var authProvider: Located<AuthProvider>?
        package var exec: Located<ExecPlugin>?
    }

    package struct Context: Sendable {
        package var name: Located<String>
        package var cluster: Located<String>?
        package var user: Located<String>?
        package var namespace: Located<String>?
    }

    package var clusters: [Cluster] = []
    package var users: [User] = []
    package var contexts: [Context] = []
    package var currentContext: Located<String>?
    /// The files that were there, in the order of precedence.
    package var files: [String] = []

    package init() {}

    /// Whether nothing is defined, so that the in-cluster form may be tried.
    package var isEmpty: Bool { clusters.isEmpty && users.isEmpty && contexts.isEmpty && currentContext == nil }

    package func cluster(_ name: String) -> Cluster? { clusters.first { $0.name.value == name } }
    package func user(_ name: String) -> User? { users.first { $0.name.value == name } }
    package func context(_ name: String) -> Context? { contexts.first { $0.name.value == name } }

    /// Adds what another file defines: of entries of one name the earlier one stays as it is.
    mutating func merge(_ other: Kubeconfig) {
        clusters += other.clusters.filter { cluster($0.name.value) == nil }
        users += other.users.filter { user($0.name.value) == nil }
        contexts += other.contexts.filter { context($0.name.value) == nil }
        currentContext = currentContext ?? other.currentContext
        files += other.files
    }
}

/// Whom a connection acts as. Kubernetes: `k8s.io/client-go/rest.ImpersonationConfig`.
package struct Impersonation: Hashable, Sendable {
    package var user = ""
    package var groups: [String] = []
    package var uid = ""
    package var extra: [String: [String]] = [:]

    package init(user: String = "", groups: [String] = [], uid: String = "", extra: [String: [String]] = [:]) {
        self.user = user
        self.groups = groups
        self.uid = uid
        self.extra = extra
    }

    package var isEmpty: Bool { user.isEmpty && groups.isEmpty && uid.isEmpty && extra.isEmpty }

    /// Field by field, what another says in place of this.
    func overridden(by other: Impersonation) -> Impersonation {
        Impersonation(
            user: other.user.isEmpty ? user : other.user,
            groups: other.groups.isEmpty ? groups : other.groups,
            uid: other.uid.isEmpty ? uid : other.uid,
            extra: extra.merging(other.extra) { $1 }
        )
    }

    /// Whether every value can be sent as it is. What cannot must not be sent in part: that would be somebody else.
    var isSendable: Bool {
        ([user, uid] + groups + extra.values.flatMap(\.self)).allSatisfy(HeaderText.isValue)
    }

    /// The headers of a request that is made as somebody else; in a fixed order.
    package var headers: [String] {
        guard !user.isEmpty else { return [] }
        var lines = ["Impersonate-User: \(HeaderText.value(user))"]
        lines += groups.map { "Impersonate-Group: \(HeaderText.value($0))" }
        if !uid.isEmpty { lines.append("Impersonate-Uid: \(HeaderText.value(uid))") }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            lines += values.map { "Impersonate-Extra-\(HeaderText.key(key)): \(HeaderText.value($0))" }
        }
        return lines
    }
}

/// Texts as parts of HTTP headers.
enum HeaderText {
    /// Whether a text can be sent as it is; Go: `golang.org/x/net/http/httpguts.ValidHeaderFieldValue`.
    static func isValue(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" }
    }

    /// Without control characters, which would end the header.
    static func value(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
    }

    /// A key that may hold any character: what is no token is percent-escaped.
    /// Kubernetes: `client-go/transport.headerKeyEscape`.
    static func key(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte < 0x80
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            if isLetter || isDigit || "!#$&'*+-.^_`|~".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
