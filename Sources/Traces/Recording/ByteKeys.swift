#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A number for each of the latest byte strings, found without an allocation.
///
/// Memory is bounded: past the limit all are forgotten, and whoever asks finds the number in another way.
struct ByteKeys: Sendable {
    private static let maximumKeys = 1 << 13
    private static let maximumBytes = 2 << 20

    /// The keys, one after the other, where each ends, and the number of each.
    private var bytes: [UInt8] = []
    private var ends: [Int32] = []
    private var numbers: [Int32] = []
    private var places = PlaceTable()
    private let seed = UInt64.random(in: 1...UInt64.max)

    /// The number that was remembered for these bytes.
    func find(_ key: [UInt8]) -> Int? {
        places.find(hash(key)) { isKey(key, at: $0) }.map { Int(numbers[$0]) }
    }

    /// Remembers a number for bytes that have none yet.
    mutating func remember(_ key: [UInt8], _ number: Int) {
        if ends.count >= Self.maximumKeys || bytes.count >= Self.maximumBytes { removeAll() }
        places.append(hash(key))
        bytes += key
        ends.append(Int32(truncatingIfNeeded: bytes.count))
        numbers.append(Int32(truncatingIfNeeded: number))
    }

    /// Forgets everything, and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        places.removeAll()
    }

    private func isKey(_ key: [UInt8], at place: Int) -> Bool {
        let start = place == 0 ? 0 : Int(ends[place - 1])
        return Int(ends[place]) - start == key.count
            && key.withUnsafeBytes { key in
                bytes.withUnsafeBytes { bytes in
                    guard let key = key.baseAddress, let bytes = bytes.baseAddress else { return true }
                    return memcmp(key, bytes + start, Int(ends[place]) - start) == 0
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
