import Syntax

/// What clouds, log shippers and clients put around a call, taken off.
extension RecordCollector {
    /// Of objects in texts of objects: no system nests deeper.
    private static let maximumDepth = 6

    /// An object inside another one's text.
    mutating func takeText(_ text: JSONText, at place: TextPlace) -> Bool {
        guard depth < Self.maximumDepth else { return false }
        depth += 1
        defer { depth -= 1 }
        let bytes = text.unescaped
        return bytes.withUnsafeBufferPointer { takeEvidence($0, at: place) }
    }

    /// An object that is a member of another one.
    mutating func takeEnvelope(
        _ bytes: UnsafeBufferPointer<UInt8>,
        from start: Int,
        at place: TextPlace
    ) throws(RecordProblem) -> Bool {
        guard depth < Self.maximumDepth else { return false }
        depth += 1
        defer { depth -= 1 }
        var scanner = JSONScanner(UnsafeBufferPointer(rebasing: bytes[start...]))
        do throws(JSONError) { try scanner.skip() } catch { throw RecordProblem(error, after: start) }
        return try take(UnsafeBufferPointer(rebasing: bytes[start..<start + scanner.position]), at: place)
    }

    /// Calls in the words of another system.
    mutating func take(
        _ dialect: RawRecord.Dialect,
        _ bytes: UnsafeBufferPointer<UInt8>,
        at place: TextPlace
    ) throws(RecordProblem) -> Bool {
        let event: [UInt8]?
        do throws(JSONError) {
            switch dialect {
            case .cloudLogging: event = try CloudLoggingEntry(bytes).event
            case .azureRow: event = try AzureAuditRow(bytes).event
            case .exchange:
                takeCall(try HTTPExchange(bytes).call, line: place.start.line)
                return true
            }
        } catch { throw RecordProblem(error) }
        guard let event else { return false }
        return try event.withUnsafeBufferPointer { (event) throws(RecordProblem) in try take(event, at: place) }
    }

    /// A line, or a text in one, that may be an event, hold one behind a prefix, or be a line of a log.
    ///
    /// - Returns: whether it said anything.
    @discardableResult
    mutating func takeEvidence(_ bytes: UnsafeBufferPointer<UInt8>, at place: TextPlace) -> Bool {
        guard let start = bytes.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return false }
        var object: Int? = bytes[start] == UInt8(ascii: "{") ? start : nil
        if object == nil, let mark = firstRange(of: "audit.k8s.io/", in: bytes) {
            object = bytes[..<mark.lowerBound].firstIndex(of: UInt8(ascii: "{"))
        }
        if let object, takeObjects(UnsafeBufferPointer(rebasing: bytes[object...]), at: place) { return true }
        return takeLogLine(bytes, line: place.start.line)
    }

    /// An object, or several with nothing between them, as Firehose delivers them.
    private mutating func takeObjects(_ bytes: UnsafeBufferPointer<UInt8>, at place: TextPlace) -> Bool {
        do throws(RecordProblem) { return try take(bytes, at: place) } catch {}
        var rest = bytes
        var isTaken = false
        while let end = Self.objectEnd(rest), end < rest.count || isTaken {
            do throws(RecordProblem) {
                if try take(UnsafeBufferPointer(rebasing: rest[..<end]), at: place) { isTaken = true }
            } catch {}
            rest = UnsafeBufferPointer(rebasing: rest[end...])
        }
        return isTaken
    }

    /// Where the object ends that the bytes begin with; `nil` where they begin with none.
    private static func objectEnd(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var scanner = JSONScanner(bytes)
        guard scanner.nextByte() == UInt8(ascii: "{") else { return nil }
        do throws(JSONError) { try scanner.skip() } catch { return nil }
        return scanner.position
    }

    // MARK: - Logs and archives

    /// A line of a program's log.
    private mutating func takeLogLine(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) -> Bool {
        guard clientLog.read(bytes, line: line) else {
            keep(bytes, line: line)
            return false
        }
        for (call, line) in clientLog.takeFinished() { takeCall(call, line: line) }
        return true
    }

    /// What the end of a log finishes.
    mutating func finishLog() {
        takeRefusals()
        clientLog.flush()
        for (call, line) in clientLog.takeFinished() { takeCall(call, line: line) }
    }

    /// An element of a list: mostly an object; a row of CloudWatch's Insights is a list of fields and their values.
    mutating func takeElement(
        _ bytes: UnsafeBufferPointer<UInt8>,
        at place: TextPlace
    ) throws(RecordProblem) -> Bool {
        guard bytes.first == UInt8(ascii: "[") else { return try take(bytes, at: place) }
        let row: InsightsRow
        do throws(JSONError) { row = try InsightsRow(bytes) } catch { throw RecordProblem(error) }
        return row.message.map { takeText($0, at: place) } ?? false
    }
}
