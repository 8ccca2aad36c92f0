import RBAC

/// Refusals of which a generated client told no more than the function that was called: `listNamespacedPod`,
/// `list_namespaced_pod`, `ListNamespacedPodWithHttpMessagesAsync`.
///
/// The names are the operation ids of Kubernetes' OpenAPI description, in the spelling of each language.
struct ClientFunction {
    let verb: String
    let resource: String

    private static let verbs = [
        ("deletecollection", "deletecollection"), ("list", "list"), ("watch", "watch"), ("read", "get"),
        ("create", "create"), ("replace", "update"), ("patch", "patch"), ("delete", "delete"),
    ]
    private static let endings = ["async", "withhttpinfo", "withhttpmessages", "call", "forallnamespaces", "request"]

    /// - Parameter isResource: whether there is a resource of that plural.
    init?(_ word: some StringProtocol, isResource: (String) -> Bool) {
        var rest = word.lowercased().filter { $0 != "_" }[...]
        guard let verb = Self.verbs.first(where: { rest.hasPrefix($0.0) }) else { return nil }
        rest = rest.dropFirst(verb.0.count)
        let isNamespaced = rest.hasPrefix("namespaced")
        if isNamespaced { rest = rest.dropFirst("namespaced".count) }
        var isLong = isNamespaced
        while let ending = Self.endings.first(where: { rest.hasSuffix($0) }) {
            rest = rest.dropLast(ending.count)
            isLong = isLong || ending == "forallnamespaces" || ending == "withhttpinfo" || ending == "withhttpmessages"
        }
        // `listPods` is anybody's function; these are the client's.
        guard isLong, !rest.isEmpty else { return nil }
        let plurals = [rest + "s", rest + "es", rest.dropLast() + "ies", rest].map { String($0) }
        guard let plural = plurals.first(where: isResource) else { return nil }
        self.verb = verb.1
        resource = plural
    }
}

extension NoticeText {
    /// The call of a client whose function is named beside a `Forbidden` that has neither message nor URL.
    func clientCall(at place: Range<Int>) -> LocatedNotice? {
        let range = surroundings(of: place)
        guard let request = clientRequest(in: bytes[range]) else { return nil }
        let notice = Notice(.authorization, request: request, source: .call, lacksScope: true)
        return LocatedNotice(notice: notice, range: range.clamped(to: bytes.startIndex..<bytes.endIndex - 1))
    }

    private func clientRequest(in text: ArraySlice<UInt8>) -> RequestAttributes? {
        // Akka says what it is about to do, and of the answer its status alone.
        if find("Querying for pods with label selector", in: text, from: text.startIndex) != nil,
            find("Kubernetes API response", in: text, from: text.startIndex) != nil
        {
            return RequestAttributes(verb: "list", resource: "pods")
        }
        let isPart = { (byte: UInt8) in (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") }
        for bytes in text.split(whereSeparator: { !isPart($0) }) where bytes.count > 8 {
            let word = String(decoding: bytes, as: UTF8.self)
            guard let function = ClientFunction(word, isResource: { !lookup.groups($0).isEmpty }) else { continue }
            let groups = lookup.groups(function.resource)
            let group = groups.contains("") ? "" : groups.first ?? ""
            return RequestAttributes(verb: function.verb, group: group, resource: function.resource)
        }
        return nil
    }
}
