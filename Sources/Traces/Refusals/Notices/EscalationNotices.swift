import RBAC

extension NoticeText {
    /// `user "u" (groups=[…]) is attempting to grant RBAC permissions not currently held:` and the rules below it.
    func escalation(at place: Range<Int>) -> LocatedNotice? {
        if let found = RefusalText.escalation(in: bytes, around: place) {
            guard !isTemplate(found.range.lowerBound..<place.lowerBound) else { return nil }
            let refusal = found.refusal
            let notice = Notice(
                refusal.kind == .authorization ? .authorization : .escalation(missing: refusal.missing),
                request: refusal.request,
                user: refusal.user,
                groups: refusal.groups,
                reason: refusal.reason,
                lacksScope: true
            )
            return LocatedNotice(notice: notice, range: found.range)
        }
        return damagedEscalation(at: place)
    }

    /// The same where what stands before it was cut or damaged: the user is told by the nearest `user "`.
    private func damagedEscalation(at place: Range<Int>) -> LocatedNotice? {
        var reader = FormReader(bytes, at: place.upperBound)
        var values = FieldValues()
        guard reader.read(RefusalForm([.rules]), into: &values) == .complete else { return nil }
        var start = place.lowerBound
        if let user = lastIndex(of: "user \"", in: bytes[surroundings(of: place).lowerBound..<place.lowerBound]) {
            var userReader = FormReader(bytes, at: user)
            if userReader.read(RefusalForm([.text("user "), .quoted(.user)]), into: &values) == .complete {
                start = RefusalText.readPrefix(in: bytes, before: user, &values)
            }
        }
        guard !values.rules.isEmpty || values[.user] != nil else { return nil }
        guard !isTemplate(start..<place.lowerBound) else { return nil }
        let notice = Notice(
            .escalation(missing: values.rules),
            request: grantor(values),
            user: values[.user] ?? "",
            source: values.rules.isEmpty ? .fragment : .message,
            lacksScope: true
        )
        return LocatedNotice(notice: notice, range: start..<reader.index)
    }

    private func grantor(_ values: FieldValues) -> RequestAttributes? {
        guard let target = values[.target].flatMap(splitDotted) else { return nil }
        return RequestAttributes(verb: "", group: target.group, resource: target.resource, name: values[.object] ?? "")
    }

    /// What Kubernetes said before 1.12, and, with rules told by position, before 1.8:
    /// `attempt to grant extra privileges: [PolicyRule{…} …] user=&{u  [groups] map[]} ownerrules=[…]`.
    func oldEscalation(at place: Range<Int>) -> LocatedNotice? {
        var values = FieldValues()
        var start = RefusalText.readPrefix(in: bytes, before: place.lowerBound, &values)
        if start == place.lowerBound { start = place.lowerBound }
        var reader = FormReader(bytes, at: place.upperBound)
        let rules = reader.takeOldRules()
        let end = messageEnd(from: reader.index, startingAt: start)
        var user = ""
        var groups: [String] = []
        if let mark = find("user=&{", in: bytes[..<end], from: place.upperBound) {
            user = name(at: mark.upperBound)
            if let open = bytes[mark.upperBound..<end].firstIndex(of: UInt8(ascii: "[")),
                let close = bytes[open..<end].firstIndex(of: UInt8(ascii: "]"))
            {
                groups = text(open + 1..<close).split(separator: " ").map(String.init)
            }
        }
        let notice = Notice(
            .escalation(missing: rules),
            request: grantor(values),
            user: user,
            groups: groups,
            lacksScope: true
        )
        return LocatedNotice(notice: notice, range: start..<end)
    }
}

extension FormReader {
    /// `[PolicyRule{APIGroups:["a"], …} …]`, or the lists of Go's `%v`: `[{[list] [] [pods] [] []} …]`, which stand for
    /// verbs, groups, resources, names and paths.
    mutating func takeOldRules() -> [PolicyRule] {
        _ = take("[")
        var rules: [PolicyRule] = []
        while !isAtEnd, bytes[index] != UInt8(ascii: "]") {
            if bytes[index...].starts(with: "PolicyRule".utf8) { index += "PolicyRule".utf8.count }
            if let rule = takeRule() ?? takePositionalRule() {
                rules.append(rule)
            } else if bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: ",")
                || bytes[index] == Self.softBreak
            {
                index += 1
            } else {
                break
            }
        }
        return rules
    }

    private mutating func takePositionalRule() -> PolicyRule? {
        var reader = self
        guard reader.take("{") == .complete else { return nil }
        var lists: [[String]] = []
        while lists.count < 5 {
            _ = reader.take(" ")
            guard reader.take("[") == .complete,
                let end = reader.bytes[reader.index...].firstIndex(of: UInt8(ascii: "]"))
            else { break }
            let words = reader.bytes[reader.index..<end].split { isGap($0) }
            lists.append(words.map { String(decoding: $0, as: UTF8.self) })
            reader.index = end + 1
        }
        // A rule that was cut off after its resources still says what it grants.
        guard lists.count >= 3, lists.count < 5 || reader.take("}") == .complete else { return nil }
        self = reader
        let isPath = lists.count == 5 && lists[2].isEmpty && !lists[4].isEmpty
        return PolicyRule(
            verbs: lists[0],
            // The core group is an empty text, of which `%v` shows nothing.
            apiGroups: isPath ? [] : lists[1].isEmpty ? [""] : lists[1],
            resources: lists[2],
            resourceNames: lists.count > 3 ? lists[3] : [],
            nonResourceURLs: lists.count > 4 ? lists[4] : []
        )
    }
}
