import ArgumentParser

/// Which API server is asked, and as whom: the flags that kubectl has, with its meaning.
struct ConnectionFlags: ParsableArguments {
    @Option(help: "Path of the kubeconfig; default $KUBECONFIG, then ~/.kube/config.", completion: .file())
    var kubeconfig: String?

    @Option(name: .customLong("context"), help: "Context of the kubeconfig. Repeatable: one report a cluster.")
    var contexts: [String] = []

    @Option(name: [.short, .long], help: "Namespace of what names none.")
    var namespace: String?

    @Option(help: "Address of the API server.")
    var server: String?

    @Option(
        name: .customLong("request-timeout"),
        help: ArgumentHelp("Longest wait for one answer: 10s, 2m; 0 waits for ever.", valueName: "duration")
    )
    var requestTimeout: String?

    @Option(name: .customLong("as"), help: "User to impersonate.")
    var asUser: String?

    @Option(name: .customLong("as-group"), help: "Group to impersonate. Repeatable.")
    var asGroups: [String] = []

    @Option(name: .customLong("as-uid"), help: "UID to impersonate.")
    var asUID: String?

    @Option(
        name: .customLong("as-user-extra"),
        help: ArgumentHelp("Extra of the impersonated user. Repeatable.", valueName: "key=value")
    )
    var asUserExtras: [String] = []

    /// Whether a server was named by a flag, for commands that ask none by themselves.
    var namesServer: Bool { kubeconfig != nil || !contexts.isEmpty || server != nil }

    /// Where no kubeconfig is read, which may name the user.
    func requireUser() throws {
        if asUser == nil, !asGroups.isEmpty || asUID != nil || !asUserExtras.isEmpty {
            throw ValidationError(
                "`--as-group`, `--as-uid` and `--as-user-extra` need a user\n  hint: add --as USER"
            )
        }
    }
}
