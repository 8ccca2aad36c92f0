import RBAC
import Syntax

/// Turns the JSON objects of a trace into requirements.
struct RecordCollector {
    let name: String
    private let filter: TraceFilter
    /// Whether what is unknown is a broken record, and not somebody else's words.
    let isStrict: Bool
    private(set) var trace = Trace()
    private var cache = RecordCache()
    private(set) var record = RawRecord()
    private var key: [UInt8] = []
    private var streams = OpenStreams()
    private var skips: [Skip: (count: Int, line: Int)] = [:]
    private var events = 0
    /// Of the events those that were logged before anything was decided.
    private var earlyEvents = 0
    private var leftOutByTime = 0
    /// Of objects in texts of objects.
    var depth = 0
    var clientLog = ClientLog()
    var refusals = RefusedCalls()
    /// Looks for refusals in what is a log.
    var scanner: LogScanner
    let lookup: ResourceLookup
    /// Lines of a log that are to be looked through, and the number of the next one.
    var logText: [UInt8] = []
    var logStream: LogStream?
    var nextLogLine = 0

    init(name: String, filter: TraceFilter, lookup: ResourceLookup = ResourceLookup(), isStrict: Bool = true) {
        self.name = name
        self.filter = filter
        self.lookup = lookup
        scanner = LogScanner(lookup: lookup)
        self.isStrict = isStrict
        record.isLenient = !isStrict
    }

    /// Whether anything was read that makes a trace, a header at least.
    var hasContent: Bool { trace.records > 0 || trace.hasHeader || !refusals.isEmpty }

