import RBAC

/// Finds a refusal around the words that every one of its form holds, and reads it.
package enum RefusalText {
    /// A refusal and where it stands in the text that was searched.
    struct Located {
        var refusal: Refusal
        var range: Range<Int>
        /// Where the sentence ends and the reason begins.
        var sentenceEnd: Int
        /// The text ended before the form did: what is missing is empty.
        var isCut = false
        /// The user's name was not there to be read.
        var lacksUser = false
    }

    /// The first refusal of an authorizer or of the storage of roles in a message of the API server; `nil` where it holds none.
    package static func read(_ message: String) -> Refusal? {
        let bytes = Array(message.utf8)[...]
        if let place = find(RefusalForm.grants, in: bytes, from: 0) {
            return escalation(in: bytes, around: place)?.refusal
        }
        var start = 0
        while let place = find(RefusalForm.cannot, in: bytes, from: start) {
            if let found = authorization(in: bytes, around: place), !found.isCut { return found.refusal }
            start = place.upperBound
        }
        return nil
    }

    // MARK: - The forms

    /// The refusal whose `cannot ` stands at `place`.
    static func authorization(in bytes: ArraySlice<UInt8>, around place: Range<Int>) -> Located? {
        let user = userStart(in: bytes, before: place.lowerBound)
        var best: (values: FieldValues, end: Int)?
        for form in RefusalForm.authorization where user != nil || form.isCurrent {
            var values = FieldValues()
            var reader = FormReader(bytes, at: user ?? place.upperBound)
            switch reader.read(user == nil ? form.withoutUser : form, into: &values) {
            case .complete: return located(values, bytes, from: user ?? place.lowerBound, to: reader.index)
            case .cut where best == nil && values[.resource] != nil: best = (values, reader.index)
            case .mismatch where best == nil && form.isCurrent && values[.group] != nil: best = (values, reader.index)
            case .cut, .mismatch: continue
            }
        }
        guard let best else { return nil }
        var found = located(best.values, bytes, from: user ?? place.lowerBound, to: best.end)
        found?.isCut = true
        return found
    }

    /// The refusal whose `is attempting to grant …` stands at `place`.
    static func escalation(in bytes: ArraySlice<UInt8>, around place: Range<Int>) -> Located? {
        let near = bytes[max(bytes.startIndex, place.lowerBound - 2 * NoticeText.reach)..<place.lowerBound]
        guard let groups = lastIndex(of: "(groups=", in: near),
            let user = userStart(in: bytes, before: groups)
        else { return nil }
        var values = FieldValues()
        var reader = FormReader(bytes, at: user)
        guard reader.read(RefusalForm.escalation, into: &values) == .complete else { return nil }
        let start = readPrefix(in: bytes, before: user, &values)
        values[.verb] = ""
        let target = splitDotted(values[.target] ?? "") ?? ("", "")
        values[.resource] = target.resource
        values[.group] = target.group
        guard let request = values.request else { return nil }
        let sentenceEnd = reader.index
        let refusal = Refusal(
            kind: .escalation(missing: values.rules),
            request: request,
            user: values[.user] ?? "",
            groups: values.groups,
            reason: reason(in: bytes, after: "; ", &reader.index)
        )
        return Located(refusal: refusal, range: start..<reader.index, sentenceEnd: sentenceEnd)
    }

    private static func located(_ values: FieldValues, _ bytes: ArraySlice<UInt8>, from start: Int, to end: Int)
        -> Located?
    {
        var values = values
        let sentenceEnd = end
        var end = end
        let start = readPrefix(in: bytes, before: start, &values)
        guard let request = values.request else { return nil }
        let refusal = Refusal(
            request: request,
            user: values[.user] ?? "",
            reason: reason(in: bytes, after: ": ", &end)
        )
        return Located(refusal: refusal, range: start..<end, sentenceEnd: sentenceEnd, lacksUser: values[.user] == nil)
    }

    // MARK: - Around the sentence

    /// Reads `deployments.apps "web" is forbidden: ` where it stands right before `end`.
    ///
    /// - Returns: where the message starts; `end` where nothing of that stands there.
    static func readPrefix(in bytes: ArraySlice<UInt8>, before end: Int, _ values: inout FieldValues) -> Int {
        guard let stop = start(of: " is forbidden: ", in: bytes, endingAt: end) else {
            return start(of: "forbidden: ", in: bytes, endingAt: end) ?? end
        }
        let form: RefusalForm
        var index = stop
        if let quote = openingQuote(in: bytes, closing: stop - 1) {
            form = .named
            index = quote
            while index > bytes.startIndex, isGap(bytes[index - 1]) { index -= 1 }
            index = wordStart(in: bytes, before: index)
        } else {
            form = .unnamed
            index = wordStart(in: bytes, before: stop)
        }
        var reader = FormReader(bytes, at: index)
        var read = values
        guard reader.read(form, into: &read) == .complete, reader.index == end else { return end }
        values = read
        return index
    }

    /// Where `User "` begins whose closing quote stands before the space at the end of what is left of `end`.
    private static func userStart(in bytes: ArraySlice<UInt8>, before end: Int) -> Int? {
        var index = end
        while index > bytes.startIndex, isGap(bytes[index - 1]) { index -= 1 }
        guard index < end, let quote = openingQuote(in: bytes, closing: index - 1) else { return nil }
        return start(of: "User ", in: bytes, endingAt: quote) ?? start(of: "user ", in: bytes, endingAt: quote)
    }

    /// What follows the sentence after `mark`, to the end of the text or the beginning of the next refusal.
    private static func reason(in bytes: ArraySlice<UInt8>, after mark: String, _ index: inout Int) -> String {
        var reader = FormReader(bytes, at: index)
        guard reader.take(mark) == .complete else { return "" }
        // What a wrapped line goes on with can't be told from the next entry of the log.
        let last = min(bytes.endIndex, reader.index + NoticeText.reach)
        var end = bytes[reader.index..<last].firstIndex(of: FormReader.softBreak) ?? last
        if let next = find(" is forbidden: ", in: bytes[..<end], from: reader.index) {
            var ignored = FieldValues()
            end = min(end, max(reader.index, readPrefix(in: bytes, before: next.upperBound, &ignored)))
            while end > reader.index, isGap(bytes[end - 1]) || bytes[end - 1] == UInt8(ascii: ",") { end -= 1 }
        }
        index = end
        return String(decoding: bytes[reader.index..<end], as: UTF8.self)
    }
}

extension RefusalForm {
    /// The form from its verb on, for a text whose beginning was cut off.
    var withoutUser: RefusalForm {
        RefusalForm(isCurrent: isCurrent, Array(parts.drop { $0 != .verb }))
    }
}
