import Diagnosis
import NIOHTTP1
import RBAC
import Traces

/// Owner references need the right to delete what is owned, and those that block the deletion of the owner the right to
/// update its finalizers; where the admission plugin OwnerReferencesPermissionEnforcement is on.
///
/// Kubernetes: `plugin/pkg/admission/gc/gc_admission.go`.
struct OwnerCheck {
    private let judge: DeclaredJudge
    private var attributes: RequestAttributes { judge.attributes }

    init(_ judge: DeclaredJudge) { self.judge = judge }

    /// The server's metrics name every admission plugin that is on; who may read them can tell.
    static let enforcementPath = "/metrics"
    private static let plugin = Array("\"OwnerReferencesPermissionEnforcement\"".utf8)

    func verdict() -> Verdict {
        guard attributes.subresource.isEmpty, ["create", "update", "patch"].contains(attributes.verb),
            judge.request.body != .none, !(mayFinalizeAll && mayDelete)
        else { return .forward }
        return .body { bytes in
            let object = OwnedObject(bytes)
            guard object.isReadable else { return unreadable(bytes) }
            guard mayMatter(object) else { return .forward }
            return .lookUp(Self.enforcementPath) { found in
                switch found {
                case .found(let metrics):
                    return metrics.contains(subsequence: Self.plugin) ? compared(object, isEnforced: true) : .forward
                case .missing, .unknown: return compared(object, isEnforced: false)
                }
            }
        }
    }

    /// Of a JSON patch the result is not known.
    private func unreadable(_ bytes: [UInt8]) -> Verdict {
        if bytes.contains(subsequence: Array("ownerReferences".utf8)) {
            judge.note("a patch of the owner references of \(attributes.resource)")
        }
        return .forward
    }

    /// Whether anything about the owners could be refused, whatever was there before. Only an update takes away what it does
    /// not name.
    private func mayMatter(_ object: OwnedObject) -> Bool {
        if object.owners.contains(where: lacksFinalizers) { return true }
        return !mayDelete && (attributes.verb == "update" || !object.owners.isEmpty)
    }

    private func compared(_ object: OwnedObject, isEnforced: Bool) -> Verdict {
        let name = attributes.name.isEmpty ? object.name : attributes.name
        guard attributes.verb != "create" else {
            return verdict(lack(object.owners, isChange: false), name, isEnforced)
        }
        return .lookUp(judge.path) { found in
            switch found {
            case .missing: return verdict(lack(object.owners, isChange: false), name, isEnforced)
            case .found(let bytes):
                let old = OwnedObject(bytes).owners
                guard isChange(from: old, to: object.owners) else { return .forward }
                let known = Set(old.filter(\.blocks).map(\.uid))
                let new = object.owners.filter { !known.contains($0.uid) }
                return verdict(lack(new, isChange: true), name, isEnforced)
            case .unknown:
                judge.note("whether the owner references of \(attributes.resource) changed")
                return .forward
            }
        }
    }

    /// An apply, and a strategic merge patch, leave the owners in place that they do not name.
    private func isChange(from old: [OwnerReference], to new: [OwnerReference]) -> Bool {
        let isMerged = judge.isApply || judge.contentType.hasPrefix("application/strategic-merge-patch")
        return isMerged ? !new.allSatisfy(old.contains) : old != new
    }

    private func verdict(_ lack: String?, _ name: String, _ isEnforced: Bool) -> Verdict {
        guard let lack else { return .forward }
        if isEnforced { return .answer(judge.forbidden(name.isEmpty ? "Unknown" : name, lack)) }
        judge.note(
            "owner references of \(attributes.resource): refused where OwnerReferencesPermissionEnforcement is on, as on "
                + "OpenShift; you may not read whether it is (\(Self.enforcementPath))"
        )
        return .forward
    }

    // MARK: - What is lacking

    private func lack(_ owners: [OwnerReference], isChange: Bool) -> String? {
        if isChange, !mayDelete { return "cannot set an ownerRef on a resource you can't delete: \(reason(deletion))" }
        guard !mayFinalizeAll, let owner = owners.first(where: lacksFinalizers) else { return nil }
        return "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: "
            + reason(finalizers(of: owner))
    }

    /// Go: `%v, %v` of the reason and an error that is nil.
    private func reason(_ attributes: RequestAttributes) -> String {
        "\(judge.grants.access.decide(attributes).reason), <nil>"
    }

    private var deletion: RequestAttributes {
        var delete = attributes
        delete.verb = "delete"
        return delete
    }

    private var mayDelete: Bool { attributes.verb == "create" || judge.isAllowed(deletion) }

    private var mayFinalizeAll: Bool {
        judge.isAllowed(
            RequestAttributes(
                verb: "update",
                group: "*",
                version: "*",
                resource: "*",
                subresource: "finalizers",
                name: "*"
            )
        )
    }

    private func lacksFinalizers(_ owner: OwnerReference) -> Bool {
        owner.blocks && !judge.isAllowed(finalizers(of: owner))
    }

    private func finalizers(of owner: OwnerReference) -> RequestAttributes {
        let kind = BlockingOwner(apiVersion: owner.apiVersion, kind: owner.kind)
        let resource = judge.owners.resource(of: kind)
        return RequestAttributes(
            verb: "update",
            group: kind.group,
            resource: resource.plural,
            subresource: "finalizers",
            namespace: resource.isNamespaced ? attributes.namespace : "",
            name: owner.name
        )
    }
}

extension [UInt8] {
    /// Whether these bytes stand anywhere in here; O(n·m) at worst, with m a few bytes.
    func contains(subsequence needle: [UInt8]) -> Bool {
        guard let first = needle.first, count >= needle.count else { return false }
        var index = startIndex
        while let hit = self[index...].firstIndex(of: first), hit + needle.count <= count {
            if self[hit..<hit + needle.count].elementsEqual(needle) { return true }
            index = hit + 1
        }
        return false
    }
}