    /// Takes one object: a record, a header, an event, a list of such, or what wraps one.
    ///
    /// - Returns: whether it was any of these; always so where `isStrict`.
    @discardableResult
    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, at place: TextPlace) throws(RecordProblem) -> Bool {
        do throws(JSONError) { try record.read(bytes) } catch { throw RecordProblem(error) }
        if let bad = firstInvalidUTF8(in: bytes) {
            throw RecordProblem("this is not UTF-8: byte 0x\(String(bytes[bad], radix: 16))", offset: bad)
        }
        switch try RecordKind(record, isStrict: isStrict) {
        case .record: try takeRecord(line: place.start.line)
        case .event: try takeEvent(line: place.start.line)
        case .header: takeHeader()
        case .handWritten: try takeHandWritten(bytes, at: place)
        case .list(let start): try takeList(bytes, from: start, at: place)
        case .status: return takeStatus(line: place.start.line)
        case .wrapper(let text): return takeText(text, at: place)
        case .envelope(let start): return try takeEnvelope(bytes, from: start, at: place)
        case .dialect(let dialect): return try take(dialect, bytes, at: place)
        case .foreign: return false
        }
        return true
    }

    /// The elements of an array in an object that stands whole in memory.
    private mutating func takeList(
        _ bytes: UnsafeBufferPointer<UInt8>,
        from start: Int,
        at place: TextPlace
    ) throws(RecordProblem) {
        takeHeader()
        var scanner = JSONScanner(UnsafeBufferPointer(rebasing: bytes[start...]))
        var itemPlace = place
        var walked = 0
        do throws(JSONError) { try scanner.beginArray() } catch { throw RecordProblem(error, after: start) }
        while let range = try Self.nextObject(&scanner, after: start) {
            let from = start + range.lowerBound
            let passed = UnsafeBufferPointer(rebasing: bytes[walked..<from])
            itemPlace = TextPlace(start: itemPlace.location(of: passed.count, in: passed))
            walked = from
            do throws(RecordProblem) {
                let item = UnsafeBufferPointer(rebasing: bytes[from..<start + range.upperBound])
                if try !takeElement(item, at: itemPlace) { note(.noEvent, itemPlace.start.line) }
            } catch {
                if !isStrict {
                    note(.noEvent, itemPlace.start.line)
                    continue
                }
                var problem = error
                problem.offset += from
                throw problem
            }
        }
    }

    /// The next element of an array, which must be an object.
    private static func nextObject(
        _ scanner: inout JSONScanner,
        after start: Int
    ) throws(RecordProblem) -> Range<Int>? {
        do throws(JSONError) {
            guard try scanner.nextElement() else { return nil }
            let byte = scanner.nextByte()
            guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") else {
                throw JSONError(offset: scanner.position, message: "an object must stand here")
            }
            let from = scanner.position
            try scanner.skip()
            return from..<scanner.position
        } catch { throw RecordProblem(error, after: start) }
    }

    mutating func takeHeader() {
        trace.hasHeader = true
    }

    // MARK: - Records

    private mutating func takeRecord(line: Int) throws(RecordProblem) {
        trace.records += 1
        let count = record.count ?? (record.filled(.implied) == nil ? 1 : 0)
        guard count >= 0 else { throw RecordProblem("`count` is negative") }
        if let status = record.status, !(0...999).contains(status) { throw RecordProblem("`status` is no HTTP status") }
        let (first, last) = (try timestamp(.first), try timestamp(.last))
        guard isWanted(from: first, to: last) else { return }
        RecordKey.record(record, into: &key)
        var slot = cache.find(key)
        if slot == nil { slot = insert(try ResolvedRecord(record: record), line: line) }
        update(slot, count, first, last, record[.message])
    }

    private func timestamp(_ field: RawRecord.Field) throws(RecordProblem) -> Timestamp? {
        guard let text = record.filled(field) else { return nil }
        guard let time = text.hasEscapes ? Timestamp(text.string) : Timestamp(text.bytes) else {
            throw RecordProblem("`\(field)` is no time of RFC 3339", offset: text.offset)
        }
        return time
    }

    private mutating func takeEvent(line: Int) throws(RecordProblem) {
        trace.records += 1
        events += 1
        if AuditEvent.isEarly(record) {
            earlyEvents += 1
            return
        }
        if let skip = AuditEvent.skip(record) { return note(skip, line) }
        // A stream's start was counted already.
        if streams.isEnd(of: record) { return }
        var time = try timestamp(.receivedTime)
        if time == nil { time = try timestamp(.stageTime) }
        if time == nil { time = try timestamp(.oldTime) }
        guard isWanted(from: time, to: time) else { return }
        RecordKey.event(record, into: &key)
        var slot = cache.find(key)
        if slot == nil { slot = ResolvedRecord(event: record).map { insert($0, line: line) } }
        guard let slot else { return note(.nothing, line) }
        let isRefused = record.status.map { $0 >= 400 } ?? false
        update(slot, 1, time, time, isRefused ? record[.statusMessage] : nil)
        // The request was allowed, so what was refused is something else that it asked for.
        guard record.status == 403, record[.decision]?.equals("allow") ?? false, let message = record[.statusMessage]
        else { return }
        for need in furtherNeeds(message.string, of: cache.slots[slot].request, line: line) { add(need) }
    }

    // MARK: - Calls in other words

    /// A call that no record says.
    mutating func takeCall(_ call: ClientCall, line: Int) {
        trace.records += 1
        guard let request = ResolvedRecord(call: call) else { return note(.noAPI, line) }
        guard isWanted(from: call.time, to: call.time) else { return }
        RecordKey.call(call, into: &key)
        let slot = cache.find(key) ?? insert(request, line: line)
        cache.update(slot) { slot in
            slot.count = Requirement.sum(slot.count, 1)
            if let status = call.status { slot.statuses.add(status, 1) }
            if let time = call.time { slot.note(time, time) }
        }
    }

    mutating func note(_ skip: Skip, _ line: Int) {
        skips[skip, default: (0, line)].count += 1
    }

    /// Whether something was passed over for this reason.
    func has(_ skip: Skip) -> Bool { skips[skip] != nil }

    /// The slot of what the record with the bytes in `key` comes to.
    private mutating func insert(_ request: ResolvedRecord, line: Int) -> Int {
        var request = request
        let isLeftOut = !filter.takes(request)
        // Of few requests each is spelled once, at the end.
        if !isLeftOut, cache.isLarge, let key = trace.requirements.noting(request.key) { request.key = key }
        let hash = request.hashValue
        var slot = cache.find(request, hash: hash)
        if slot == nil {
            if cache.isFull { drain() }
            slot = cache.append(RecordCache.Slot(request: request, isLeftOut: isLeftOut, line: line), hash: hash)
        }
        cache.remember(key, slot ?? 0)
        return slot ?? 0
    }

    /// Whether a filter takes calls between two times; those without a time are told at the end.
    private mutating func isWanted(from first: Timestamp?, to last: Timestamp?) -> Bool {
        if filter.takes(from: first, to: last) { return true }
        if first == nil, last == nil { leftOutByTime += 1 }
        return false
    }

    /// Counts the record that was read.
    private mutating func update(
        _ slot: Int?,
        _ count: Int,
        _ first: Timestamp?,
        _ last: Timestamp?,
        _ message: JSONText?
    ) {
        guard let slot else { return }
        let status = record.status
        cache.update(slot) { slot in
            slot.count = Requirement.sum(slot.count, count)
            if let status, status > 0 { slot.statuses.add(status, count) }
            slot.note(first, last)
            if let message { slot.takeMessage(message) }
        }
    }

    // MARK: - Requirements as people write them

    private mutating func takeHandWritten(
        _ bytes: UnsafeBufferPointer<UInt8>,
        at place: TextPlace
    ) throws(RecordProblem) {
        do throws(InputError) {
            for document in try YAMLParser.documents(Array(bytes), file: name) {
                for requirement in try RequirementItem(document).requirements() {
                    var requirement = requirement
                    requirement.origins = ["\(name):\(place.start.line)"]
                    add(requirement)
                }
            }
            trace.records += 1
        } catch {
            throw RecordProblem(error.message, offset: error.location?.offset ?? 0, hint: error.hint)
        }
    }

    /// Adds requirements of a YAML document.
    mutating func take(_ requirements: [Requirement]) {
        trace.hasHeader = true
        trace.records += requirements.count
        for requirement in requirements { add(requirement) }
    }

    private mutating func add(_ requirement: Requirement) {
        if filter.takes(ResolvedRecord(key: requirement.key)) { trace.requirements.insert(requirement) }
    }

    // MARK: - The end

    mutating func warn(_ message: String) { trace.warnings.append(message) }

    /// What was read and is no call, by its reason: `3 lines were not audit events; first at audit.log:12`.
    var skipSentences: [String] {
        Skip.allCases.compactMap { skip in
            // Lines beside events are told; in a log of anything else most lines are about something else.
            guard let (count, line) = skips[skip], skip != .noEvent || events > 0 || trace.hasHeader else { return nil }
            return "\(skip.sentence(count)); first at \(name):\(line)"
        }
    }

    /// What was read, with what was left out told; after `finishLog`.
    mutating func finish() -> Trace {
        drain()
        if !refusals.isEmpty {
            let refused = refusals.requirements(besides: trace.requirements.requirements, file: name)
            // A text tells no time that could be asked for.
            if filter.hasTimes { leftOutByTime += refused.count } else { refused.forEach { add($0) } }
        }
        for sentence in skipSentences { warn(sentence) }
        if earlyEvents > 0, earlyEvents == events {
            warn(
                "\(name): its events tell only that requests were received, not for whom and with which answer: the audit "
                    + "policy omits the stage ResponseComplete"
            )
        }
        if leftOutByTime > 0 {
            let what =
                leftOutByTime == 1 ? "1 record says no time and was" : "\(leftOutByTime) records say no time and were"
            warn("\(name): \(what) left out")
        }
        return trace
    }

    /// Empties the cache into the requirements.
    private mutating func drain() {
        // From the end, so that what was moved is not held twice.
        while let slot = cache.removeLast() {
            guard !slot.isLeftOut else { continue }
            let requirement = slot.requirement(file: name)
            trace.requirements.insert(requirement)
            if slot.request.isInformer { trace.requirements.insert(requirement.informerPair) }
            if let creation = requirement.creation { trace.requirements.insert(creation) }
        }
        cache.removeAll()
    }
}

