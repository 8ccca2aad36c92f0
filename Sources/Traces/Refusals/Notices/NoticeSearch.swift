import RBAC

/// The words by which notices are found, each with the reader of what stands around it.
struct NoticeAnchor: Sendable {
    let text: String
    let read: @Sendable (NoticeText, Range<Int>) -> LocatedNotice?

    /// Every anchor. Where two stand at the same place, the first that reads something wins.
    static let all: [NoticeAnchor] = [
        NoticeAnchor(text: RefusalForm.cannot) { $0.ownerReference(at: $1) ?? $0.authorization(at: $1) },
        NoticeAnchor(text: " is forbidden: ") { $0.forbidden(at: $1) },
        NoticeAnchor(text: RefusalForm.grants) { $0.escalation(at: $1) },
        NoticeAnchor(text: "attempt to grant extra privileges: ") { $0.oldEscalation(at: $1) },
        NoticeAnchor(text: "denied the request") { $0.webhook(at: $1) },
        NoticeAnchor(text: "failed calling webhook ") { $0.unreachableWebhook(at: $1) },
        NoticeAnchor(text: "RBAC: no rules authorize user ") { $0.serverLog(at: $1) },
        NoticeAnchor(text: "RBAC DENY: user ") { $0.serverLog(at: $1) },
        NoticeAnchor(text: "Forbidden (user=") { $0.delegated(at: $1) },
        NoticeAnchor(text: "without impersonating a user name") { $0.nobodyImpersonated(at: $1) },
        NoticeAnchor(text: "nauthorized") { $0.unauthorized(at: $1) },
        NoticeAnchor(text: "the client to provide credentials") { $0.unauthenticated(at: $1) },
        NoticeAnchor(text: "You must be logged in to the server") { $0.unauthenticated(at: $1) },
        NoticeAnchor(text: "Unable to authenticate the request") { $0.unauthenticated(at: $1) },
        NoticeAnchor(text: "unknown (") { $0.unreadable(at: $1) },
        NoticeAnchor(text: "no matches for kind ") { $0.unknownKind(at: $1) },
        NoticeAnchor(text: "could not find the requested resource") { $0.missingResource(at: $1) },
        NoticeAnchor(text: "caches to sync") { $0.cacheSync(at: $1) },
        NoticeAnchor(text: "ache to sync") { $0.cacheSync(at: $1) },
        NoticeAnchor(text: "cache to be synced") { $0.cacheSync(at: $1) },
        NoticeAnchor(text: " Informer to sync") { $0.cacheSync(at: $1) },
        NoticeAnchor(text: "all runnables to end") { $0.symptom(.runnables, at: $1) },
        NoticeAnchor(text: "leader election lost") { $0.symptom(.leaderElectionLost, at: $1) },
        NoticeAnchor(text: "in-cluster configuration") { $0.inCluster(at: $1) },
        NoticeAnchor(text: "(will not retry!)") { $0.rejectedEvent(at: $1) },
    ]

    /// Finds the anchors where nothing was wrapped.
    static let search = TriggerSearch(all.map(\.text))

    /// Says little; looked for where nothing else was found.
    static let call = NoticeAnchor(text: "orbidden") { $0.httpCall(at: $1) }

    /// What a line must hold for any anchor to stand in it, or in it and its neighbours where it was wrapped.
    static let triggers = TriggerSearch(
        all.map { $0.text == RefusalForm.cannot ? "\" cannot" : $0.text } + [call.text] + more
    )

    /// Words of messages that were cut off or wrapped where an anchor stood.
    private static let more = [
        "API group ", "(groups=", "cannot set ", "denied request", "User \"system:", "User \\\"system:",
    ]
}

extension NoticeText {
    /// All notices, in their order.
    func notices() -> [LocatedNotice] {
        let found = notices(NoticeAnchor.all)
        return found.isEmpty ? notices([NoticeAnchor.call]) : found
    }

    private func notices(_ anchors: [NoticeAnchor]) -> [LocatedNotice] {
        let isWrapped = bytes.dropLast().contains(FormReader.softBreak)
        let places = isWrapped || anchors.count == 1 ? places(of: anchors) : places
        var found: [LocatedNotice] = []
        var end = bytes.startIndex
        var failures = 0
        for (place, anchor) in places where place.lowerBound >= end && !isEscaped(place.lowerBound) {
            guard let notice = anchor.read(self, place) else {
                failures += 1
                if failures == Self.mostFailures { break }
                continue
            }
            failures = 0
            found.append(notice)
            end = max(place.upperBound, notice.range.upperBound)
        }
        return found
    }

    /// After so many words that were none of a message, one after the other, a line was made to waste time.
    private static let mostFailures = 64

    /// Where anchors stand in a text that was wrapped, in order.
    private func places(of anchors: [NoticeAnchor]) -> [(Range<Int>, NoticeAnchor)] {
        var first = [[NoticeAnchor]](repeating: [], count: 256)
        for anchor in anchors {
            guard let byte = anchor.text.utf8.first else { continue }
            first[Int(byte)].append(anchor)
            if byte == UInt8(ascii: " ") { first[Int(FormReader.softBreak)].append(anchor) }
        }
        var places: [(Range<Int>, NoticeAnchor)] = []
        for index in bytes.indices {
            for anchor in first[Int(bytes[index])] {
                var reader = FormReader(bytes, at: index)
                if reader.take(anchor.text) == .complete { places.append((index..<reader.index, anchor)) }
            }
        }
        return places
    }

    /// Where anchors stand in a text of one line, found in one pass.
    private var places: [(Range<Int>, NoticeAnchor)] {
        // The end of the text is met by a space.
        let text = bytes.dropLast() + [UInt8(ascii: " ")]
        return text.withUnsafeBufferPointer { buffer in
            var places: [(Range<Int>, NoticeAnchor)] = []
            var start = 0
            while let (place, word) = NoticeAnchor.search.match(in: buffer, from: start) {
                let anchor = NoticeAnchor.all[word]
                places.append((place..<place + anchor.text.utf8.count, anchor))
                start = place + 1
            }
            return places
        }
    }

    /// Whether the place stands in a part that was escaped once more: that is a text of its own.
    private func isEscaped(_ place: Int) -> Bool {
        bytes.withUnsafeBufferPointer { EscapedText.depth(in: $0, around: place) > 0 }
    }
}
