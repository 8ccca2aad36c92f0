import Syntax

/// Reads JSON values that span lines: an `EventList`, what `trace show -o json` prints, events that a tool has indented.
///
/// The elements of `items`, `requirements` and the like are taken one by one, and what surrounds them is kept, so that
/// memory depends on the largest element and not on the file. Looks at brackets, quotes and commas between elements; whether an
/// element is JSON is for its reader to say.
struct JSONDocuments {
    private let window: ByteWindow
    /// The longest element, and the longest value without its elements.
    private let limit: Int
    private static let maximumDepth = 400

    /// Of the next byte of the window that was not looked at, and its place in the file.
    private var index = 0
    private var location = SourceLocation.start
    private var depth = 0
    private var isText = false
    private var isEscaped = false
    /// The value without its elements, and where it begins.
    private var envelope: [UInt8] = []
    private var valueStart = SourceLocation.start
    /// Of the text at depth 1 or 2 that stands last in the envelope; an array after it as a key may be streamed.
    private var keyStart = 0
    private var keyEnd = 0
    /// The object at depth 2 is an HTTP archive's `log`.
    private var isArchive = false
    /// The place in the window of the element that is being read, and in the file.
    private var element: (index: Int, place: SourceLocation)?
    private var streamed: Streamed?
    /// Of the elements of the array that is streamed.
    private var streamDepth = 0

    /// What may come next between the elements of a streamed array.
    private enum Streamed { case elementOrEnd, element, commaOrEnd }

    init(window: ByteWindow, limit: Int) {
        self.window = window
        self.limit = limit
        location.offset = window.offset
    }

    /// - Throws: `InputError` at what is broken, and where the file ends in the middle of a value. A last value of one
    ///   line that was cut short is skipped with a warning.
    mutating func read(into collector: inout RecordCollector) throws(InputError) {
        while true {
            let bytes = window.bytes
            while index < bytes.count {
                let byte = bytes[index]
                try take(byte, bytes, &collector)
                index += 1
                location.offset += 1
                if byte == 0x0A {
                    location.line += 1
                    location.column = 1
                } else if byte & 0xC0 != 0x80 {
                    location.column += 1
                }
            }
            let done = element?.index ?? index
            window.consume(done)
            index -= done
            if let element { self.element = (0, element.place) }
            if window.isAtEnd { break }
            guard index <= limit, envelope.count <= limit else {
                throw error("an object is longer than \(limit >> 20) MiB", at: element?.place ?? valueStart)
            }
            try window.fill()
        }
        guard depth > 0 else { return }
        guard collector.hasContent, valueStart.line == location.line, streamed == nil else {
            throw error("the JSON text ends in the middle", at: location)
        }
        collector.warn("\(window.name):\(location.line): the last line is cut short and was skipped")
    }

