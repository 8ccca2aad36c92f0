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
        /// Why it is needed, where the call itself was another.
        var implied: String?
    }

    private var entries: [Key: Entry] = [:]
    /// Past this many different ones a log tells nothing new about permissions.
    private static let limit = 10_000
    /// Of one refused role.
    fileprivate static let mostNeeds = 256

    var isEmpty: Bool { entries.isEmpty }

    /// Counts the refusal that a message of the API server tells of; `false` where it tells of none.
    mutating func read(_ message: String, line: Int) -> Bool {
        guard let refusal = RefusalText.read(message), case .authorization = refusal.kind else { return false }
        add(Entry(count: 1, line: line, message: refusal.message), refusal.request, user: refusal.user)
        return true
    }

    /// Counts what was found in a log.
    ///
    /// - Returns: why nothing is required of it: too little is known, or credentials and not permissions are missing.
    mutating func add(_ found: NoticeLog.Entry, _ lookup: ResourceLookup) -> Skip? {
        let notice = found.notice
        switch notice.kind {
        case .authorization:
            guard let request = notice.request, !request.verb.isEmpty,
                !notice.lacksScope || notice.source != .fragment && isScopeClear(request, lookup)
            else { return .noScope }
            add(found, request)
        case .escalation(let missing):
            // In which namespace a Role is written, its refusal does not say.
            guard let grantor = notice.request, isScopeClear(grantor, lookup), !missing.isEmpty else { return .noScope }
            let reason = "asked for by writing \(grantor.resource)"
            for need in missing.flatMap({ $0.requests(inNamespace: "") }).prefix(Self.mostNeeds) {
                add(found, need, implied: reason)
            }
        case .ownerFinalizers(let update):
            guard let update else { return .noScope }
            add(
                found,
                update,
                implied: "asked for by the owner reference of \(notice.request?.resource ?? "an object")"
            )
        case .unauthenticated: return .unauthenticated
        case .notServed, .admission, .symptom: break
        }
        return nil
    }

    /// Whether it is clear where the request was made, though the text does not tell the namespace.
    private func isScopeClear(_ request: RequestAttributes, _ lookup: ResourceLookup) -> Bool {
        !request.isResourceRequest || !request.namespace.isEmpty
            || lookup.isNamespaced(request.resource, request.group) == false
    }

    private mutating func add(_ found: NoticeLog.Entry, _ request: RequestAttributes, implied: String? = nil) {
        let entry = Entry(
            count: found.count,
            line: found.firstLine,
            message: found.message,
            isInformer: found.notice.isInformer && ["list", "watch"].contains(request.verb),
            implied: implied
        )
        add(entry, request, user: found.notice.user)
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
                implied: entry.implied,
                origins: ["\(file):\(entry.line)"],
                count: known == nil && entry.implied == nil ? entry.count : 0,
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
        if line != nextLogLine { scanLog(isEnd: true) }
        if logStream == nil { logStream = LogStream(lookup: lookup, name: "", firstLine: line) }
        logText.append(contentsOf: bytes)
        logText.append(0x0A)
        nextLogLine = line + 1
        if logText.count > Self.logPart { scanLog(isEnd: false) }
    }

    /// Looks through what was kept.
    private mutating func scanLog(isEnd: Bool) {
        guard var stream = logStream.take() else { return }
        let done = logText.withUnsafeBufferPointer { scanner.scan($0, isEnd: isEnd, of: &stream) }
        logText.removeFirst(isEnd ? logText.count : done)
        if !isEnd { logStream = stream }
    }

    /// Takes the refusals that the log tells of.
    mutating func takeRefusals() {
        scanLog(isEnd: true)
        let found = scanner.found()
        for entry in found.entries {
            if let skip = refusals.add(entry, lookup) { note(skip, entry.firstLine) }
        }
        if found.omitted > 0 { warn("\(name): \(found.omitted) more refusals differ from all that were kept") }
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
        return needs.prefix(RefusedCalls.mostNeeds).map { attributes in
            Requirement(
                key: .init(attributes: attributes, user: request.key.user),
                implied: reason,
                origins: ["\(name):\(line)"],
                statuses: [403: 1],
                message: message
            )
        }
    }

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
