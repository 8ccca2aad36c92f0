import RBAC

/// The notices of a log: each once, with how often and where, and with the generic errors that it brought about.
package struct NoticeLog {
    /// A line that a notice stands on.
    struct Line {
        let number: Int
        let name: String
        let text: () -> String
    }

    /// One notice, in all its places.
    package struct Entry: Sendable {
        package var notice: Notice
        /// As it was written at its first place.
        package var message: String
        package var count: Int
        package var firstLine: Int
        package var lastLine: Int
        /// The file of the first place; empty for a text.
        package var file: String
        /// The lines of generic errors that this is the cause of, each once.
        package var hides: [String] = []
        /// The line, where the notice is a generic error itself.
        var line = ""

        init(notice: Notice, message: String, count: Int, firstLine: Int, lastLine: Int, file: String) {
            self.notice = notice
            self.message = message
            self.count = count
            self.firstLine = firstLine
            self.lastLine = lastLine
            self.file = file
        }

        /// A notice that stands in no log.
        package init(_ notice: Notice, message: String) {
            self.init(notice: notice, message: message, count: 1, firstLine: 1, lastLine: 1, file: "")
        }
    }

    /// All that was found.
    package struct Summary: Sendable {
        package var entries: [Entry]
        /// Different notices that were left out, since there were too many.
        package var omitted: Int
    }

    private var entries: [Entry] = []
    private var places: [Key: Int] = [:]
    private var omitted = 0

    /// So many different notices nobody reads; they would fill the memory.
    private static let limit = 5_000
    private static let hidesLimit = 5

    /// What makes two notices the same.
    private struct Key: Hashable {
        var kind: Notice.Kind
        var request: RequestAttributes?
        var user: String
        var groups: [String]
        var source: Notice.Source
        var reason: String
    }

    /// Counts a notice.
    ///
    /// - Returns: its place, by which it can be counted again; `nil` where that depends on more than the notice.
    @discardableResult
    mutating func add(_ notice: Notice, _ message: String, count: Int = 1, on line: Line) -> Int? {
        var notice = notice
        notice.reason = clipped(notice.reason)
        let key = key(notice)
        let isRepeatable = if case .symptom = notice.kind { false } else { true }
        if case .symptom(.cacheSync) = notice.kind, saysMore(&notice, on: line) { return nil }
        if let place = places[key] {
            addAgain(place, line: line.number, count: count)
            entries[place].notice.isInformer = entries[place].notice.isInformer || notice.isInformer
            return isRepeatable ? place : nil
        }
        guard entries.count < Self.limit else {
            omitted += count
            return nil
        }
        let place = entries.count
        places[key] = place
        var entry = Entry(
            notice: notice,
            message: clipped(message),
            count: count,
            firstLine: line.number,
            lastLine: line.number,
            file: line.name
        )
        switch notice.kind {
        case .symptom, .notServed: entry.line = clipped(line.text())
        default: if notice.source == .call { entry.line = clipped(line.text()) }
        }
        entries.append(entry)
        return isRepeatable ? place : nil
    }

    /// Counts a notice that was told before.
    mutating func addAgain(_ place: Int, line: Int, count: Int = 1) {
        // A line that says it twice, as a Status does with its causes, tells of one refusal.
        if entries[place].lastLine != line || count > 1 { entries[place].count += count }
        entries[place].lastLine = line
    }

    /// Enough of a text to know it by.
    private func clipped(_ text: String) -> String {
        let limit = 4_000
        return text.utf8.count <= limit ? text : String(text.prefix(limit))
    }

    /// Whether the line said the same before: a logger writes a generic error as its message and once more as the error, and
    /// only one of them may tell the kind.
    private mutating func saysMore(_ notice: inout Notice, on line: Line) -> Bool {
        guard let last = entries.lastIndex(where: { $0.notice.isCacheSync }), entries[last].lastLine == line.number
        else {
            return false
        }
        if entries[last].notice.kind == .symptom(.cacheSync(kind: "")), entries[last].count == 1 {
            places[key(entries[last].notice)] = nil
            entries[last].notice = notice
            places[key(notice)] = last
        }
        return true
    }

    /// The order in which the reasons of several missing roles come is not stable, and quotas count up.
    private func key(_ notice: Notice) -> Key {
        var key = Key(
            kind: notice.kind,
            request: notice.request,
            user: notice.user,
            groups: notice.groups,
            source: notice.source,
            reason: ""
        )
        if case .admission(var admission) = notice.kind {
            if [.webhook, .policy, .unknown].contains(admission.decider) { key.reason = notice.reason }
            admission.object = ""
            key.kind = .admission(admission)
        }
        return key
    }

    // MARK: - Causes

    func summary() -> Summary {
        var kept: [Entry] = []
        var later: [Entry] = []
        for entry in entries { if entry.isWeak { later.append(entry) } else { kept.append(entry) } }
        for entry in later where !entry.put(to: &kept, limit: Self.hidesLimit) { kept.append(entry) }
        kept.sort { ($0.order(among: entries)) < ($1.order(among: entries)) }
        return Summary(entries: kept, omitted: omitted)
    }
}

