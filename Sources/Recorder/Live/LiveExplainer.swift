package import Diagnosis
package import RBAC
import Synchronization
import Syntax
import Traces

/// Says of each new refusal, the moment it happens, what was refused, why, and what mends it.
package final class LiveExplainer: Sendable {
    /// Refusals of one kind are one: what is granted or not depends on no more than this.
    private struct Key: Hashable {
        var attributes: RequestAttributes
        var status: Int
    }

    private struct State {
        var input: CheckInput?
        var counts: [Key: Int] = [:]
        var lists: [RequestAttributes] = []
        var lastProgress = ContinuousClock.now
    }

    private let state: Mutex<State>
    private let say: @Sendable (String) -> Void

    /// - Parameters:
    ///   - input: the manifests and whose they are; `nil` where there are none.
    ///   - say: takes lines for people.
    package init(_ input: CheckInput?, say: @escaping @Sendable (String) -> Void) {
        state = Mutex(State(input: input))
        self.say = say
    }

    /// From here on other manifests explain.
    package func replace(_ input: CheckInput) { state.withLock { $0.input = input } }

    /// How many calls were refused, and of how many kinds.
    package var refused: (calls: Int, kinds: Int) {
        state.withLock { ($0.counts.values.reduce(0, +), $0.counts.count) }
    }

    /// Lists and watches that were refused: an informer waits for them for ever.
    package var refusedLists: [RequestAttributes] { state.withLock { $0.lists } }

    /// How long nothing but refusals came.
    package var standstill: Duration { state.withLock { ContinuousClock.now - $0.lastProgress } }

    /// Says once where nothing but refusals has come for a while after a list was refused. Until it is cancelled.
    package func watchForStandstill() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            guard !Task.isCancelled, standstill > Self.patience, let list = refusedLists.first else { continue }
            return say(
                "note: nothing has gone on for \(Self.patience.components.seconds) s since `\(Explanation.words(list))` was "
                    + "refused: a cache that never syncs waits for it"
            )
        }
    }

    private static let patience = Duration.seconds(30)

    func observed(_ call: ObservedCall) {
        guard let status = call.status, Self.isRefusal(status, call.message) else {
            // A leader renews its lease whatever else stands still.
            if !call.target.contains("/leases/") { state.withLock { $0.lastProgress = .now } }
            return
        }
        guard let request = try? RequestInfo.resolve(method: call.method, url: call.target),
            status != 404 || request.attributes.isResourceRequest
        else { return }
        var key = Key(attributes: request.attributes, status: status)
        key.attributes.name = ""
        let (isNew, input) = state.withLock { state in
            state.counts[key, default: 0] += 1
            let isNew = state.counts[key] == 1
            if isNew, status == 403, ["list", "watch"].contains(key.attributes.verb) {
                state.lists.append(key.attributes)
            }
            return (isNew, state.input)
        }
        guard isNew else { return }
        let (say, attributes) = (say, request.attributes)
        Task {
            say(
                await Explanation(
                    attributes,
                    isInformer: request.isInformer,
                    status: status,
                    message: call.message,
                    input
                ).text
            )
        }
    }

    /// 401 and 403; a 404 only where the server knows no such resource, which it says in a few words.
    private static func isRefusal(_ status: Int, _ message: String?) -> Bool {
        switch status {
        case 401, 403: true
        case 404: message == nil || message == "the server could not find the requested resource"
        default: false
        }
    }
}

/// The two or three lines about one refusal.
struct Explanation {
    let text: String

    init(
        _ attributes: RequestAttributes,
        isInformer: Bool,
        status: Int,
        message: String?,
        _ input: CheckInput?
    ) async {
        let call = Self.words(attributes)
        switch status {
        case 401:
            text =
                "401: \(call)\n  why: the server does not accept your credentials (swiftop-rbac whoami says which they are)"
        case 404:
            text =
                "404: \(call)\n  why: the server does not serve \(attributes.qualifiedResource)"
                + (attributes.group.isEmpty ? "" : " of \(attributes.group)")
                + "\n  fix: install its CustomResourceDefinition (make install), with the subresource where one is meant"
        default:
            let cause = await Self.cause(attributes, isInformer, message, input)
            text = (["403: \(call)"] + cause.map { "  \($0)" }).joined(separator: "\n")
        }
    }

    /// `list secrets in demo`
    static func words(_ attributes: RequestAttributes) -> String {
        if let path = attributes.nonResourceURL { return "\(attributes.verb) \(path)" }
        let group = attributes.group.isEmpty ? "" : ".\(attributes.group)"
        let sub = attributes.subresource.isEmpty ? "" : "/\(attributes.subresource)"
        let name = attributes.name.isEmpty ? "" : " \"\(attributes.name)\""
        let place = attributes.namespace.isEmpty ? "" : " in \(attributes.namespace)"
        return "\(attributes.verb) \(attributes.resource)\(group)\(sub)\(name)\(place)"
    }

    private static func cause(
        _ attributes: RequestAttributes,
        _ isInformer: Bool,
        _ message: String?,
        _ input: CheckInput?
    ) async -> [String] {
        let refusal = message.flatMap { RefusalText.read($0) }
        if let verb = refusal?.request.verb, verb.hasPrefix("impersonate") {
            return ["why: you may not act as the operator: \(message ?? "")", "fix: use --access declared"]
        }
        if let message, refusal == nil { return ["why: the server says: \(message)", "fix: no role mends this"] }
        guard var input else { return ["why: the server says: \(message ?? "Forbidden")"] }
        var asked = [attributes]
        // What was refused can be another call than the one that was made: apply asks for `create` too.
        if let refusal, case .authorization = refusal.kind, refusal.request.verb != attributes.verb {
            asked = [refusal.request]
        }
        if isInformer, let other = ["list": "watch", "watch": "list"][attributes.verb] {
            var pair = attributes
            pair.verb = other
            asked.append(pair)
        }
        input.requirements = asked.map { Requirement(key: Requirement.Key(attributes: $0), count: 1) }
        input.hasTrace = true
        input.isOffline = true
        guard let report = try? await Diagnosis.check(input) else {
            return ["why: the server says: \(message ?? "Forbidden")"]
        }
        guard let finding = report.findings.first(where: { $0.isPrincipal }) else {
            let granted = "the manifests grant this; the cluster does not have them as they are now"
            return ["why: \(granted)", "fix: apply them (make deploy)"]
        }
        let place = finding.locations.first.map { " (\($0.range.file):\($0.range.start.line))" } ?? ""
        var lines = ["why: \(finding.title)\(place) [\(finding.code.rawValue)]"]
        if let remedy = finding.remedy { lines.append("fix: \(remedy.summary)") }
        return lines
    }
}
