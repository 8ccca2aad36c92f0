import RBAC

extension NoticeText {
    /// `User "u" cannot list resource "pods" …` around its `cannot `.
    func authorization(at place: Range<Int>) -> LocatedNotice? {
        guard let found = RefusalText.authorization(in: bytes, around: place), isSentence(found, place) else {
            return fragment(at: place)
        }
        var notice = Notice(
            .authorization,
            request: found.refusal.request,
            user: found.refusal.user,
            reason: found.refusal.reason,
            source: found.isCut || found.lacksUser ? .fragment : .message
        )
        if found.isCut { complete(&notice) }
        if found.lacksUser { notice.user = quotedUser(before: place.lowerBound) }
        notice.isInformer = notice.request?.verb == "list" && isReflector(before: found.range.lowerBound)
        return LocatedNotice(notice: notice, range: found.range)
    }

    private func userQuote(before end: Int) -> Int { openingQuote(in: bytes, closing: end - 2) ?? end }

    /// The user of a sentence that was cut off behind the word `User`; empty where it is not clear that there was one.
    private func quotedUser(before end: Int) -> String {
        guard let quote = openingQuote(in: bytes, closing: end - 2) else { return "" }
        let user = goUnquoted(bytes[(quote + 1)..<(end - 2)])
        return user.hasPrefix("system:") ? user : ""
    }

    /// Whether that is what a server wrote, rather than the template of it or a sentence that begins alike.
    private func isSentence(_ found: RefusalText.Located, _ place: Range<Int>) -> Bool {
        let verb = found.refusal.request.verb
        let isLower = verb.utf8.allSatisfy { isWordByte($0) || $0 == UInt8(ascii: ":") } && verb == verb.lowercased()
        let isVerb = verb == "*" || isLower
        // The server writes `<` as `&lt;`: a bare one is a placeholder.
        let start = found.lacksUser ? place.upperBound : userQuote(before: place.lowerBound)
        let raw = bytes[start..<max(start, min(found.sentenceEnd, bytes.endIndex))]
        guard isVerb, !raw.contains(UInt8(ascii: "<")), !found.refusal.request.resource.hasPrefix("%") else {
            return false
        }
        guard found.isCut else { return true }
        return !found.lacksUser || following(place.upperBound).contains(" in API")
    }

    /// A sentence that was cut off before its resource: somebody cannot do something.
    private func fragment(at place: Range<Int>) -> LocatedNotice? {
        guard let end = starts("cannot ", at: place.lowerBound),
            let quote = openingQuote(in: bytes, closing: place.lowerBound - 2)
        else { return nil }
        let user = goUnquoted(bytes[(quote + 1)..<(place.lowerBound - 2)])
        let word = bytes[end...].prefix { isWordByte($0) }
        let rest = bytes[(end + word.count)...].drop(while: isGap).prefix(10)
        guard rest.isEmpty || "resource \"".utf8.starts(with: rest.prefix { $0 != FormReader.softBreak }) else {
            return nil
        }
        let start = start(of: "User ", in: bytes, endingAt: quote) ?? quote
        var values = FieldValues()
        let prefix = RefusalText.readPrefix(in: bytes, before: start, &values)
        guard prefix < start || user.hasPrefix("system:") else { return nil }
        let notice = Notice(.authorization, user: user, source: .fragment, lacksScope: true)
        return LocatedNotice(notice: notice, range: prefix..<bytes.endIndex)
    }

    /// The group of a resource behind which the text ends, where only one has it; the user before a sentence cut at its front.
    private func complete(_ notice: inout Notice) {
        notice.lacksScope = true
        guard let request = notice.request, request.group.isEmpty else { return }
        let groups = lookup.groups(request.resource)
        if groups.count == 1, let only = groups.first { notice.request?.group = only }
    }

    /// Whether a reflector's words stand right before the message: `failed to list *v1.Pod: `.
    func isReflector(before end: Int) -> Bool {
        guard let colon = start(of: ": ", in: bytes, endingAt: end) else { return false }
        let line = text(max(bytes.startIndex, colon - 200)..<colon)
        if let range = line.ranges(of: "ailed to list ").last ?? line.ranges(of: "ailed to watch ").last {
            return isType(line[range.upperBound...])
        }
        return line.contains("failed to load initial state of resource ")
    }

    /// A Go type or what a dynamic informer writes: `*v1.Pod`, `apps/v1, Kind=Deployment`, `/v1, Resource=pods`.
    private func isType(_ text: some StringProtocol) -> Bool {
        text.hasPrefix("*") && !text.contains(" ") || text.contains(", Kind=") || text.contains(", Resource=")
    }

