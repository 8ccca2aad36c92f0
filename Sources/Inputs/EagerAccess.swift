package import Diagnosis
package import RBAC
import KubeAPI
import Synchronization

/// An access that asks what every diagnosis asks first while its owner still reads files: which server, who is asking, and
/// what is served.
///
/// Each of these answers is given once; whoever asks again gets a new one.
package final class EagerAccess: ClusterAccess {
    private struct Asked {
        var server: Task<CheckReport.Server, Never>?
        var currentUser: Task<ClusterAnswer<UserInfo>, Never>?
        var discovery: Task<ClusterAnswer<Discovery>, Never>?
    }

    private let access: APIServerAccess
    private let asked: Mutex<Asked>

    /// Asks nothing yet where that could bring a credential plugin to speak: what is wrong with files is told first.
    package init(_ access: APIServerAccess) {
        self.access = access
        var asked = Asked()
        if !access.client.connection.credentials.needsPlugin {
            // Detached: the thread of the command is about to read files.
            asked.server = Task.detached { await access.server() }
            asked.currentUser = Task.detached { await access.currentUser() }
            asked.discovery = Task.detached { await access.discovery(refreshed: false) }
        }
        self.asked = Mutex(asked)
    }

    private func take<Answer: Sendable>(_ member: WritableKeyPath<Asked, Task<Answer, Never>?>) -> Task<Answer, Never>?
    {
        asked.withLock { asked in
            defer { asked[keyPath: member] = nil }
            return asked[keyPath: member]
        }
    }

    package func server() async -> CheckReport.Server {
        if let early = take(\.server) { return await early.value }
        return await access.server()
    }

    package func currentUser() async -> ClusterAnswer<UserInfo> {
        if let early = take(\.currentUser) { return await early.value }
        return await access.currentUser()
    }

    package func discovery(refreshed: Bool) async -> ClusterAnswer<Discovery> {
        if !refreshed, let early = take(\.discovery) { return await early.value }
        return await access.discovery(refreshed: refreshed)
    }

    package func review(_ requests: [RequestAttributes], for subject: ReviewSubject) async -> [Diagnosis.AccessAnswer] {
        await access.review(requests, for: subject)
    }

    package func liveObjects(inNamespaces namespaces: [String]) async -> LiveObjects {
        await access.liveObjects(inNamespaces: namespaces)
    }

    package func listedRules(
        of subject: ReviewSubject,
        inNamespace namespace: String
    ) async -> ClusterAnswer<ListedRules> {
        await access.listedRules(of: subject, inNamespace: namespace)
    }
}
