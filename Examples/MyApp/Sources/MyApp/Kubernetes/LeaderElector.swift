import Foundation
import Logging

/// Lets one of several instances work: the one that holds a Lease and renews it.
///
/// Kubernetes: `client-go/tools/leaderelection`, with its usual times.
struct LeaderElector: Sendable {
    struct LeadershipLost: Error, CustomStringConvertible {
        var description: String { "the lease could not be renewed in time: another instance may lead now" }
    }

    private static let duration = 15
    private static let renewDeadline = Duration.seconds(10)
    private static let retryPeriod = Duration.seconds(2)

    let client: KubernetesClient
    let logger: Logger
    let lease: ObjectKey
    /// Names this instance, and no other.
    let identity: String

    /// Waits until this instance leads, and does the work until it is done, cancelled, or the lease is lost.
    ///
    /// - Throws: `LeadershipLost`; the process should end then, since another one works.
    func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
        try await acquire()
        logger.notice("leading", metadata: ["lease": "\(lease)", "identity": "\(identity)"])
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work() }
                group.addTask { try await keep() }
                defer { group.cancelAll() }
                // Whichever ends first: the work, or the leadership.
                try await group.next()
            }
        } catch let lost as LeadershipLost {
            throw lost
        } catch {
            await release()
            throw error
        }
        await release()
    }

    /// Gives the lease up, so that the next instance need not wait until it runs out.
    private func release() async {
        // In a task of its own: the one that ends here is cancelled already, and all that it calls with it.
        await Task {
            guard var held = try? await client.get(Lease.self, lease), held.spec.holderIdentity == identity else {
                return
            }
            held.spec.holderIdentity = ""
            held.spec.leaseDurationSeconds = 1
            _ = try? await client.replace(held)
            logger.notice("gave the lease back")
        }.value
    }

    private func acquire() async throws {
        var seen: (renewTime: String?, at: ContinuousClock.Instant)?
        while true {
            do {
                guard let current = try await read() else {
                    _ = try await client.create(mine(nil))
                    return
                }
                // By this machine's clock: how long ago the holder's last sign of life was seen, not what it says.
                if seen == nil || seen?.renewTime != current.spec.renewTime {
                    seen = (current.spec.renewTime, .now)
                }
                if isFree(current, since: seen?.at ?? .now) {
                    _ = try await client.replace(mine(current))
                    return
                }
            } catch {
                logger.info("the lease cannot be acquired; trying again")
                logger.debug("\(lease): \(error)")
            }
            try await Task.sleep(for: Self.retryPeriod * Double.random(in: 1...1.2))
        }
    }

    private func keep() async throws {
        var renewed = ContinuousClock.now
        while true {
            try await Task.sleep(for: Self.retryPeriod)
            do {
                guard let current = try await read(), current.spec.holderIdentity == identity else {
                    throw LeadershipLost()
                }
                _ = try await client.replace(mine(current))
                renewed = .now
            } catch let error as LeadershipLost {
                throw error
            } catch {
                try Task.checkCancellation()
                guard renewed.duration(to: .now) < Self.renewDeadline else { throw LeadershipLost() }
                logger.info("the lease was not renewed; trying again")
                logger.debug("\(lease): \(error)")
            }
        }
    }

    private func read() async throws -> Lease? {
        do {
            return try await client.get(Lease.self, lease)
        } catch let error as APIError where error.isNotFound { return nil }
    }

    private func isFree(_ current: Lease, since seen: ContinuousClock.Instant) -> Bool {
        let holder = current.spec.holderIdentity ?? ""
        if holder.isEmpty || holder == identity { return true }
        return seen.duration(to: .now) > .seconds(current.spec.leaseDurationSeconds ?? Self.duration)
    }

    /// The lease as this instance holds it.
    private func mine(_ current: Lease?) -> Lease {
        let now = KubernetesTime.micro(.now)
        let isRenewed = current?.spec.holderIdentity == identity
        let transitions = current?.spec.leaseTransitions ?? 0
        return Lease(
            metadata: current?.metadata ?? ObjectMeta(name: lease.name, namespace: lease.namespace),
            spec: Lease.Spec(
                holderIdentity: identity,
                leaseDurationSeconds: Self.duration,
                acquireTime: isRenewed ? current?.spec.acquireTime : now,
                renewTime: now,
                leaseTransitions: current == nil || isRenewed ? transitions : transitions + 1
            )
        )
    }
}