    /// `secrets "x" is forbidden: …` that is no authorizer's sentence, or one that was cut off.
    func forbidden(at place: Range<Int>) -> LocatedNotice? {
        var values = FieldValues()
        let start = RefusalText.readPrefix(in: bytes, before: place.upperBound, &values)
        if let cut = cutSentence(at: place, from: start, values) { return cut }
        guard !isSentenceAhead(place.upperBound) else { return nil }
        guard start < place.upperBound, let target = splitDotted(values[.target] ?? "") else { return nil }
        let end = messageEnd(from: place.upperBound, startingAt: start)
        let reason = text(place.upperBound..<end)
        if let request = signer(at: place.upperBound) {
            return LocatedNotice(notice: Notice(.authorization, request: request, reason: reason), range: start..<end)
        }
        let found = admission(at: place.upperBound)
        let isKnown = !target.group.isEmpty || !lookup.groups(target.resource).isEmpty
        guard
            found != nil
                || isKnown && values[.object] != nil && reason.contains(where: \.isLetter)
        else { return nil }
        let admission = Admission(
            decider: found?.decider ?? .unknown,
            name: found?.name ?? "",
            resource: values[.target] ?? "",
            object: values[.object] ?? ""
        )
        return LocatedNotice(notice: Notice(.admission(admission), reason: reason), range: start..<end)
    }

    /// Whether another anchor's sentence follows `is forbidden: `.
    private func isSentenceAhead(_ index: Int) -> Bool {
        ["User \"", "user \"", "cannot set ", "attempt to grant "].contains { starts($0, at: index) != nil }
    }

    private static let sentences = ["User \"", "user \"", "cannot set ", "attempt to grant "].map { text in
        text.utf8.filter { $0 != UInt8(ascii: " ") }
    }

    /// `pods is forbidden: User` and nothing more.
    private func cutSentence(at place: Range<Int>, from start: Int, _ values: FieldValues) -> LocatedNotice? {
        let rest = bytes[place.upperBound...]
        let letters = rest.lazy.filter { $0 > UInt8(ascii: " ") }.prefix(20)
        let hasTarget = splitDotted(values[.target] ?? "") != nil
        let isStart = !letters.isEmpty && Self.sentences.contains { $0.starts(with: letters) }
        let isEmpty = letters.isEmpty && hasTarget && start < place.upperBound
        let user = starts("User \"", at: place.upperBound) ?? starts("user \"", at: place.upperBound)
        let isOpen = user.map { !bytes[$0...].contains(UInt8(ascii: "\"")) } ?? false
        guard isEmpty || hasTarget && isStart || isOpen else { return nil }
        let notice = Notice(.authorization, source: .fragment, lacksScope: true)
        return LocatedNotice(notice: notice, range: start..<bytes.endIndex)
    }

    /// The admission of certificate requests asks authorizers, about a resource that is served nowhere.
    ///
    /// Kubernetes: `plugin/pkg/admission/certificates`.
    private func signer(at index: Int) -> RequestAttributes? {
        let forms = [
            ("user not permitted to approve requests with signerName ", "approve"),
            ("user not permitted to sign requests with signerName ", "sign"),
            ("user not permitted to attest for signerName ", "attest"),
        ]
        for (text, verb) in forms {
            guard let end = starts(text, at: index) else { continue }
            return RequestAttributes(verb: verb, group: "certificates.k8s.io", resource: "signers", name: name(at: end))
        }
        return nil
    }

    /// Where a message ends that is free text: at the quote that closes the one before it, at the next message, or at the end.
    func messageEnd(from index: Int, startingAt start: Int) -> Int {
        let last = min(bytes.endIndex, index + Self.reach)
        var end = bytes[index..<last].firstIndex(of: FormReader.softBreak) ?? last
        if let next = find(" is forbidden: ", in: bytes[..<end], from: index) {
            var ignored = FieldValues()
            end = max(index, RefusalText.readPrefix(in: bytes, before: next.upperBound, &ignored))
        }
        if start > bytes.startIndex, "'`\"".utf8.contains(bytes[start - 1]) {
            let quote = bytes[start - 1]
            let closing = bytes[index..<end].indices.first { place in
                bytes[place] == quote && (place + 1 >= end || !isWordByte(bytes[place + 1]))
                    && !(place > index && quote == UInt8(ascii: "\"") && bytes[place - 1] == UInt8(ascii: " "))
            }
            end = closing ?? end
        }
        while end > index, isGap(bytes[end - 1]) || [0x0A, 0x0D, 0x09].contains(bytes[end - 1]) { end -= 1 }
        return end
    }
}

/// Letters, digits, `_` and `-`.
func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
