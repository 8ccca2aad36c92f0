import Syntax

/// The audit events of streams (watch, exec, log…), which are logged when they start and again when they end.
///
/// Either event may be missing: a watch runs on past the end of the file, and a short one has no start. So the start is
/// counted, and its end is not; what is remembered is bounded by the number of streams that are open at one time.
struct OpenStreams {
    /// Past this many, the end of a stream counts once more.
    private static let limit = 1 << 16
    private var open: Set<UInt64> = []

    /// Notes a start, and says whether this is the end of one that was noted.
    mutating func isEnd(of event: RawRecord) -> Bool {
        guard let stage = event[.stage], let id = event.filled(.auditID) else { return false }
        if stage.equals("ResponseStarted") {
            if open.count < Self.limit { return !open.insert(Self.fingerprint(id)).inserted }
            return false
        }
        return !open.isEmpty && open.remove(Self.fingerprint(id)) != nil
    }

    /// FNV-1a, 64 bits: two of a file's identifiers meet about never, and then a count is one too low.
    private static func fingerprint(_ text: JSONText) -> UInt64 {
        text.bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
