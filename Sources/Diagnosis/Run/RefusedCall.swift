package import RBAC
import Traces

/// A call that did not get through, as somebody saw it who stood between the operator and the API server.
package struct RefusedCall: Sendable {
    package var request: RequestAttributes
    /// An informer asked, which needs both list and watch.
    package var isInformer: Bool
    /// 401, 403, or 404.
    package var status: Int
    /// Of the `Status`; empty where there was none.
    package var message: String
    /// What the owners that the written object names, and blocks the deletion of, would cost.
    package var owners: [RequestAttributes]

    package init(
        _ request: RequestAttributes,
        isInformer: Bool = false,
        status: Int,
        message: String,
        owners: [RequestAttributes] = []
    ) {
        self.request = request
        self.isInformer = isInformer
        self.status = status
        self.message = message
        self.owners = owners
    }

    /// What the answer says, in the words of `explain`; `nil` for a 404 that means an object.
    package func refusal(_ known: KnownResources) -> ExplainReport.Refusal? {
        guard var notice else { return nil }
        notice.isInformer = isInformer
        if case .ownerFinalizers(nil) = notice.kind, let owner = owners.first {
            notice.kind = .ownerFinalizers(update: owner)
        }
        var refusal = Explainer.refusal(NoticeLog.Entry(notice, message: message), known)
        if refusal.request == nil { refusal.request = request }
        if status == 404 {
            refusal.title = "the API server does not serve `\(Target(request).description)`"
            refusal.asked = [request]
        }
        return refusal
    }

    private var notice: Notice? {
        switch status {
        case 401: return Notice(.unauthenticated)
        case 404:
            guard request.isResourceRequest, isAboutTheKind else { return nil }
            let version = request.group.isEmpty ? request.version : "\(request.group)/\(request.version)"
            return Notice(.notServed(UnservedKind(kind: request.resource, apiVersion: version)))
        default:
            if let create = upgradedExec { return Notice(.authorization, request: create) }
            return Notice(message: message, lookup: ResourceLookup(.builtin))
                ?? Notice(.authorization, request: request)
        }
    }

    /// Of an object the server says that it was not found, by its name; so it does where the subresource is not served.
    private var isAboutTheKind: Bool {
        message.isEmpty || !request.subresource.isEmpty
            || message.hasPrefix("the server could not find the requested resource")
    }

    /// A websocket to a pod needs `create` besides `get`; the refusal does not say so. Kubernetes 1.35 and later.
    private var upgradedExec: RequestAttributes? {
        guard request.verb == "get", request.resource == "pods", request.group.isEmpty,
            ["exec", "attach", "portforward"].contains(request.subresource), !message.contains("cannot "),
            message.hasPrefix("pods \"\(request.name)\" is forbidden:")
        else { return nil }
        var create = request
        create.verb = "create"
        return create
    }
}

/// A refusal of a run, with its cause and how often it came.
package struct ExplainedCall: Sendable {
    package var call: RefusedCall
    package var refusal: ExplainReport.Refusal
    package var count: Int

    package init(call: RefusedCall, refusal: ExplainReport.Refusal, count: Int) {
        self.call = call
        self.refusal = refusal
        self.count = count
    }
}
