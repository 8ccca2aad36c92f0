import RBAC

extension NoticeText {
    /// `admission webhook "w" denied the request: …`. Kubernetes: `admission/plugin/webhook/errors/statuserror.go`.
    func webhook(at place: Range<Int>) -> LocatedNotice? {
        guard let quote = openingQuote(in: bytes, closing: place.lowerBound - 2), isGap(bytes[place.lowerBound - 1])
        else {
            return nil
        }
        let name = goUnquoted(bytes[(quote + 1)..<(place.lowerBound - 2)])
        let start = start(of: "admission webhook ", in: bytes, endingAt: quote)
        // A name stands alone where the text was cut off. Names of webhooks have three parts at least.
        guard start != nil || name.split(separator: ".").count >= 3, !name.contains(" "), !name.contains("<"),
            !name.contains("%")
        else { return nil }
        let end = messageEnd(from: place.upperBound, startingAt: start ?? quote)
        let reason = text(place.upperBound..<end)
        // What the webhook was refused itself says more.
        guard !following(place.upperBound).contains("\" cannot ") else { return nil }
        var notice = Notice(
            .admission(Admission(decider: .webhook, name: name)),
            reason: String(reason.drop { $0 == ":" || $0 == " " })
        )
        if let user = reason.ranges(of: "Requested by user: '").first {
            notice.user = String(reason[user.upperBound...].prefix { $0 != "'" })
        }
        return LocatedNotice(notice: notice, range: (start ?? quote)..<end)
    }

    /// `failed calling webhook "w": …`: it could not be asked, and its failure policy is `Fail`.
    func unreachableWebhook(at place: Range<Int>) -> LocatedNotice? {
        guard bytes[place.upperBound] == UInt8(ascii: "\"") else { return nil }
        let name = name(at: place.upperBound)
        let end = messageEnd(from: place.upperBound, startingAt: place.lowerBound)
        let after = place.upperBound + name.utf8.count + 2
        let notice = Notice(
            .admission(Admission(decider: .webhookUnreachable, name: name)),
            reason: text(min(after, end)..<end).drop { $0 == ":" || $0 == " " }.description
        )
        return LocatedNotice(notice: notice, range: place.lowerBound..<end)
    }
}
