import RBAC

/// What the admission plugin OwnerReferencesPermissionEnforcement says. Kubernetes: `plugin/pkg/admission/gc/gc_admission.go`.
extension NoticeText {
    private static let finalizers =
        "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on"
    private static let deletion = "cannot set an ownerRef on a resource you can't delete"
    private static let mapping =
        "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion "

    /// Around the `cannot ` of its sentences.
    func ownerReference(at place: Range<Int>) -> LocatedNotice? {
        var values = FieldValues()
        let start = RefusalText.readPrefix(in: bytes, before: place.lowerBound, &values)
        let end = messageEnd(from: place.upperBound, startingAt: start)
        // The template of it, in source code.
        guard !isTemplate(start..<end) else { return nil }
        let kind: Notice.Kind
        if let after = starts(Self.finalizers, at: place.lowerBound) {
            let reason = find(RefusalForm.cannot, in: bytes[..<end], from: after).flatMap {
                RefusalText.authorization(in: bytes[..<end], around: $0)
            }
            return owner(values, update: reason?.refusal, start..<end)
        } else if starts(Self.deletion, at: place.lowerBound) != nil {
            kind = .authorization
        } else if let after = starts(Self.mapping, at: place.lowerBound) {
            let version = name(at: after)
            let kindStart = starts(" Kind ", at: after + version.utf8.count)
            kind = .notServed(UnservedKind(kind: kindStart.map(name(at:)) ?? "", apiVersion: version))
        } else {
            return nil
        }
        var notice = Notice(kind, reason: text(place.lowerBound..<end), lacksScope: true)
        if kind == .authorization { notice.request = owned(values, verb: "delete") }
        return LocatedNotice(notice: notice, range: start..<end)
    }

    private func owner(_ values: FieldValues, update: Refusal?, _ range: Range<Int>) -> LocatedNotice {
        let notice = Notice(
            .ownerFinalizers(update: update?.request),
            request: owned(values, verb: "", namespace: update?.request.namespace ?? ""),
            user: update?.user ?? "",
            lacksScope: true
        )
        return LocatedNotice(notice: notice, range: range)
    }

    /// The object whose owner references were set; the text does not tell by which verb.
    private func owned(_ values: FieldValues, verb: String, namespace: String = "") -> RequestAttributes? {
        guard let target = values[.target].flatMap(splitDotted) else { return nil }
        return RequestAttributes(
            verb: verb,
            group: target.group,
            resource: target.resource,
            namespace: namespace,
            name: values[.object] ?? ""
        )
    }
}
