/// Where each element of an array stands, found by its hash and without a second copy of it.
///
/// Open addressing, at most half full; the array's owner compares.
struct PlaceTable: Sendable {
    private var table = [Int32](repeating: -1, count: 64)
    private var hashes: [UInt32] = []

    var count: Int { hashes.count }

    /// The place of an element with this hash that the owner takes for equal.
    @inline(__always)
    func find(_ hash: Int, isEqual: (Int) -> Bool) -> Int? {
        let hash = UInt32(truncatingIfNeeded: hash)
        var slot = Int(hash) & (table.count - 1)
        while table[slot] >= 0 {
            let place = Int(table[slot])
            if hashes[place] == hash, isEqual(place) { return place }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }

    /// Notes the hash of the element that the owner appends next, which must not be there yet.
    mutating func append(_ hash: Int) {
        hashes.append(UInt32(truncatingIfNeeded: hash))
        if hashes.count * 2 > table.count {
            table = [Int32](repeating: -1, count: table.count * 2)
            for place in hashes.indices { put(place) }
        } else {
            put(hashes.count - 1)
        }
    }

    /// Forgets everything, and keeps the memory.
    mutating func removeAll() {
        hashes.removeAll(keepingCapacity: true)
        for slot in table.indices { table[slot] = -1 }
    }

    private mutating func put(_ place: Int) {
        var slot = Int(hashes[place]) & (table.count - 1)
        while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
        table[slot] = Int32(truncatingIfNeeded: place)
    }
}
