import RBAC

/// Refusals of which a client told the call alone: a URL, or what client-go says when it could not read the answer.
extension NoticeText {
    /// `unknown (get pods)`, `unknown (post deployments.apps web)`.
    func unreadable(at place: Range<Int>) -> LocatedNotice? {
        guard let close = bytes[place.upperBound...].prefix(Self.reach).firstIndex(of: UInt8(ascii: ")")) else {
            return nil
        }
        let words = text(place.upperBound..<close).split(separator: " ")
        guard words.count == 2 || words.count == 3, let target = splitDotted(String(words[1])),
            let verb = verb(ofMethod: words[0].uppercased(), isNamed: words.count == 3, before: place.lowerBound)
        else { return nil }
        let request = RequestAttributes(
            verb: verb,
            group: target.group,
            resource: target.resource,
            name: words.count == 3 ? String(words[2]) : ""
        )
        let notice = Notice(.authorization, request: request, source: .call, lacksScope: true)
        return LocatedNotice(notice: notice, range: place.lowerBound..<close + 1)
    }

    /// A reflector that could not watch says `get`, the method.
    private func verb(ofMethod method: String, isNamed: Bool, before index: Int) -> String? {
        let words = text(max(bytes.startIndex, index - 120)..<index)
        switch method {
        case "GET":
            if words.contains("ailed to watch ") { return "watch" }
            return isNamed ? "get" : "list"
        case "POST": return "create"
        case "PUT": return "update"
        case "PATCH": return "patch"
        case "DELETE": return isNamed ? "delete" : "deletecollection"
        default: return nil
        }
    }

    /// `403 Forbidden` beside a URL of the API, and `Forbidden: "/path"`.
    func httpCall(at place: Range<Int>) -> LocatedNotice? {
        // Of several lines, a URL in one has nothing to do with a status in another.
        if bytes.dropLast().contains(FormReader.softBreak) { return clientCall(at: place) }
        let range = surroundings(of: place)
        let line = text(range)
        let isQuoted = starts(": \"/", at: place.upperBound)
        guard isQuoted != nil || line.contains("403") else { return clientCall(at: place) }
        guard let url = isQuoted.map({ pathText(from: $0 - 1) }) ?? urlText(in: line),
            let resolved = try? RequestInfo.resolve(method: method(in: line, before: url), url: url)
        else { return nil }
        let isServerLog = isQuoted != nil && line.contains("\", Reason: \"")
        let isClientLog = line.contains("round_trippers.go") || line.contains("\"Response\" verb=")
        var request = resolved.attributes
        guard isServerLog || isClientLog || isOfAPI(request) else { return nil }
        request.version = ""
        var notice = Notice(.authorization, request: request, source: .call)
        notice.isInformer =
            resolved.isInformer || line.contains("watcher of ") && request.verb == "list"
            || isOldReflector(line, request)
        return LocatedNotice(notice: notice, range: range.clamped(to: bytes.startIndex..<bytes.endIndex - 1))
    }

    private func isOldReflector(_ line: String, _ request: RequestAttributes) -> Bool {
        request.verb == "list" && line.contains("ailed to list *")
    }

    /// Other servers have paths below `/api/v1` too; what is asked for there must be a resource of the core group.
    private func isOfAPI(_ request: RequestAttributes) -> Bool {
        guard request.isResourceRequest else { return false }
        return request.group.contains(".") || lookup.groups(request.resource).contains(request.group)
    }

    private func pathText(from index: Int) -> String {
        String(following(index).prefix { $0 != "\"" })
    }

    /// The first URL whose path begins as the API's do, or a path alone behind a method.
    private func urlText(in line: String) -> String? {
        for scheme in ["https://", "http://"] {
            for range in line.ranges(of: scheme) {
                let url = line[range.lowerBound...].prefix { !" \"'<>`|\n\r\t)".contains($0) }
                let path = url.dropFirst(scheme.count).drop { $0 != "/" }
                if path.hasPrefix("/") { return String(url) }
            }
        }
        for method in Self.methods {
            guard let range = line.ranges(of: "\(method) /").first else { continue }
            return String(
                line[range.upperBound...].prefix { !" \"'<>`|\n\r\t)".contains($0) }.description.prefix(2_000)
            )
            .withSlash
        }
        return nil
    }

    private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]

    /// The method that stands before the URL; GET where none does.
    private func method(in line: String, before url: String) -> String {
        let head = line.ranges(of: url).first.map { line[..<$0.lowerBound] } ?? line[...]
        let words = head.split { !$0.isLetter }
        return words.last { Self.methods.contains(String($0)) }.map(String.init) ?? "GET"
    }
}

extension String {
    fileprivate var withSlash: String { "/" + self }
}
