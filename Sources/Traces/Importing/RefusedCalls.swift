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

    /// Counts the refusal that a message of the API server tells of; `false` where it tells of none.
    mutating func read(_ message: String, line: Int) -> Bool {
        guard let refusal = RefusalText.read(message), case .authorization = refusal.kind else { return false }
        add(Entry(count: 1, line: line, message: refusal.message), refusal.request, user: refusal.user)
        return true
    }

    /// Counts what was found in a log; `false` for a refusal of which too little is known to require anything.
    ///
    /// - Parameter firstLine: of the part of the log that was scanned.
    mutating func add(_ found: NoticeLog.Entry, firstLine: Int) -> Bool {
        guard found.notice.kind == .authorization, let request = found.notice.request else { return true }
        guard !found.notice.lacksScope, found.notice.source != .fragment else { return false }
        let entry = Entry(
            count: found.count,
            line: firstLine + found.firstLine - 1,
            message: found.message,
            isInformer: found.notice.isInformer && ["list", "watch"].contains(request.verb)
        )
        add(entry, request, user: found.notice.user)
        return true
    }

    private mutating func add(_ new: Entry, _ request: RequestAttributes, user: String) {
        var attributes = request
        attributes.version = ""
        let key = Key(attributes: attributes, user: user)
        guard var entry = entries[key] else {
            if entries.count < Self.limit { entries[key] = new }
            return
        }
        entry.count += new.count
        entry.isInformer = entry.isInformer || new.isInformer
        entries[key] = entry
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
    /// Keeps a line of a log to be looked through for refusals, which may go over several lines.
    mutating func keep(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) {
        if !logText.isEmpty, line != nextLogLine || logText.count > Self.logPart { scanLog() }
        if logText.isEmpty { firstLogLine = line }
        logText.append(contentsOf: bytes)
        logText.append(0x0A)
        nextLogLine = line + 1
    }

    /// Looks through what was kept.
    mutating func scanLog() {
        guard !logText.isEmpty else { return }
        var scanner = LogScanner()
        scanner.scan(String(decoding: logText, as: UTF8.self))
        logText.removeAll(keepingCapacity: true)
        for entry in scanner.found().entries where !refusals.add(entry, firstLine: firstLogLine) {
            note(.noScope, firstLogLine + entry.firstLine - 1)
        }
    }

    /// Bytes of a log that are looked through at once.
    private static let logPart = 1 << 20

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
