import RBAC
import Syntax

/// The refusals that texts tell of: calls that were made and not allowed, though no line says how they were made.
struct RefusedCalls {
    private struct Key: Hashable {
        var attributes: RequestAttributes
        var user: String
    }

    private struct Entry {
        var count: Int
        let line: Int
        let message: String
        /// An informer's: it needs the other verb of the pair, too.
        var isInformer = false
    }

    private var entries: [Key: Entry] = [:]
    /// Past this many different ones a log tells nothing new about permissions.
    private static let limit = 10_000

    var isEmpty: Bool { entries.isEmpty }

    /// Counts the refusal that a text tells of; `false` where it tells of none.
    ///
    /// - Parameter isInformer: a reflector wrote it, which lists and watches.
    mutating func read(_ text: String, line: Int, isInformer: Bool = false) -> Bool {
        guard let refusal = RefusalText.read(text), case .authorization = refusal.kind else { return false }
        var attributes = refusal.request
        attributes.version = ""
        let key = Key(attributes: attributes, user: refusal.user)
        guard entries.count < Self.limit || entries[key] != nil else { return true }
        var entry = entries[key] ?? Entry(count: 0, line: line, message: refusal.message)
        entry.count += 1
        entry.isInformer = entry.isInformer || isInformer && ["list", "watch"].contains(attributes.verb)
        entries[key] = entry
        return true
    }

    /// As requirements, but for what the calls already say was refused.
    ///
    /// - Parameter calls: those whose request was logged; a client logs it, and the answer's text beside it.
    func requirements(besides calls: [Requirement], file: String) -> [Requirement] {
        var refused: Set<RequestAttributes> = []
        var unanswered: [RequestAttributes: Requirement.Key] = [:]
        for call in calls where call.implied == nil {
            var attributes = call.attributes
            attributes.version = ""
            if call.statuses[403] != nil { refused.insert(attributes) }
            if call.statuses.isEmpty { unanswered[attributes] = call.key }
        }
        return entries.flatMap { key, entry in
            let known = unanswered[key.attributes]
            let call = Requirement(
                key: known ?? .init(attributes: key.attributes, user: key.user.isEmpty ? nil : key.user),
                origins: ["\(file):\(entry.line)"],
                count: known == nil ? entry.count : 0,
                statuses: [403: entry.count],
                message: entry.message
            )
            let pair = entry.isInformer ? [call.informerPair] : []
            return refused.contains(key.attributes) ? pair : [call] + pair
        }
    }
}

extension RecordCollector {
    /// Reads a text that may tell of a refusal, with quotes as they are or as texts in texts have them.
    mutating func takeRefusal(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) -> Bool {
        guard firstRange(of: "User ", in: bytes) != nil else { return false }
        var text = String(decoding: bytes, as: UTF8.self)
        let isInformer = firstRange(of: "reflector", in: bytes) != nil
        for _ in 0..<4 {
            if refusals.read(text, line: line, isInformer: isInformer) { return true }
            guard text.contains("\\\"") else { return false }
            text = text.replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
        }
        return false
    }

    /// An answer of the API server. Kubernetes: `meta/v1.Status`.
    mutating func takeStatus(line: Int) -> Bool {
        guard let message = record.filled(.message)?.string else { return false }
        return refusals.read(message, line: line)
    }

    /// What a request that was allowed was refused for further in: an update that would create (`create`), and the
    /// permissions that a role would hand out and its author does not hold.
    ///
    /// Kubernetes: `withAuthorization` in `endpoints/handlers/update.go`, `rbac/validation.ConfirmNoEscalation`.
    func furtherNeeds(_ message: String, of request: ResolvedRecord, line: Int) -> [Requirement] {
        guard let refusal = RefusalText.read(message) else { return [] }
        let called = request.key.attributes
        var needs: [RequestAttributes]
        switch refusal.kind {
        case .authorization:
            needs = refusal.request.verb == called.verb ? [] : [refusal.request]
            for index in needs.indices { needs[index].version = called.version }
        case .escalation(let missing):
            needs = missing.flatMap { $0.requests(inNamespace: called.namespace) }
        }
        let reason = needs.isEmpty ? "" : "asked for by \(called.verb) \(called.resource)"
        return needs.prefix(Self.mostNeeds).map { attributes in
            Requirement(
                key: .init(attributes: attributes, user: request.key.user),
                implied: reason,
                origins: ["\(name):\(line)"],
                statuses: [403: 1],
                message: message
            )
        }
    }

    private static let mostNeeds = 256
}

extension PolicyRule {
    /// Each permission of the rule as a request for it; a star stands for itself.
    fileprivate func requests(inNamespace namespace: String) -> [RequestAttributes] {
        verbs.flatMap { verb -> [RequestAttributes] in
            let paths = nonResourceURLs.map { RequestAttributes(verb: verb, nonResourceURL: $0) }
            return paths
                + apiGroups.flatMap { group in
                    resources.flatMap { resource in
                        (resourceNames.isEmpty ? [""] : resourceNames).map { name in
                            var request = RequestAttributes(verb: verb, group: group, resource: resource)
                            request.splitResource()
                            (request.namespace, request.name) = (namespace, name)
                            return request
                        }
                    }
                }
        }
    }
}
