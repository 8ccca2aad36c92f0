import Foundation
import Logging
import NIOCore
import Synchronization

/// Keeps a copy of all objects of a kind: lists them, then watches what changes.
///
/// Reading from the copy costs the API server nothing; it may be a moment behind. Whoever reconciles from it must stand
/// that: a write that comes too late ends in a conflict, and is tried again.
final class Informer<Object: KubernetesObject>: Sendable {
    private struct State {
        var objects: [ObjectKey: Object] = [:]
        var hasSynced = false
    }

    private struct List: Decodable {
        struct Metadata: Decodable { var resourceVersion: String }
        var metadata: Metadata
        var items: [Object]
    }

    private let client: KubernetesClient
    private let logger: Logger
    private let onChange: @Sendable (Object) async -> Void
    private let state = Mutex(State())

    /// - Parameter onChange: told of each object that was added, changed or deleted.
    init(_ client: KubernetesClient, _ logger: Logger, onChange: @escaping @Sendable (Object) async -> Void) {
        self.client = client
        self.logger = logger
        self.onChange = onChange
    }

    subscript(key: ObjectKey) -> Object? { state.withLock { $0.objects[key] } }

    var objects: [Object] { state.withLock { Array($0.objects.values) } }

    /// Whether the copy was complete once.
    var hasSynced: Bool { state.withLock { $0.hasSynced } }

    /// Follows the API server until it is cancelled, whatever goes wrong meanwhile.
    func run() async {
        var backoff = Backoff(first: .milliseconds(800), most: .seconds(30))
        while !Task.isCancelled {
            do {
                var version = try await list()
                backoff.reset()
                while !Task.isCancelled { version = try await watch(from: version) }
            } catch let error as APIError where error.isGone {
                logger.debug("\(Object.resource.plural): the watch is too old; listing again")
            } catch {
                if Task.isCancelled { return }
                let pause = backoff.next()
                logger.info("\(Object.resource.plural): the watch failed; trying again", metadata: ["in": "\(pause)"])
                logger.debug("\(Object.resource.plural): \(error)")
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// - Returns: the resource version that a watch goes on from.
    private func list() async throws -> String {
        // Version 0 asks for what the API server has in memory, which is as new as a cache needs it.
        let list: List = try await client.exchange(.GET, Object.resource.path() + "?limit=500&resourceVersion=0")
        let objects = Dictionary(list.items.map { ($0.key, $0) }) { $1 }
        let deleted = state.withLock { state in
            let deleted = state.objects.filter { objects[$0.key] == nil }.map(\.value)
            state.objects = objects
            state.hasSynced = true
            return deleted
        }
        for object in deleted + list.items { await onChange(object) }
        return list.metadata.resourceVersion
    }

    /// - Returns: the resource version that was seen last, when the server ended the watch.
    private func watch(from version: String) async throws -> String {
        var version = version
        // The server ends each watch after a while, at different times, so that not all come back at once.
        let seconds = Int.random(in: 300..<600)
        let body = try await client.open(
            Object.resource.path()
                + "?watch=true&allowWatchBookmarks=true&resourceVersion=\(version)&timeoutSeconds=\(seconds)",
            timeout: .seconds(Int64(seconds) + 30)
        )
        var lines = WatchLines()
        for try await piece in body {
            for line in lines.take(piece) {
                guard let event = try WatchLines.event(line, of: Object.self) else { continue }
                version = await take(event) ?? version
            }
        }
        return version
    }

    private func take(_ event: WatchEvent<Object>) async -> String? {
        switch event {
        case .bookmark(let version): return version
        case .applied(let object):
            state.withLock { $0.objects[object.key] = object }
            await onChange(object)
            return object.metadata.resourceVersion
        case .deleted(let object):
            state.withLock { $0.objects[object.key] = nil }
            await onChange(object)
            return object.metadata.resourceVersion
        }
    }
}