extension RecordCache.Slot {
    /// Widens the time in which the calls were made.
    fileprivate mutating func note(_ first: Timestamp?, _ last: Timestamp?) {
        if let first, self.first.map({ first < $0 }) ?? true { self.first = first }
        if let last, self.last.map({ $0 < last }) ?? true { self.last = last }
    }

    /// Keeps the least of all messages, so that the order of the records has no say.
    fileprivate mutating func takeMessage(_ text: JSONText) {
        if !text.hasEscapes, let message, message.elementsEqual(text.bytes) { return }
        let bytes = text.hasEscapes ? text.unescaped : Array(text.bytes)
        if let message, !bytes.lexicographicallyPrecedes(message) { return }
        message = bytes
    }

    fileprivate func requirement(file: String) -> Requirement {
        Requirement(
            key: request.key,
            level: request.level,
            implied: request.implied,
            origins: ["\(file):\(line)"],
            count: count,
            statuses: statuses.dictionary,
            first: first?.description,
            last: last?.description,
            isCached: request.isCached,
            isDryRun: request.isDryRun,
            codeLocation: request.codeLocation,
            userAgents: request.userAgent.map { [$0] } ?? [],
            message: message.map { String(decoding: $0, as: UTF8.self) }
        )
    }
}

extension Requirement {
    /// What else an informer needs: a watch where it listed, a list where it watched.
    var informerPair: Requirement {
        implied(verb: key.attributes.verb == "list" ? "watch" : "list", because: "informer")
    }

    /// What else an update or a patch needs that made the object (201): the API server asks for `create` on it, too.
    ///
    /// Kubernetes: `withAuthorization` in `apiserver/pkg/endpoints/handlers/update.go`.
    fileprivate var creation: Requirement? {
        guard statuses[201] != nil, attributes.isResourceRequest,
            attributes.verb == "update" || attributes.verb == "patch"
        else { return nil }
        return implied(verb: "create", because: "created by \(attributes.verb)")
    }

    private func implied(verb: String, because reason: String) -> Requirement {
        var key = key
        key.attributes.verb = verb
        return Requirement(
            key: key,
            level: level,
            implied: reason,
            origins: origins,
            isCached: isCached,
            isDryRun: isDryRun,
            codeLocation: codeLocation,
            userAgents: userAgents
        )
    }
}
