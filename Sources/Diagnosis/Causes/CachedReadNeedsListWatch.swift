import RBAC
import Traces

/// `cached-read-needs-list-watch`: a cached client turns `get` into an informer, which lists and watches.
///
/// Raised where an informer's list or watch is unmet and a rule grants `get`, or where a profile or a hand-written trace says
/// `cached: true`. A recorded GET was a direct read and proves nothing.
enum CachedReadNeedsListWatch {
    private static let informerVerbs = ["list", "watch"]

    static func findings(_ judgement: Judgement) -> [Finding] {
        guard let evidence = judgement.evidence else { return [] }
        var order: [Target] = []
        var groups: [Target: [Call]] = [:]
        func add(_ call: Call) {
            if groups[call.target] == nil { order.append(call.target) }
            groups[call.target, default: []].append(call)
        }
        let informers = Set(
            judgement.states.map(\.call).filter { $0.requirement.implied == "informer" }.map(Place.init)
        )
        for state in judgement.states where !state.isCovered {
            let call = state.call
            if call.requirement.isCached, call.verb == "get" {
                if informerVerbs.contains(where: { !isGranted($0, call, evidence) }) { add(call) }
                continue
            }
            guard informerVerbs.contains(call.verb), state.declared == .missing else { continue }
            let isInformers = informers.contains(Place(call)) && grantsGet(call, evidence)
            if isInformers || call.requirement.isCached { add(call) }
        }
        return order.map { finding($0, groups[$0] ?? [], evidence) }
    }

    /// What an informer watches, and where.
    private struct Place: Hashable {
        var target: Target
        var namespace: String
        /// Of an informer of one object.
        var name: String

        init(_ call: Call) {
            target = call.target
            namespace = call.request.namespace
            name = call.request.name
        }
    }

    private static func isGranted(_ verb: String, _ call: Call, _ evidence: Evidence) -> Bool {
        var informer = call
        informer.request.verb = verb
        informer.request.name = ""
        return evidence.side.grants(informer)
    }

    /// Whether a rule that reaches the operator here grants `get`, if only of some names.
    private static func grantsGet(_ call: Call, _ evidence: Evidence) -> Bool {
        evidence.side.access.rules(inNamespace: call.home).contains { rule in
            rule.allowsVerb("get") && rule.allowsGroup(call.request.group)
                && rule.allowsResource(call.request.resource, subresource: call.request.subresource)
        }
    }

    private static func finding(_ target: Target, _ calls: [Call], _ evidence: Evidence) -> Finding {
        // A cached get stands for both verbs of its informer.
        let needed = calls.flatMap { call -> [Call] in
            guard call.verb == "get" else { return [call] }
            return informerVerbs.map { verb in
                var informer = call
                informer.request.verb = verb
                informer.request.name = ""
                return informer
            }
        }.filter { !evidence.side.grants($0) }
        let verbs = Wording.verbs(needed)
        let rules = RemedyBuilder(evidence).exactRules(needed, withNames: false)
        let getRule = evidence.side.lookup.candidates(for: calls[0].request).first { ref in
            let rule = evidence.side.rule(ref)
            return evidence.side.roles[ref.role].reach != .nowhere && rule.allowsVerb("get")
                && rule.allowsGroup(target.group)
                && rule.allowsResource(target.resource, subresource: target.subresource)
        }
        return Finding(
            code: .cachedReadNeedsListWatch,
            severity: .warning,
            title: "a cached client reads `\(target.description)` by an informer, which needs \(verbs)",
            explanation:
                "A client that reads through a cache answers `get` from an informer: it lists the whole resource and "
                + "watches it. Without \(verbs) the informer retries for ever, and the first read waits until it times out, "
                + "with no word about permissions.",
            requirements: calls.map(\.index).sorted(),
            locations: getRule.flatMap { ref in
                evidence.side.location(
                    of: ref,
                    evidence.side.manifestRule(ref)?.labels(\.verbs, "enough for a direct read only") { $0 == "get" }
                        ?? []
                )
            }.map { [$0] } ?? [],
            evidence: [
                calls.contains { $0.requirement.isCached }
                    ? "the trace or profile says that a cached client reads it"
                    : "an informer listed or watched it, and a rule grants `get`"
            ],
            remedy: Remedy(
                summary: "grant \(verbs), or read past the cache (mgr.GetAPIReader(), DisableFor)",
                rules: rules,
                markers: rules.map { kubebuilderMarker($0) }
            )
        )
    }
}
