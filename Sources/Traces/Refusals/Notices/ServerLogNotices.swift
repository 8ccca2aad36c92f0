import RBAC

/// What servers write into their own logs about those whom they refused.
extension NoticeText {
    /// `RBAC: no rules authorize user "u" with groups ["a"] to "list" resource "pods.apps/log" named "x" in namespace "ns"`.
    ///
    /// Kubernetes: `plugin/pkg/auth/authorizer/rbac/rbac.go`; before 1.12 with `RBAC DENY: … cannot`.
    func serverLog(at place: Range<Int>) -> LocatedNotice? {
        var reader = FormReader(bytes, at: place.upperBound)
        var values = FieldValues()
        let user = RefusalForm([.quoted(.user)])
        guard reader.read(user, into: &values) == .complete,
            let list = starts(" with groups ", at: reader.index) ?? starts(" groups ", at: reader.index)
        else { return nil }
        reader.index = list
        guard reader.read(RefusalForm([.groups]), into: &values) == .complete,
            let verb = starts(" to ", at: reader.index) ?? starts(" cannot ", at: reader.index)
        else { return nil }
        reader.index = verb
        guard reader.read(RefusalForm([.quoted(.verb)]), into: &values) == .complete else { return nil }
        readOperation(&reader, &values)
        guard let request = values.request else { return nil }
        let notice = Notice(.authorization, request: request, user: values[.user] ?? "", groups: values.groups)
        return LocatedNotice(notice: notice, range: place.lowerBound..<reader.index)
    }

    private func readOperation(_ reader: inout FormReader, _ values: inout FieldValues) {
        if let path = starts(" nonResourceURL ", at: reader.index) {
            reader.index = path
            _ = reader.read(RefusalForm([.quoted(.path)]), into: &values)
        } else if let resource = starts(" resource ", at: reader.index) {
            reader.index = resource
            _ = reader.read(RefusalForm([.quoted(.resource)]), into: &values)
            let parts = values[.resource].flatMap(splitDotted)
            values[.resource] = parts?.resource
            values[.group] = parts?.group
        }
        if let name = starts(" named ", at: reader.index) {
            reader.index = name
            _ = reader.read(RefusalForm([.quoted(.object)]), into: &values)
        }
        if let namespace = starts(" in namespace ", at: reader.index) {
            reader.index = namespace
            _ = reader.read(RefusalForm([.quoted(.namespace)]), into: &values)
        }
    }

    /// `Forbidden (user=u, verb=get, resource=nodes, subresource=metrics)`, as the kubelet and kube-rbac-proxy say it.
    func delegated(at place: Range<Int>) -> LocatedNotice? {
        let last = surroundings(of: place).upperBound
        let end = bytes[place.upperBound..<last].firstIndex(of: UInt8(ascii: ")")) ?? last
        // `subresource(s)=[metrics proxy]` has brackets of its own.
        let text = following(place.upperBound)
        let verb = value("verb=", in: text)
        guard !verb.isEmpty, !verb.hasPrefix("%"), !verb.hasPrefix("<"), text.contains("resource=") else { return nil }
        let subresources = value("subresource(s)=[", in: text).split(separator: " ").first.map(String.init)
        let resource = value(" resource=", in: text)
        let request = RequestAttributes(
            verb: verb,
            resource: resource,
            subresource: subresources ?? value("subresource=", in: text)
        )
        let user = String(text.prefix { $0 != "," })
        let notice = Notice(.authorization, request: resource.isEmpty ? nil : request, user: user, lacksScope: true)
        return LocatedNotice(notice: notice, range: place.lowerBound..<min(end + 1, bytes.endIndex))
    }

    private func value(_ key: String, in text: String) -> String {
        guard let range = text.ranges(of: key).first else { return "" }
        return String(text[range.upperBound...].prefix { !",)] ".contains($0) })
    }

    /// The 400 of a request that impersonates groups and nobody who has them.
    func nobodyImpersonated(at place: Range<Int>) -> LocatedNotice? {
        let start =
            lastIndex(of: "requested ", in: bytes[surroundings(of: place).lowerBound..<place.lowerBound])
            ?? place.lowerBound
        guard start < place.lowerBound, text(start..<place.upperBound).contains("{") else { return nil }
        let impersonation = RequestAttributes(verb: "impersonate", resource: "users")
        let notice = Notice(
            .authorization,
            request: impersonation,
            reason: text(start..<place.upperBound),
            lacksScope: true
        )
        return LocatedNotice(notice: notice, range: start..<place.upperBound)
    }
}
