import KubeAPI
import NIOCore
import Synchronization

/// The user's credentials for the next request: at hand mostly, asked of a plugin or a file where they have grown old.
final class UpstreamCredentials: Sendable {
    private let authenticator: Authenticator
    private let known = Mutex<UpstreamIdentity?>(nil)

    init(_ authenticator: Authenticator) { self.authenticator = authenticator }

    var canRenew: Bool { authenticator.canRefresh }

    /// Those that were asked for last, while they are valid.
    var current: UpstreamIdentity? {
        known.withLock { known in
            guard let known, known.validUntil.map({ $0 > .now }) ?? true else { return nil }
            return known
        }
    }

    /// Asks for them, and for newer ones where those of a generation were refused.
    func fetch(after refused: Int? = nil) async -> Result<UpstreamIdentity, UpstreamFailure> {
        do throws(CredentialFailure) {
            var identity: Authenticator.Identity?
            if let refused { identity = try await authenticator.identity(after: refused) }
            if identity == nil { identity = try await authenticator.identity() }
            guard let identity else { return .failure(UpstreamFailure("there are no credentials")) }
            let prepared = UpstreamIdentity(identity)
            known.withLock { $0 = prepared }
            return .success(prepared)
        } catch { return .failure(UpstreamFailure(error)) }
    }
}
