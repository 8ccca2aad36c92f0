#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// An address as numbers, to be compared with ranges. An IPv4 address written as IPv6 equals the plain one.
package struct IPAddress: Hashable {
    /// 4 or 16.
    package var bytes: [UInt8]

    package init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = withUnsafeBytes(of: v4) { Array($0) }
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            let all = withUnsafeBytes(of: v6) { Array($0) }
            let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
            bytes = isMapped ? Array(all[12...]) : all
        } else {
            return nil
        }
    }

    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }
}

/// `10.0.0.0/8` and the like.
struct IPRange: Hashable {
    var base: IPAddress
    var prefixLength: Int

    init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), let base = IPAddress(String(text[..<slash])),
            let length = Int(text[text.index(after: slash)...]), (0...base.bytes.count * 8).contains(length)
        else { return nil }
        self.base = base
        prefixLength = length
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        var left = prefixLength
        for (mine, other) in zip(base.bytes, address.bytes) where left > 0 {
            let mask: UInt8 = left >= 8 ? 0xFF : ~(0xFF >> UInt8(left))
            guard mine & mask == other & mask else { return false }
            left -= 8
        }
        return true
    }
}
