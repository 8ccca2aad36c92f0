/// Names by number: a hash table over their bytes that is filled once and then only read, without allocating.
struct NameTable: Sendable {
    /// Where a name's bytes stand in `bytes`.
    private struct Entry {
        var start: Int
        var count: Int
        var hash: UInt64
    }

    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// Open addressing over a power of two of places, at most half of them taken: the number of a name plus one, or zero.
    private var places: [UInt32] = []
    private let hash = NameHash()

    /// How many names there are; they have the numbers below it, in the order in which they came.
    var count: Int { entries.count }

    /// The number of a name, a new one where it is not there yet.
    mutating func insert(_ name: String) -> Int {
        name.withBytes { insert($0) }
    }

    mutating func insert(_ name: UnsafeRawBufferPointer) -> Int {
        let hash = hash(name)
        if !entries.isEmpty, let known = find(name, hash: hash) { return known }
        entries.append(Entry(start: bytes.count, count: name.count, hash: hash))
        bytes.append(contentsOf: name)
        if entries.count * 2 > places.count {
            rebuild(places: max(8, places.count * 2))
        } else {
            take(number: entries.count - 1)
        }
        return entries.count - 1
    }

    /// The number of a name, `nil` where it is not there.
    @inline(__always)
    func find(_ name: String) -> Int? {
        guard !entries.isEmpty else { return nil }
        return name.withBytes { find($0) }
    }

    @inline(__always)
    func find(_ name: UnsafeRawBufferPointer) -> Int? {
        guard !entries.isEmpty else { return nil }
        return find(name, hash: hash(name))
    }

    @inline(__always)
    private func find(_ name: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
        let mask = places.count &- 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while places[place] != 0 {
            let number = Int(places[place]) &- 1
            let entry = entries[number]
            if entry.hash == hash, isSame(entry, name) { return number }
            place = (place &+ 1) & mask
        }
        return nil
    }

    @inline(__always)
    private func isSame(_ entry: Entry, _ name: UnsafeRawBufferPointer) -> Bool {
        bytes.withUnsafeBytes {
            UnsafeRawBufferPointer(rebasing: $0[entry.start..<entry.start &+ entry.count]).isSame(as: name)
        }
    }

    private mutating func take(number: Int) {
        let mask = places.count - 1
        var place = Int(truncatingIfNeeded: entries[number].hash) & mask
        while places[place] != 0 { place = (place + 1) & mask }
        places[place] = UInt32(truncatingIfNeeded: number + 1)
    }

    private mutating func rebuild(places count: Int) {
        places = Array(repeating: 0, count: count)
        for number in entries.indices { take(number: number) }
    }
}

/// A hash of bytes that is a few instructions for the short names that Kubernetes has.
///
/// Eight bytes a step, each folded in by a wide multiplication. The seed is new in each process, so that nobody can choose
/// names that collide.
struct NameHash: Sendable {
    private static let seed = UInt64.random(in: .min ... .max)
    /// A copy, since looking at what is made at first use costs as much as a short name.
    private let seed = Self.seed

    @inline(__always)
    func callAsFunction(_ name: UnsafeRawBufferPointer) -> UInt64 {
        let count = name.count
        var state = seed ^ UInt64(truncatingIfNeeded: count)
        var offset = 0
        while offset &+ 8 < count {
            state = Self.fold(state ^ name.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        return Self.fold(state ^ Self.lastBytes(of: name))
    }

    /// Up to eight bytes at the end; of a longer name they may overlap those before.
    @inline(__always)
    private static func lastBytes(of name: UnsafeRawBufferPointer) -> UInt64 {
        let count = name.count
        if count >= 8 { return name.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self) }
        if count >= 4 {
            let first = name.loadUnaligned(as: UInt32.self)
            let last = name.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return UInt64(first) | UInt64(last) << 32
        }
        guard count > 0 else { return 0 }
        return UInt64(name[0]) | UInt64(name[count / 2]) << 8 | UInt64(name[count &- 1]) << 16
    }

    @inline(__always)
    private static func fold(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}