    private mutating func take(
        _ byte: UInt8,
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ collector: inout RecordCollector
    ) throws(InputError) {
        // Between the elements of a streamed array nothing is kept.
        if element == nil, depth > 0, depth != streamDepth || streamed == nil { envelope.append(byte) }
        if isText { return takeTextByte(byte) }
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: return
        case UInt8(ascii: "{"), UInt8(ascii: "["): try open(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): try close(byte, bytes, &collector)
        default:
            guard depth > 0 else { throw error("`{` must stand here", at: location) }
            if element == nil, streamed != nil, depth == streamDepth { return try takeBetweenElements(byte) }
            if byte == UInt8(ascii: "\"") {
                isText = true
                if depth <= 2 { keyStart = envelope.count }
            } else if depth <= 2, byte != UInt8(ascii: ":") {
                keyEnd = keyStart
            }
        }
    }

    private mutating func takeTextByte(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isText = false
            if depth <= 2 { keyEnd = envelope.count - 1 }
        }
    }

    /// A comma, or what should have been one.
    private mutating func takeBetweenElements(_ byte: UInt8) throws(InputError) {
        guard byte == UInt8(ascii: ","), streamed == .commaOrEnd else {
            throw error(
                streamed == .commaOrEnd ? "`,` or `]` is missing here" : "an object must stand here",
                at: location
            )
        }
        streamed = .element
    }

    private mutating func open(_ byte: UInt8) throws(InputError) {
        if element == nil, let streamed, depth == streamDepth {
            guard streamed != .commaOrEnd else { throw error("`,` is missing here", at: location) }
            element = (index, location)
        } else if element == nil, byte == UInt8(ascii: "["), isStreamed {
            (streamed, streamDepth) = (.elementOrEnd, depth + 1)
        }
        if depth == 0 {
            (envelope, valueStart, keyStart, keyEnd) = ([byte], location, 0, 0)
        } else if depth == 1 {
            isArchive = byte == UInt8(ascii: "{") && isKey("log")
        }
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw error("nested more than \(Self.maximumDepth) levels deep", at: location)
        }
        if depth == 2 || depth == 3 { keyEnd = keyStart }
    }

    /// Whether the elements of the array that opens here are taken one by one: those of a list of objects, of a list
    /// itself, and the exchanges of an HTTP archive.
    private var isStreamed: Bool {
        switch depth {
        case 0: true
        case 1: Self.streamedKeys.contains(where: isKey)
        case 2: isArchive && isKey("entries")
        default: false
        }
    }

    private static let streamedKeys = ["items", "requirements", "records", "logEvents", "events", "results"]

    /// Whether the text before what opens here is this one.
    private func isKey(_ key: String) -> Bool {
        keyEnd > keyStart && envelope[keyStart..<keyEnd].elementsEqual(key.utf8)
    }

    private mutating func close(
        _ byte: UInt8,
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ collector: inout RecordCollector
    ) throws(InputError) {
        guard depth > 0 else { throw error("`{` must stand here", at: location) }
        depth -= 1
        if let (start, place) = element {
            guard depth == streamDepth else { return }
            element = nil
            streamed = .commaOrEnd
            try takeElement(
                UnsafeBufferPointer(rebasing: bytes[start...index]),
                at: TextPlace(start: place),
                &collector
            )
        } else if depth == streamDepth - 1, streamed != nil {
            guard byte == UInt8(ascii: "]"), streamed != .element else {
                throw error("an object must stand here", at: location)
            }
            streamed = nil
            envelope.append(byte)
            guard depth > 0 else { return collector.takeHeader() }
        } else if depth == 0 {
            let place = TextPlace(start: valueStart)
            let value = envelope
            envelope = []
            try value.withUnsafeBufferPointer { (value) throws(InputError) in
                if collector.isStrict { return try take(value, at: place, &collector) }
                collector.takeEvidence(value, at: place)
            }
        }
    }

    /// An element of a list; in what others wrote it need not be a call.
    private func takeElement(
        _ bytes: UnsafeBufferPointer<UInt8>,
        at place: TextPlace,
        _ collector: inout RecordCollector
    ) throws(InputError) {
        if collector.isStrict { return try take(bytes, at: place, &collector) }
        guard bytes.first == UInt8(ascii: "[") else {
            if !collector.takeEvidence(bytes, at: place) { collector.note(.noEvent, place.start.line) }
            return
        }
        do throws(RecordProblem) {
            if try !collector.takeElement(bytes, at: place) { collector.note(.noEvent, place.start.line) }
        } catch { collector.note(.noEvent, place.start.line) }
    }

    private func take(
        _ bytes: UnsafeBufferPointer<UInt8>,
        at place: TextPlace,
        _ collector: inout RecordCollector
    ) throws(InputError) {
        do throws(RecordProblem) { try collector.take(bytes, at: place) } catch {
            throw InputError(
                file: window.name,
                location: place.location(of: error.offset, in: bytes),
                message: error.message,
                hint: error.hint
            )
        }
    }

    private func error(_ message: String, at location: SourceLocation, hint: String? = nil) -> InputError {
        InputError(
            file: window.name,
            location: location,
            message: message,
            hint: hint ?? "is the file whole, and is it one that the tool reads? \(RecordKind.forms)"
        )
    }
}
