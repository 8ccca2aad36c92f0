import Foundation
import Syntax
import TestSupport
import Testing

@testable import KubeAPI

@Suite struct KubeconfigTests {
    let folder: ScratchFolder
    init() throws { folder = try ScratchFolder() }

    private func load(_ yaml: String, _ change: (inout ConnectionOptions) -> Void = { _ in }) throws
        -> ClusterConnection
    {
        var options = ConnectionOptions()
        options.kubeconfig = try folder.write("config", yaml)
        change(&options)
        return try ClusterConnection.load(options, surroundings())
    }

    private static let whole = """
        clusters:
        - {name: c, cluster: {server: "https://c.test:6443/prefix/", tls-server-name: inner.test}}
        - {name: d, cluster: {server: "https://d.test"}}
        users:
        - {name: u, user: {token: hunter2, as: boss, as-groups: [g], as-uid: "7", as-user-extra: {k: [a, b]}}}
        contexts:
        - {name: c, context: {cluster: c, user: u, namespace: team}}
        - {name: d, context: {cluster: d, user: nobody}}
        current-context: c
        """

    @Test func currentContext() throws {
        let connection = try load(Self.whole)
        #expect(connection.address.description == "https://c.test:6443/prefix")
        #expect(connection.tlsServerName == "inner.test")
        #expect(connection.namespace == "team")
        #expect(connection.context == "c")
        #expect(connection.credentials.token?.value == "hunter2")
        #expect(
            connection.impersonation == Impersonation(user: "boss", groups: ["g"], uid: "7", extra: ["k": ["a", "b"]])
        )
        #expect(connection.credentials.source.description.hasPrefix("token of user `u` in \(folder.path)/config:"))
        #expect(connection.warnings.isEmpty)
    }

    @Test func otherContextWithoutUser() throws {
        let connection = try load(Self.whole) { $0.context = "d" }
        #expect(connection.address.port == 443)
        #expect(connection.namespace == "default")
        #expect(connection.credentials.source.isAnonymous)
        #expect(connection.warnings == ["user `nobody` is not defined in the kubeconfig, so no credentials are sent"])
    }

    @Test func flagsOverrideFieldByField() throws {
        let connection = try load(Self.whole) {
            $0.server = "https://other.test:1"
            $0.namespace = "mine"
            $0.impersonation = Impersonation(user: "other", extra: ["k": ["z"]])
        }
        #expect(connection.address.description == "https://other.test:1")
        #expect(connection.tlsServerName == nil)
        #expect(connection.namespace == "mine")
        #expect(connection.impersonation == Impersonation(user: "other", groups: ["g"], uid: "7", extra: ["k": ["z"]]))
    }

    @Test func noContextIsChosen() throws {
        let error = #expect(throws: NoClusterConfigured.self) { try load("contexts: [{name: b}, {name: a}]") }
        #expect(error?.description == "the kubeconfig sets no current context")
        #expect(error?.choice == "`a`, `b`")
    }

    @Test func noCredentialsOverPlainHTTP() throws {
        let connection = try load(Self.whole) { $0.server = "http://localhost:8080" }
        #expect(connection.credentials.token == nil)
        #expect(connection.impersonation.user == "boss")
        #expect(connection.warnings == ["the server's address is not https, so no credentials are sent"])
    }

    @Test func secretsAreNeverShown() throws {
        let connection = try load(Self.whole)
        var dumped = ""
        dump(connection, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect(!"\(connection)".contains("hunter2"))
        #expect(!String(reflecting: connection).contains("hunter2"))
    }

    @Test(arguments: [
        ("a duplicate name", "users: [{name: u}, {name: u}]", "1:27: error: duplicate name `u` in `users`"),
        ("no list", "clusters: {}", "1:11: error: `clusters` must be a list"),
        ("a number for a text", "current-context: 12", "`current-context` must be a text, and this is a number"),
        (
            "a text for a boolean", "clusters: [{name: c, cluster: {insecure-skip-tls-verify: \"true\"}}]",
            "must be true or false"
        ),
        ("no base64", "users: [{name: u, user: {client-key-data: '%%%'}}]", "`client-key-data` is not base64"),
        ("no such context", "current-context: gone", "the current context `gone` does not exist"),
        ("another kind", "kind: Pod", "`Pod` is no kubeconfig"),
        ("another version", "apiVersion: v2", "unknown version `v2`"),
        (
            "no cluster", "{contexts: [{name: a, context: {cluster: gone}}], current-context: a}",
            "cluster `gone` is not defined"
        ),
        (
            "no server", "{contexts: [{name: a, context: {cluster: c}}], clusters: [{name: c}], current-context: a}",
            "cluster `c` has no server"
        ),
    ])
    func refused(_ what: String, _ yaml: String, _ message: String) throws {
        let error = #expect(throws: InputError.self) { try load(yaml) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains(message), "\(what): \(text)")
        #expect(error?.hint.isEmpty == false)
    }

    @Test(arguments: [
        ("{client-certificate-data: YQ==}", "has a client certificate without a key"),
        ("{client-certificate: x, client-certificate-data: YQ==}", "both `client-certificate` and"),
        ("{client-certificate: gone.pem, client-key: gone.key}", "gone.pem` cannot be read: no such file"),
        ("{tokenFile: gone}", "the token file"),
        ("{token: secret-text, username: me}", "more than one authentication method"),
        ("{as-groups: [a]}", "are impersonated without a user"),
        // What cannot be sent as it is must not be sent as something else.
        ("{token: \"secret-text\\nx\"}", "holds a line break"),
        (
            "{client-certificate-data: YQ==, "
                + "client-key-data: \(Base64.encode(Array("-----BEGIN ENCRYPTED PRIVATE KEY-----".utf8)))}",
            "the client key of user `u` is encrypted"
        ),
        (
            "{client-certificate-data: YQ==, client-key-data: "
                + "\(Base64.encode(Array("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n".utf8)))}",
            "the client key of user `u` is encrypted"
        ),
        (
            "{exec: {command: a, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Maybe}}",
            "unknown `interactiveMode` `Maybe`"
        ),
        ("{token: 12345678}", "`token` must be a text"),
        ("{exec: {command: a, apiVersion: client.authentication.k8s.io/v1}}", "no `interactiveMode`"),
        ("{exec: {command: a, apiVersion: client.authentication.k8s.io/v1alpha1}}", "unknown `apiVersion`"),
        ("{exec: {apiVersion: client.authentication.k8s.io/v1beta1}}", "no `command`"),
        (
            "{exec: {command: a, apiVersion: client.authentication.k8s.io/v1beta1}, auth-provider: {name: oidc}}",
            "both `exec` and"
        ),
        ("{auth-provider: {name: gcp}}", "`gcp` was removed"),
        ("{auth-provider: {name: azure}}", "`azure` was removed"),
        ("{auth-provider: {name: what}}", "no auth-provider `what`"),
        ("{auth-provider: {name: oidc, config: {id-token: e30.eyJleHAiOjF9.c2ln}}}", "has expired"),
    ])
    func refusedUsers(_ user: String, _ message: String) throws {
        let error = #expect(throws: InputError.self) {
            try connection("https://c.test", user: user, folder: folder)
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains(message), "\(text)")
        #expect(error?.location?.line == 9 || user.contains("as-groups"))
        #expect(!text.contains("secret-text") && !text.contains("12345678"))
    }

    @Test(arguments: [
        ("    certificate-authority: gone.crt", "certificate authority"),
        ("    proxy-url: ftp://p", "`proxy-url` cannot be used"),
        (
            "    insecure-skip-tls-verify: true\n    certificate-authority-data: YQ==",
            "together with `insecure-skip-tls-verify`"
        ),
        ("    certificate-authority: a\n    certificate-authority-data: YQ==", "has both `certificate-authority`"),
    ])
    func refusedClusters(_ cluster: String, _ message: String) throws {
        let error = #expect(throws: InputError.self) {
            try connection("https://c.test", cluster: cluster, folder: folder)
        }
        #expect(error.map { "\($0)" }?.contains(message) == true)
    }

    /// A kubeconfig holds more than is used, and what is not used need not be right.
    @Test func faultsOfOtherUsers() throws {
        let yaml = Self.whole.replacing(
            "users:\n",
            with: "users:\n- {name: other, user: {exec: {command: a, interactiveMode: Maybe}}}\n"
        )
        #expect(try load(yaml).credentials.token?.value == "hunter2")
    }

    @Test(arguments: ["boss\\nother", "boss\\u0007"])
    func whomToActAsIsSentAsItIsOrNotAtAll(_ user: String) throws {
        let error = #expect(throws: InputError.self) {
            try load(Self.whole.replacing("as: boss", with: "as: \"\(user)\""))
        }
        #expect(error?.message.contains("line break") == true)
        let flag = #expect(throws: InputError.self) {
            try load(Self.whole) { $0.impersonation = Impersonation(user: "a\nb") }
        }
        #expect(flag?.file == "--as")
    }

    /// client-go: a token file that cannot be read leaves the token.
    @Test func theCredentialThatIsSentIsNamed() throws {
        let both = "{token: t, tokenFile: \(folder.path)/token}"
        #expect(try connection("https://c.test", user: both, folder: folder).credentials.source.kinds == ["token"])
        try folder.write("token", "from-file\n")
        let kinds = try connection("https://c.test", user: both, folder: folder).credentials.source.kinds
        #expect(kinds == ["token file `\(folder.path)/token`"])
    }

    @Test(arguments: ["https://me:secret-text@h:port", "https://me:secret-text@h:1/\\evil"])
    func noPasswordOfAnAddressIsShown(_ address: String) throws {
        let wrong = #expect(throws: InputError.self) {
            try load(Self.whole.replacing("https://c.test:6443/prefix/", with: address.replacing("\\", with: "\\\\")))
        }
        #expect(wrong.map { "\($0)" }?.contains("secret-text") == false)
        let flag = #expect(throws: InputError.self) { try load(Self.whole) { $0.server = address } }
        #expect(flag.map { "\($0)" }?.contains("secret-text") == false)
    }

    /// Go passes over blocks that are no certificates; libcurl would take none of the others then.
    @Test func bundlesWithABadBlock() throws {
        let good = try String(contentsOf: Repository.fixtures.appending(path: "tls/ca.pem"), encoding: .utf8)
        let bad = "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n"
        func usable(_ text: String) -> String {
            String(decoding: PEMCertificates.usable(in: Array(text.utf8)), as: UTF8.self)
        }
        #expect(usable(good) == good)
        #expect(usable("a comment\n" + good + good) == "a comment\n" + good + good)
        #expect(usable(bad) == bad && usable("") == "")
        for bundle in [bad + good, good + bad, good.replacing("\n", with: "\r\n") + bad] {
            let kept = usable(bundle)
            #expect(kept.replacing("\r", with: "").contains(good.trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(!kept.contains("bm90IG9uZQ"))
        }
    }

    @Test func oidcTokenWithoutExpiryIsUsed() throws {
        let connection = try connection(
            "https://c.test",
            user: "{auth-provider: {name: oidc, config: {id-token: e30.e30.c2ln}}}",
            folder: folder
        )
        #expect(connection.credentials.token?.value == "e30.e30.c2ln")
    }

    @Test func insecureIsWarnedOf() throws {
        let connection = try connection(
            "https://c.test",
            cluster: "    insecure-skip-tls-verify: true",
            folder: folder
        )
        #expect(!connection.verifiesServer)
        #expect(connection.warnings.contains { $0.contains("not verified") })
    }
}

