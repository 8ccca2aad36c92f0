extension NoticeText {
    /// A sentence that nothing but a 401 brings about.
    func unauthenticated(at place: Range<Int>) -> LocatedNotice? {
        let end = messageEnd(from: place.upperBound, startingAt: bytes.startIndex)
        let start = start(of: "the server has asked for ", in: bytes, endingAt: place.lowerBound) ?? place.lowerBound
        return LocatedNotice(notice: Notice(.unauthenticated, reason: text(start..<end)), range: start..<end)
    }

    /// `Unauthorized`, where it is the API server's and not that of a registry, a repository or an identity provider.
    func unauthorized(at place: Range<Int>) -> LocatedNotice? {
        let start = place.lowerBound - 1
        guard start >= bytes.startIndex, bytes[start] == UInt8(ascii: "U") else { return nil }
        let line = text(surroundings(of: place))
        let before = text(max(bytes.startIndex, start - 40)..<start)
        let isKnown =
            before.hasSuffix("Error from server (") || isStatus(before)
            || before.hasSuffix("401 ") && isCallOfClient(line)
            || isTail(place.upperBound) && isError(before, line)
        guard isKnown else { return nil }
        let end = messageEnd(from: place.upperBound, startingAt: bytes.startIndex)
        return LocatedNotice(notice: Notice(.unauthenticated, reason: "Unauthorized"), range: start..<end)
    }

    /// The message of a Status body, in JSON or YAML. Its reason stands on another line, and is the same refusal.
    private func isStatus(_ before: String) -> Bool {
        let tail = before.filter { $0 != " " && $0 != "\"" && $0 != "'" }
        return tail.hasSuffix("message:")
    }

    /// Whether a logger of client-go wrote the line, or it names a path of the API.
    private func isCallOfClient(_ line: String) -> Bool {
        line.contains("round_trippers.go") || line.contains("\"Response\" verb=") || line.contains("/apis/")
            || line.contains("/api/v1/") || line.contains("/api?") || line.contains("Reason: Unauthorized")
    }

    /// Whether the error ends here.
    private func isTail(_ index: Int) -> Bool {
        guard let next = bytes[index...].first(where: { !isGap($0) }) else { return true }
        return "\"'`,;)}]\r\n\t".utf8.contains(next)
    }

    /// Whether that is what an error of client-go says, which is the one word and nothing about HTTP.
    private func isError(_ before: String, _ line: String) -> Bool {
        let isWhole = before.allSatisfy { $0 == " " || $0 == "\t" } && isEnd(bytes.startIndex + before.utf8.count + 12)
        guard isWhole || before.hasSuffix(": ") else { return false }
        guard !before.hasSuffix("reason: "), !before.hasSuffix("\"reason\": "), !before.hasSuffix("401: ") else {
            return false
        }
        if line.contains("://") && !isCallOfClient(line) { return false }
        let others = [
            "registry", "pull ", "pulling", "oauth", "docker", "git ", "github", "gitlab", "vault", "helm repo",
            "bearer",
        ]
        let lowered = line.lowercased()
        return !others.contains { lowered.contains($0) }
    }
}
