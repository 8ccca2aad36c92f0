/// Generic errors that usually hide a refusal.
extension NoticeText {
    func symptom(_ symptom: Symptom, at place: Range<Int>) -> LocatedNotice? {
        LocatedNotice(notice: Notice(.symptom(symptom), source: .call), range: place)
    }

    /// controller-runtime's and client-go's ways to say that an informer had no first list in time.
    func cacheSync(at place: Range<Int>) -> LocatedNotice? {
        let range = surroundings(of: place)
        let line = text(range)
        let isError = ["timed out", "imeout", "failed", "Failed", "ould not wait", "nable to", "did not sync"].contains
        {
            line.contains($0)
        }
        guard isError else { return nil }
        return LocatedNotice(
            notice: Notice(.symptom(.cacheSync(kind: goType(in: line) ?? "")), source: .call),
            range: range.clamped(to: bytes.startIndex..<bytes.endIndex - 1)
        )
    }

    /// The kind behind a Go type: `*v1.Pod`.
    private func goType(in line: String) -> String? {
        for star in line.indices where line[star] == "*" {
            let type = line[line.index(after: star)...].prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
            let parts = type.split(separator: ".")
            if parts.count == 2, let first = parts[1].first, first.isUppercase { return String(parts[1]) }
        }
        return nil
    }

    /// `Server rejected event …(will not retry!)`
    func rejectedEvent(at place: Range<Int>) -> LocatedNotice? {
        let before = text(surroundings(of: place).lowerBound..<place.lowerBound)
        guard before.contains("rejected event"), !before.contains("%") else { return nil }
        return symptom(.eventRejected, at: place)
    }

    func inCluster(at place: Range<Int>) -> LocatedNotice? {
        guard let start = start(of: "nable to load ", in: bytes, endingAt: place.lowerBound) else { return nil }
        return LocatedNotice(
            notice: Notice(.symptom(.noInClusterConfiguration), source: .call),
            range: start - 1..<place.upperBound
        )
    }

    /// `no matches for kind "K" in version "g/v"`
    func unknownKind(at place: Range<Int>) -> LocatedNotice? {
        guard place.upperBound < bytes.endIndex, bytes[place.upperBound] == UInt8(ascii: "\"") else { return nil }
        let kind = name(at: place.upperBound)
        var end = place.upperBound + kind.utf8.count + 2
        var version = ""
        if let start = starts(" in version ", at: end) ?? starts(" in group ", at: end) {
            version = name(at: start)
            end = start + version.utf8.count + 2
        }
        guard !kind.isEmpty, !kind.hasPrefix("%"), !kind.hasPrefix("<") else { return nil }
        let notice = Notice(.notServed(UnservedKind(kind: kind, apiVersion: version)), source: .message)
        return LocatedNotice(notice: notice, range: place.lowerBound..<min(end, bytes.endIndex))
    }

    /// A reflector's `failed to list T: the server could not find the requested resource`.
    func missingResource(at place: Range<Int>) -> LocatedNotice? {
        guard let start = start(of: "the server ", in: bytes, endingAt: place.lowerBound), isReflector(before: start)
        else {
            return nil
        }
        let words = text(max(bytes.startIndex, start - 200)..<start - 2)
        guard let list = words.ranges(of: "ailed to list ").last else { return nil }
        let type = words[list.upperBound...]
        let parts = type.split(separator: ", ")
        let kind = parts.count == 2 ? parts[1].split(separator: "=").last.map(String.init) : goType(in: String(type))
        let notServed = UnservedKind(kind: kind ?? String(type), apiVersion: parts.count == 2 ? String(parts[0]) : "")
        return LocatedNotice(notice: Notice(.notServed(notServed)), range: start..<place.upperBound)
    }
}
