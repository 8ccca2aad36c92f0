import Syntax

/// One JSON object of a trace as it stands: the members that bear on permissions, whatever spelling they are in.
///
/// Texts point into the line; nothing is allocated for a line that repeats another.
struct RawRecord {
    /// Passes over a member of an unexpected type instead of refusing it: others use the same names for other things.
    var isLenient = false

    /// The members of either spelling that are texts.
    enum Field: Int, CaseIterable {
        case apiVersion, kind
        case verb, group, version, resource, subresource, namespace, name, names, namespaces, nonResourceURL
        case method, path
        case first, last, userAgent, user, message, source, implied, level
        // Of an audit event.
        case stage, auditID, requestURI, impersonatedUser, decision, statusMessage
        case receivedTime, stageTime, oldTime
        /// A text that holds another object: a cloud's wrapper around an audit event.
        case embedded
        case referenceGroup, referenceVersion, referenceResource, referenceSubresource, referenceNamespace,
            referenceName
    }

    private(set) var texts = FieldTexts()
    private(set) var status: Int?
    private(set) var count: Int?
    private(set) var isCached = false
    private(set) var isDryRun = false
    /// `user` is an object: an audit event's.
    private(set) var hasUserObject = false
    /// It has lists where a record has texts: a requirement as people write it.
    private(set) var isHandWritten = false
    /// Where the `items` or the `requirements` begin, if the object is a list of others.
    private(set) var listStart: Int?
    /// Where an object in this one begins that is an event of its own.
    private(set) var objectStart: Int?
    /// Which system wrote this object in words of its own.
    private(set) var dialect: Dialect?
    private var hasExchange = (request: false, response: false)

    /// An object that says in other words what a call was.
    enum Dialect {
        /// Of Google's Cloud Logging.
        case cloudLogging
        /// A row of Azure Monitor's table `AKSAudit`.
        case azureRow
        /// An exchange of an HTTP archive.
        case exchange
    }

    /// Whether it has what only a record of a trace has.
    var isOurs: Bool {
        isHandWritten || self[.resource] != nil || self[.nonResourceURL] != nil || self[.path] != nil
            || self[.method] != nil || self[.verb] != nil && !isEvent && self[.message] == nil && dialect == nil
    }

    /// Items of an `EventList` say neither `apiVersion` nor `kind`.
    var isEvent: Bool {
        self[.stage] != nil && (hasUserObject || self[.auditID] != nil || self[.requestURI] != nil)
    }

    subscript(_ field: Field) -> JSONText? { texts[field.rawValue] }

    /// The text, or `nil` where it is missing, null or empty.
    func filled(_ field: Field) -> JSONText? {
        guard let text = texts[field.rawValue], !text.bytes.isEmpty else { return nil }
        return text
    }

    func string(_ field: Field) -> String { texts[field.rawValue]?.string ?? "" }

