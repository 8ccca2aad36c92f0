import Diagnosis
import RBAC

/// The refusals of a run, each kind once; a value, without a clock.
struct RefusalBook {
    /// What makes two refusals one: names are left out, for what is granted or not rarely depends on them.
    private struct Key: Hashable {
        var request: RequestAttributes
        var status: Int
        /// What it says beside the request: another reason is another refusal.
        var kind: FindingCode?
    }

    struct Entry {
        var call: RefusedCall
        var count = 1
    }

    private(set) var entries: [Entry] = []
    private(set) var count = 0
    private var places: [Key: Int] = [:]
    private var doubts: [Key: Int] = [:]
    private var lastProgress: ContinuousClock.Instant

    /// So many kinds nobody reads; they would fill the memory.
    private static let limit = 500
    private static let mostDoubts = 5
    private static let patience = Duration.seconds(30)

    init(at now: ContinuousClock.Instant) { lastProgress = now }

    /// Counts a refusal.
    ///
    /// - Returns: its place, where it is new and means more than that an object is not there.
    mutating func add(_ call: RefusedCall) -> Int? {
        guard let refusal = call.refusal(.builtin) else { return nil }
        count += 1
        let keys = Self.keys(call, refusal)
        if let place = keys.compactMap({ places[$0] }).first {
            entries[place].count += 1
            return nil
        }
        guard entries.count < Self.limit else { return nil }
        for key in keys { places[key] = entries.count }
        entries.append(Entry(call: call))
        return entries.count - 1
    }

    /// A call that should have got through, by what the server says of itself: it may not say it yet, so the next of its
    /// kind is looked at again.
    mutating func doubt(_ place: Int) {
        let call = entries[place].call
        guard let refusal = call.refusal(.builtin), let key = Self.keys(call, refusal).first else { return }
        doubts[key, default: 0] += 1
        if doubts[key, default: 0] < Self.mostDoubts { forget([call]) }
    }

    /// What comes again is new.
    mutating func forget(_ calls: [RefusedCall]) {
        for call in calls {
            guard let refusal = call.refusal(.builtin) else { continue }
            for key in Self.keys(call, refusal) { places[key] = nil }
        }
    }

    /// An informer's list and watch are told together.
    private static func keys(_ call: RefusedCall, _ refusal: ExplainReport.Refusal) -> [Key] {
        var request = refusal.code == .accessDenied ? refusal.request ?? call.request : call.request
        request.name = ""
        request.version = ""
        // Whoever may not act as the operator is refused every call, for one reason.
        if refusal.code == .impersonationRefused || refusal.code == .unauthenticated {
            request = RequestAttributes(verb: "", resource: "")
        }
        let key = Key(request: request, status: call.status, kind: refusal.code)
        guard call.isInformer else { return [key] }
        return ["list", "watch"].map { verb in
            var key = key
            key.request.verb = verb
            return key
        }
    }

    // MARK: - Progress

    /// A call got through. A leader renews its lease, and events are written, whatever else stands still.
    mutating func progressed(_ call: ObservedCall, at now: ContinuousClock.Instant) {
        let isUpkeep = call.target.contains("/leases/") || call.target.contains("/events")
        if call.status != nil, !isUpkeep { lastProgress = now }
    }

    /// The informer's list that was refused, where nothing but refusals has come for long.
    func standstill(at now: ContinuousClock.Instant) -> RefusedCall? {
        now - lastProgress > Self.patience ? refusedList : nil
    }

    /// A list or watch that an informer waits for.
    var refusedList: RefusedCall? {
        entries.first { entry in
            entry.call.status != 401 && ["list", "watch"].contains(entry.call.request.verb)
                && (entry.call.isInformer || entry.count > 1)
        }?.call
    }
}
