import RBAC

/// Records that were seen before, by the bytes that make them what they are: a repeated line costs a look-up and no
/// allocation.
///
/// Bounded: when it is full, it is emptied into the requirements.
struct RecordCache {
    /// What the records of one spelling come to, and what was counted of them.
    struct Slot {
        let request: ResolvedRecord
        /// A filter leaves these records out.
        let isLeftOut: Bool
        /// A filter took none of them yet.
        var isUntouched = true
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

    private static let maximumSlots = 2048
    private static let maximumKeyBytes = 1 << 20

    private(set) var slots: [Slot] = []
    private var keys: [UInt8] = []
    private var keyEnds: [Int] = []
    private var hashes: [UInt64] = []
    /// Slot numbers by hash, open addressing; -1 is free. At most half full.
    private var table = [Int32](repeating: -1, count: 4096)
    private let seed = UInt64.random(in: 1...UInt64.max)

    var isFull: Bool { slots.count >= Self.maximumSlots || keys.count >= Self.maximumKeyBytes }

    /// The slot of a key.
    func find(_ key: [UInt8]) -> Int? {
        let hash = hash(key)
        var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[place] >= 0 {
            let slot = Int(table[place])
            if hashes[slot] == hash, isKey(key, of: slot) { return slot }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    /// Adds a slot for a key that is not there; the cache must not be full.
    mutating func insert(_ key: [UInt8], _ slot: Slot) -> Int {
        let hash = hash(key)
        var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[place] >= 0 { place = (place + 1) & (table.count - 1) }
        table[place] = Int32(slots.count)
        keys += key
        keyEnds.append(keys.count)
        hashes.append(hash)
        slots.append(slot)
        return slots.count - 1
    }

    mutating func update(_ slot: Int, _ body: (inout Slot) -> Void) { body(&slots[slot]) }

    mutating func removeAll() {
        slots.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        keyEnds.removeAll(keepingCapacity: true)
        hashes.removeAll(keepingCapacity: true)
        for index in table.indices { table[index] = -1 }
    }

    private func isKey(_ key: [UInt8], of slot: Int) -> Bool {
        let start = slot == 0 ? 0 : keyEnds[slot - 1]
        guard keyEnds[slot] - start == key.count else { return false }
        return key.withUnsafeBufferPointer { key in
            keys.withUnsafeBufferPointer { keys in
                for index in 0..<key.count where key[index] != keys[start + index] { return false }
                return true
            }
        }
    }

    /// Eight bytes at a time, mixed by a multiplication; the seed keeps a hostile trace from choosing its collisions.
    private func hash(_ key: [UInt8]) -> UInt64 {
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
            return Self.mix(hash ^ rest)
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}

/// Calls by HTTP status; nearly always there are one or two.
struct StatusCounts {
    private var entries: [(status: Int, count: Int)] = []

    mutating func add(_ status: Int, _ count: Int) {
        for index in entries.indices where entries[index].status == status {
            entries[index].count = Requirement.sum(entries[index].count, count)
            return
        }
        entries.append((status, count))
    }

    var dictionary: [Int: Int] { Dictionary(entries.map { ($0.status, $0.count) }, uniquingKeysWith: Requirement.sum) }
}