    /// Reads one object and nothing after it, in the place of what was read before.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        reset()
        var scanner = JSONScanner(bytes)
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            guard let member = Member(key) else {
                try scanner.skip()
                continue
            }
            _ = scanner.nextByte()
            let start = scanner.position
            do throws(JSONError) { try take(member, &scanner) } catch {
                guard error.offset == start, !error.isUnexpectedEnd else { throw error }
                if isLenient {
                    try scanner.skip()
                    continue
                }
                throw JSONError(offset: start, message: "`\(key.string)`: \(error.message)")
            }
        }
        try scanner.end()
    }

    private mutating func reset() {
        texts.removeAll()
        (status, count, listStart, objectStart, dialect) = (nil, nil, nil, nil, nil)
        hasExchange = (false, false)
        (isCached, isDryRun, hasUserObject, isHandWritten) = (false, false, false, false)
    }

    private mutating func take(_ member: Member, _ scanner: inout JSONScanner) throws(JSONError) {
        switch member {
        case .text(let field): texts[field.rawValue] = try scanner.optionalText()
        case .textOrList(let field):
            if scanner.nextByte() == UInt8(ascii: "[") {
                isHandWritten = true
                try scanner.skip()
            } else {
                texts[field.rawValue] = try scanner.optionalText()
            }
        case .list:
            isHandWritten = scanner.nextByte() == UInt8(ascii: "[") || isHandWritten
            try scanner.skip()
        case .objects:
            if scanner.nextByte() == UInt8(ascii: "[") { listStart = scanner.position }
            try scanner.skip()
        case .wrapped(let wrapper): try take(wrapper, &scanner)
        case .status: status = try scanner.optionalInteger()
        case .count: count = try scanner.optionalInteger()
        case .cached: isCached = try scanner.optionalBoolean() ?? false
        case .dryRun: isDryRun = try scanner.optionalBoolean() ?? false
        case .user:
            hasUserObject = scanner.nextByte() == UInt8(ascii: "{")
            texts[Field.user.rawValue] = hasUserObject ? try userName(&scanner) : try scanner.optionalText()
        case .impersonatedUser: texts[Field.impersonatedUser.rawValue] = try userName(&scanner)
        case .reference: try takeMembers(&scanner, Self.referenceField)
        case .annotations: try takeMembers(&scanner, Self.annotationField)
        case .responseStatus: try takeResponse(&scanner)
        }
    }

    private mutating func take(_ wrapper: Wrapper, _ scanner: inout JSONScanner) throws(JSONError) {
        let byte = scanner.nextByte()
        let isObject = byte == UInt8(ascii: "{")
        switch wrapper {
        case .event where byte == UInt8(ascii: "\""):
            texts[Field.embedded.rawValue] = try scanner.optionalText()
            return
        case .event where isObject:
            try takeEnvelope(&scanner)
            return
        case .event: break
        case .payload: if isObject { dialect = .cloudLogging }
        case .azure: dialect = .azureRow
        case .request, .response:
            if isObject { if wrapper == .request { hasExchange.request = true } else { hasExchange.response = true } }
            if hasExchange.request, hasExchange.response { dialect = .exchange }
        }
        try scanner.skip()
    }

    /// An object that is an event, or holds one: Azure's `properties`, an HTTP archive's `log`.
    private mutating func takeEnvelope(_ scanner: inout JSONScanner) throws(JSONError) {
        objectStart = scanner.position
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("entries"), scanner.nextByte() == UInt8(ascii: "[") {
                listStart = scanner.position
                try scanner.skip()
            } else if key.equals("log"), scanner.nextByte() == UInt8(ascii: "\"") {
                texts[Field.embedded.rawValue] = try scanner.optionalText()
            } else {
                try scanner.skip()
            }
        }
    }

    private func userName(_ scanner: inout JSONScanner) throws(JSONError) -> JSONText? {
        if try scanner.isNull() { return nil }
        var name: JSONText?
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("username") { name = try scanner.optionalText() } else { try scanner.skip() }
        }
        return name
    }

    private mutating func takeMembers(
        _ scanner: inout JSONScanner,
        _ field: (JSONText) -> Field?
    ) throws(JSONError) {
        if try scanner.isNull() { return }
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if let field = field(key) { texts[field.rawValue] = try scanner.optionalText() } else { try scanner.skip() }
        }
    }

    private mutating func takeResponse(_ scanner: inout JSONScanner) throws(JSONError) {
        if try scanner.isNull() { return }
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if key.equals("code") {
                status = try scanner.optionalInteger()
            } else if key.equals("message") {
                texts[Field.statusMessage.rawValue] = try scanner.optionalText()
            } else {
                try scanner.skip()
            }
        }
    }

    private static func annotationField(_ key: JSONText) -> Field? {
        key.equals("authorization.k8s.io/decision") ? .decision : nil
    }

    private static func referenceField(_ key: JSONText) -> Field? {
        switch key.bytes.count {
        case 4: key.equals("name") ? .referenceName : nil
        case 8:
            key.equals("resource") ? .referenceResource : key.equals("apiGroup") ? .referenceGroup : nil
        case 9: key.equals("namespace") ? .referenceNamespace : nil
        case 10: key.equals("apiVersion") ? .referenceVersion : nil
        case 11: key.equals("subresource") ? .referenceSubresource : nil
        default: nil
        }
    }
}

extension JSONScanner {
    /// Takes a `null` if one is next.
    fileprivate mutating func isNull() throws(JSONError) -> Bool {
        guard nextByte() == UInt8(ascii: "n") else { return false }
        try skip()
        return true
    }
}

/// The texts of a record, by field; the memory is used again for the next one.
struct FieldTexts {
    private var storage = [JSONText?](repeating: nil, count: RawRecord.Field.allCases.count)

    mutating func removeAll() {
        for index in storage.indices { storage[index] = nil }
    }

    subscript(_ index: Int) -> JSONText? {
        get { storage[index] }
        set { storage[index] = newValue }
    }
}