@Suite struct KubeconfigFilesTests {
    let folder: ScratchFolder
    init() throws { folder = try ScratchFolder() }

    @Test func firstFileWins() throws {
        try folder.write("a/ca.pem", "of a")
        let a = try folder.write(
            "a/config",
            """
            clusters: [{name: c, cluster: {server: "https://a.test", certificate-authority: ca.pem}}]
            users: [{name: u, user: {}}]
            """
        )
        let b = try folder.write(
            "b/config",
            """
            clusters: [{name: c, cluster: {server: "https://b.test", tls-server-name: b}}]
            users: [{name: u, user: {token: t}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """
        )
        let list = [a, "\(folder.path)/missing", "", b, a].joined(separator: ":")
        let connection = try ClusterConnection.load(ConnectionOptions(), surroundings(["KUBECONFIG": list]))
        #expect(connection.address.host == "a.test")
        // Not merged field by field.
        #expect(connection.tlsServerName == nil)
        #expect(connection.credentials.token == nil)
        #expect(connection.certificateAuthority == Array("of a".utf8))
    }

    @Test func homeIsTheDefault() throws {
        try folder.write(
            ".kube/config",
            "{clusters: [{name: c, cluster: {server: h}}], contexts: [{name: x, context: {cluster: c}}], current-context: x}"
        )
        let connection = try ClusterConnection.load(ConnectionOptions(), surroundings(["HOME": folder.path]))
        #expect(connection.address.description == "http://h")
    }

