import Manifests
import RBAC
import Syntax

/// `resource-not-served`, `version-not-served`, `subresource-not-served`: the call would end in 404, whatever RBAC says.
///
/// Principal where RBAC grants the call, else a second finding. Without a server the CRDs of the files say what would be
/// served; that is a warning, since another CRD of that name may be installed.
enum NotServed {
    private struct Key: Hashable {
        var code: FindingCode
        var target: Target
        var version: String
        var isPrincipal: Bool
    }

    static func findings(
        _ judgement: Judgement,
        _ served: ServedResources,
        _ stage: IdentityStage,
        _ manifests: ManifestSet?
    ) -> [Finding] {
        var order: [Key] = []
        var groups: [Key: [Call]] = [:]
        for state in judgement.states where !state.isCovered {
            guard let gap = served.gap(for: state.call) else { continue }
            let key = key(gap, state.call, isPrincipal: state.isMet == true)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(state.call)
        }
        let online = order.map { key in
            finding(key, groups[key] ?? [], served, manifests?.crds ?? [])
        }
        return judgement.effective.currentUser == nil ? online + offline(judgement, manifests?.crds ?? []) : online
    }

    private static func key(_ gap: ServedResources.Gap, _ call: Call, isPrincipal: Bool) -> Key {
        var target = call.target
        switch gap {
        case .group, .resource:
            target.subresource = ""
            return Key(code: .resourceNotServed, target: target, version: "", isPrincipal: isPrincipal)
        case .version:
            target.subresource = ""
            return Key(
                code: .versionNotServed,
                target: target,
                version: call.request.version,
                isPrincipal: isPrincipal
            )
        case .subresource:
            return Key(code: .subresourceNotServed, target: target, version: "", isPrincipal: isPrincipal)
        }
    }

    private static func finding(
        _ key: Key,
        _ calls: [Call],
        _ served: ServedResources,
        _ crds: [CRDManifest]
    ) -> Finding {
        let crd = crds.first { $0.group == key.target.group && $0.plural == key.target.resource }
        let name = "`\(key.target.description)`"
        let versions = calls.first.map(served.versions) ?? []
        let title: String
        let remedy: Remedy
        switch key.code {
        case .versionNotServed:
            title = "the API server does not serve \(name) in version `\(key.version)`"
            remedy = Remedy(summary: "call version \(Wording.list(versions, conjunction: "or"))")
        case .subresourceNotServed:
            title = "the API server does not serve \(name)"
            remedy = subresourceRemedy(key, crd)
        default:
            title = "the API server does not serve \(name)"
            remedy = installRemedy(crd)
        }
        return Finding(
            code: key.code,
            severity: calls.severity,
            isPrincipal: key.isPrincipal,
            title: title,
            explanation:
                "Discovery was asked anew and does not list it, so the call ends in 404 once RBAC allows it. An access "
                + "review does not say so: it answers for resources that do not exist, too.",
            requirements: calls.map(\.index).sorted(),
            locations: crd.map { [FindingLocation(range: $0.apiVersionRange)] } ?? [],
            evidence: key.code == .versionNotServed ? ["served versions: \(Wording.list(versions))"] : [],
            remedy: remedy
        )
    }

    private static func installRemedy(_ crd: CRDManifest?) -> Remedy {
        guard let crd else {
            return Remedy(
                summary: "install what defines it, or see that its API server is up (kubectl get apiservices)"
            )
        }
        let isGenerated = crd.range.file.contains("config/crd/")
        return Remedy(
            summary: "install the CRD `\(crd.identity.name)`",
            commands: isGenerated ? ["make install"] : [Kubectl.apply(["-f", crd.range.file])]
        )
    }

    private static func subresourceRemedy(_ key: Key, _ crd: CRDManifest?) -> Remedy {
        guard crd != nil || key.target.group.contains(".") else {
            return Remedy(summary: "the resource has no such subresource: correct the call")
        }
        let name = key.target.subresource
        let marker = name == "status" ? ["//+kubebuilder:subresource:status"] : []
        return Remedy(
            summary: "enable `\(name)` in the CRD's version, and install it again",
            markers: marker,
            replacement: name == "status" ? ["subresources:", "  status: {}"] : []
        )
    }

    // MARK: - Without a server

    private static func offline(_ judgement: Judgement, _ crds: [CRDManifest]) -> [Finding] {
        var order: [Key] = []
        var groups: [Key: [Call]] = [:]
        for state in judgement.states where state.isMet == true {
            guard let gap = gap(state.call, crds) else { continue }
            let key = key(gap, state.call, isPrincipal: false)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(state.call)
        }
        return order.compactMap { key in
            let crd = crds.first { $0.group == key.target.group && $0.plural == key.target.resource }
            return crd.map { offlineFinding(key, groups[key] ?? [], $0) }
        }
    }

    /// What the files' own CRD leaves out. `finalizers` is never served, and asked for by admission all the same.
    private static func gap(_ call: Call, _ crds: [CRDManifest]) -> ServedResources.Gap? {
        let request = call.request
        guard request.isResourceRequest, KnownResource.allVerbs.contains(request.verb),
            request.subresource != "finalizers",
            let crd = crds.first(where: { $0.group == request.group && $0.plural == request.resource })
        else { return nil }
        let served = crd.versions.filter(\.isServed)
        guard !served.isEmpty else { return nil }
        if !request.version.isEmpty, !served.contains(where: { $0.name == request.version }) { return .version }
        let versions = request.version.isEmpty ? served : served.filter { $0.name == request.version }
        if !request.subresource.isEmpty, !versions.contains(where: { $0.subresources.contains(request.subresource) }) {
            return .subresource
        }
        return nil
    }

    private static func offlineFinding(_ key: Key, _ calls: [Call], _ crd: CRDManifest) -> Finding {
        let isVersion = key.code == .versionNotServed
        let served = crd.versions.filter(\.isServed).map(\.name)
        return Finding(
            code: key.code,
            severity: .warning,
            title: isVersion
                ? "the CRD `\(crd.identity.name)` does not serve version `\(key.version)`"
                : "the CRD `\(crd.identity.name)` does not enable `\(key.target.subresource)`",
            explanation: "The roles allow the call, and a cluster with this CRD answers it with 404.",
            requirements: calls.map(\.index).sorted(),
            locations: [FindingLocation(range: crd.apiVersionRange)],
            evidence: [
                isVersion
                    ? "served versions: \(Wording.list(served))"
                    : "no served version of the CRD lists `\(key.target.subresource)` among its subresources"
            ],
            remedy: isVersion
                ? Remedy(summary: "call version \(Wording.list(served, conjunction: "or")), or serve it")
                : subresourceRemedy(key, crd)
        )
    }
}
