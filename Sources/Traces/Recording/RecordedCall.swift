import RBAC

/// One call as a recorder saw it, or what such a call needs besides.
package struct RecordedCall: Hashable, Sendable {
    package var key: Requirement.Key
    /// Of the answer; `nil` where none came.
    package var status: Int?
    package var userAgent: String?
    /// Why this stands for more than a call, such as `informer`; `nil` for the call itself.
    package var implied: String?
    /// An informer at its start: the other verb of the pair is needed too, and is noted with it.
    package var isInformer: Bool
    package var isDryRun: Bool

    package init(
        key: Requirement.Key,
        status: Int? = nil,
        userAgent: String? = nil,
        implied: String? = nil,
        isInformer: Bool = false,
        isDryRun: Bool = false
    ) {
        self.key = key
        self.status = status
        self.userAgent = userAgent
        self.implied = implied
        self.isInformer = isInformer
        self.isDryRun = isDryRun
    }

    package init(_ request: ResolvedRequest, status: Int?, userAgent: String? = nil) {
        self.init(
            key: Requirement.Key(attributes: request.attributes),
            status: status,
            userAgent: userAgent,
            isInformer: request.isInformer,
            isDryRun: request.isDryRun
        )
    }

    /// What an informer needs besides; it was not called itself.
    var informerPair: RecordedCall? {
        guard isInformer else { return nil }
        return RecordedCall(key: key.informerPair, userAgent: userAgent, implied: "informer", isDryRun: isDryRun)
    }
}
