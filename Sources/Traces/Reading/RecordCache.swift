import RBAC

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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
    private static let maximumKeys = 1 << 13
    private static let maximumKeyBytes = 2 << 20

    private(set) var slots: [Slot] = []
    private var places = PlaceTable()

    /// The bytes of the latest records, one after the other, where each ends, and the slot of each.
    private var keys: [UInt8] = []
    private var keyEnds: [Int32] = []
    private var keySlots: [Int32] = []
    private var keyPlaces = PlaceTable()
    private let seed = UInt64.random(in: 1...UInt64.max)

    var isFull: Bool { slots.count >= Self.maximumSlots }

    /// The slot of a record with these bytes.
    func find(_ key: [UInt8]) -> Int? {
        keyPlaces.find(hash(key)) { isKey(key, at: $0) }.map { Int(keySlots[$0]) }
    }

    /// The slot of what a record comes to.
    func find(_ request: ResolvedRecord) -> Int? {
        places.find(request.hashValue) { slots[$0].request == request }
    }

    /// Adds a slot, whose request must not be there yet.
    mutating func append(_ slot: Slot) -> Int {
        places.append(slot.request.hashValue)
        slots.append(slot)
        return slots.count - 1
    }

    /// Notes that records with these bytes belong to a slot.
    mutating func remember(_ key: [UInt8], _ slot: Int) {
        if keyEnds.count >= Self.maximumKeys || keys.count >= Self.maximumKeyBytes { forgetKeys() }
        keyPlaces.append(hash(key))
        keys += key
        keyEnds.append(Int32(truncatingIfNeeded: keys.count))
        keySlots.append(Int32(truncatingIfNeeded: slot))
    }

    mutating func update(_ slot: Int, _ body: (inout Slot) -> Void) { body(&slots[slot]) }

    /// The last slot; `nil` where there is none any more.
    mutating func removeLast() -> Slot? { slots.popLast() }

    mutating func removeAll() {
        slots.removeAll(keepingCapacity: true)
        places.removeAll()
        forgetKeys()
    }

    private mutating func forgetKeys() {
        keys.removeAll(keepingCapacity: true)
        keyEnds.removeAll(keepingCapacity: true)
        keySlots.removeAll(keepingCapacity: true)
        keyPlaces.removeAll()
    }

    private func isKey(_ key: [UInt8], at place: Int) -> Bool {
        let start = place == 0 ? 0 : Int(keyEnds[place - 1])
        return Int(keyEnds[place]) - start == key.count
            && key.withUnsafeBytes { key in
                keys.withUnsafeBytes { keys in
                    guard let key = key.baseAddress, let keys = keys.baseAddress else { return true }
                    return memcmp(key, keys + start, Int(keyEnds[place]) - start) == 0
                }
            }
    }

    /// Eight bytes at a time, mixed by a multiplication; the seed keeps a hostile trace from choosing its collisions.
    private func hash(_ key: [UInt8]) -> Int {
        key.withUnsafeBytes { bytes in
            var hash = seed ^ UInt64(bytes.count)
            var index = 0
            while index + 8 <= bytes.count {
                hash = Self.mix(hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                index += 8
            }
            var rest: UInt64 = 0
            while index < bytes.count {
                rest = rest << 8 | UInt64(bytes[index])
                index += 1
            }
            return Int(truncatingIfNeeded: Self.mix(hash ^ rest))
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
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