extension NoticeLog.Entry {
    /// Whether another entry may say the same and more.
    fileprivate var isWeak: Bool {
        switch notice.kind {
        case .symptom: true
        case .notServed: !line.isEmpty
        default: notice.source < .message
        }
    }

    fileprivate func order(among entries: [NoticeLog.Entry]) -> Int {
        entries.firstIndex { $0.firstLine == firstLine && $0.message == message && $0.file == file } ?? entries.count
    }

    /// Puts this to the entries that it repeats or that are its cause; whether there are any.
    fileprivate func put(to kept: inout [NoticeLog.Entry], limit: Int) -> Bool {
        let causes = kept.indices.filter { isCaused(by: kept[$0]) }
        let earlier = causes.filter { kept[$0].firstLine <= firstLine }
        for index in earlier.isEmpty ? causes : earlier where !line.isEmpty && notice.isGeneric {
            guard kept[index].firstLine != firstLine || kept[index].file != file else { continue }
            let text = line.trimmingPrefix { $0 == " " || $0 == "\t" }
            if kept[index].hides.count < limit, !kept[index].hides.contains(String(text)) {
                kept[index].hides.append(String(text))
            }
        }
        return !causes.isEmpty
    }

    private func isCaused(by entry: NoticeLog.Entry) -> Bool {
        switch notice.kind {
        case .symptom(let symptom): symptom.isCaused(by: entry.notice)
        case .notServed: entry.notice.isDiscovery
        default: notice.isRepeated(by: entry.notice)
        }
    }
}

extension Notice {
    fileprivate var isCacheSync: Bool { if case .symptom(.cacheSync) = kind { true } else { false } }

    /// Whether it says that something went wrong, and not what.
    fileprivate var isGeneric: Bool {
        switch kind {
        case .symptom, .notServed: true
        default: source == .call && lacksScope
        }
    }

    /// Whether a fuller notice says what this does.
    fileprivate func isRepeated(by other: Notice) -> Bool {
        guard kind == .authorization, other.kind == .authorization || other.kind == .unauthenticated else {
            return false
        }
        guard let request, let whole = other.request else { return false }
        return source < other.source && request.verb == whole.verb && request.resource == whole.resource
            && request.subresource == whole.subresource && request.group == whole.group
            && request.nonResourceURL == whole.nonResourceURL
            && (lacksScope || request.namespace == whole.namespace)
            && (request.name.isEmpty || request.name == whole.name) && (user.isEmpty || user == other.user)
    }

    /// Discovery was refused, or the definitions of resources could not be read.
    fileprivate var isDiscovery: Bool {
        guard kind == .authorization, let request else { return false }
        if let path = request.nonResourceURL { return path.hasPrefix("/api") }
        return request.resource == "customresourcedefinitions"
    }
}

extension Symptom {
    fileprivate func isCaused(by notice: Notice) -> Bool {
        switch self {
        case .cacheSync(let kind):
            if case .notServed(let missing) = notice.kind { return missing.kind == kind }
            return notice.isInformers
                && (kind.isEmpty || notice.request.map { isPlural($0.resource, of: kind) } == true)
        case .runnables: return notice.isInformers
        case .leaderElectionLost:
            let locks = ["leases", "configmaps", "endpoints"]
            return notice.kind == .unauthenticated
                || notice.kind == .authorization && locks.contains(notice.request?.resource ?? "")
                    && ["get", "create", "update", "patch"].contains(notice.request?.verb ?? "")
        case .eventRejected: return notice.request?.resource == "events"
        case .noInClusterConfiguration, .unreadable: return false
        }
    }

    /// Whether a resource is the plural of a kind, as English and Kubernetes form it.
    private func isPlural(_ resource: String, of kind: String) -> Bool {
        let singular = kind.lowercased()
        let ending = singular.hasSuffix("y") ? String(singular.dropLast()) + "ies" : singular + "s"
        return [singular, ending, singular + "es", singular + "s"].contains(resource)
            || ["unstructured", "partialobjectmetadata"].contains(singular)
    }
}

extension Notice {
    /// Whether an informer can't start without it.
    fileprivate var isInformers: Bool {
        if kind == .unauthenticated { return true }
        return kind == .authorization && ["list", "watch"].contains(request?.verb ?? "")
    }
}