    @Test func nothingAtAll() throws {
        let error = #expect(throws: NoClusterConfigured.self) {
            try ClusterConnection.load(ConnectionOptions(), surroundings(["HOME": folder.path]))
        }
        #expect(error?.searched == ["\(folder.path)/.kube/config"])
    }

    @Test func explicitFileMustExist() throws {
        var options = ConnectionOptions()
        options.kubeconfig = "\(folder.path)/gone"
        let error = #expect(throws: InputError.self) { try ClusterConnection.load(options, surroundings()) }
        #expect(error?.message == "the kubeconfig cannot be read: no such file or directory")
    }

    @Test func folderAsFile() throws {
        var options = ConnectionOptions()
        options.kubeconfig = folder.path
        let error = #expect(throws: InputError.self) { try ClusterConnection.load(options, surroundings()) }
        #expect(error?.message == "the kubeconfig cannot be read: is a directory")
    }

    @Test func serverAloneIsEnough() throws {
        var options = ConnectionOptions()
        options.server = "https://[::1]:6443"
        let connection = try ClusterConnection.load(options, surroundings(["HOME": folder.path]))
        #expect(connection.address.host == "::1")
        #expect(connection.address.hostAndPort == "[::1]:6443")
    }

    @Test func inCluster() throws {
        try folder.write("sa/token", "pod-token\n")
        try folder.write("sa/ca.crt", "authority")
        try folder.write("sa/namespace", "pods-own")
        var pod = surroundings(["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"])
        pod.serviceAccountFolder = "\(folder.path)/sa"
        let connection = try ClusterConnection.load(ConnectionOptions(), pod)
        #expect(connection.address.description == "https://[fd00::1]")
        #expect(connection.namespace == "pods-own")
        #expect(connection.certificateAuthority == Array("authority".utf8))
        #expect(connection.credentials.source.description.hasPrefix("service account token of this pod in "))
        pod.environment["POD_NAMESPACE"] = "from-environment"
        #expect(try ClusterConnection.load(ConnectionOptions(), pod).namespace == "from-environment")
    }

    @Test(arguments: [
        ("30", Duration.seconds(30)), ("500ms", .milliseconds(500)), ("1h2m3s", .seconds(3723)),
        ("1.5s", .milliseconds(1500)),
        ("0", nil),
    ])
    func timeouts(_ text: String, _ expected: Duration?) throws {
        #expect(try ConnectionOptions.timeout(text) == expected)
    }

    @Test(arguments: ["", "-1", "abc", "3x", "1e9", "999999999999999999999", "s"])
    func noTimeouts(_ text: String) {
        #expect(throws: InputError.self) { try ConnectionOptions.timeout(text) }
    }
}
