import RBAC
import Syntax

/// What was counted of the records so far, by what they come to; and the bytes of the latest ones, so that a repeated
/// line costs a look-up and no allocation.
struct RecordCache {
    /// Records that come to the same.
    struct Slot {
        let request: ResolvedRecord
        /// A filter leaves these records out.
        let isLeftOut: Bool
        var count = 0
        var statuses = StatusCounts()
        var first: Timestamp?
        var last: Timestamp?
        /// The line that the first of them stands in.
        let line: Int
        var message: [UInt8]?

        init(request: ResolvedRecord, isLeftOut: Bool, line: Int) {
            self.request = request
            self.isLeftOut = isLeftOut
            self.line = line
        }
    }

    /// Past this, the owner moves the slots into the requirements: user agents and the like may differ without end.
    private static let maximumSlots = 1 << 15

    private(set) var slots: [Slot] = []
    private var places = PlaceTable()

    /// The slots by the bytes of the latest records.
    private var keys = ByteKeys()

    /// Whether it is worth it to spell names that a family has too many of as one, before more of them come.
    var isLarge: Bool { slots.count >= Self.maximumSlots / 8 }
    var isFull: Bool { slots.count >= Self.maximumSlots }

    /// The slot of a record with these bytes.
    func find(_ key: [UInt8]) -> Int? {
        keys.find(key)
    }

    /// The slot of what a record comes to.
    ///
    /// - Parameter hash: the request's `hashValue`.
    func find(_ request: ResolvedRecord, hash: Int) -> Int? {
        places.find(hash) { slots[$0].request == request }
    }

    /// Adds a slot, whose request must not be there yet.
    mutating func append(_ slot: Slot, hash: Int) -> Int {
        places.append(hash)
        slots.append(slot)
        return slots.count - 1
    }

    /// Notes that records with these bytes belong to a slot.
    mutating func remember(_ key: [UInt8], _ slot: Int) { keys.remember(key, slot) }

    mutating func update(_ slot: Int, _ body: (inout Slot) -> Void) { body(&slots[slot]) }

    /// The last slot; `nil` where there is none any more.
    mutating func removeLast() -> Slot? { slots.popLast() }

    mutating func removeAll() {
        slots.removeAll(keepingCapacity: true)
        places.removeAll()
        keys.removeAll()
    }
}

/// Calls by HTTP status. Nearly always there is one, which costs no allocation.
struct StatusCounts {
    private var first: (status: Int, count: Int)?
    private var others: [Int: Int] = [:]

    mutating func add(_ status: Int, _ count: Int) {
        guard let first else {
            self.first = (status, count)
            return
        }
        if first.status == status {
            self.first = (status, Requirement.sum(first.count, count))
        } else {
            others[status] = Requirement.sum(others[status] ?? 0, count)
        }
    }

    var dictionary: [Int: Int] {
        var result = others
        if let first { result[first.status] = first.count }
        return result
    }
}
