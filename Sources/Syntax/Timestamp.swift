/// An instant as RFC 3339 writes it: compared by time, printed with the offset and the digits that it was read with.
package struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Since 1970-01-01T00:00:00Z, without the fraction.
    package private(set) var seconds: Int64
    /// Of a second; digits past the ninth are dropped.
    private var nanoseconds: Int32
    /// Minutes east of UTC; `nil` for `Z`.
    private var offset: Int16?
    /// Digits after the decimal point, at most 9.
    private var digits: UInt8

    /// `nil` for anything but `YYYY-MM-DDTHH:MM:SS[.F…](Z|±HH:MM)`.
    package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var reader = DigitReader(bytes: bytes)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t"), let hour = reader.number(2),
            reader.take(":"), let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, year), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        guard let (fraction, digits) = reader.fraction(), let offset = reader.offset(), reader.isAtEnd else {
            return nil
        }
        let time = Int64(Self.days(year, month, day)) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        self.seconds = time - Int64(offset.minutes) * 60
        self.nanoseconds = Int32(fraction)
        self.digits = UInt8(digits)
        self.offset = offset.isZulu ? nil : Int16(offset.minutes)
    }

    package init?(_ text: String) {
        var text = text
        let result = text.withUTF8 { Timestamp($0) }
        guard let result else { return nil }
        self = result
    }

    /// Since 1970-01-01T00:00:00Z, in whole seconds.
    package init(secondsSince1970 seconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = 0
        self.offset = nil
        self.digits = 0
    }

    /// A total order: one instant written in two ways is ordered by how it is written.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.seconds != rhs.seconds { return lhs.seconds < rhs.seconds }
        if lhs.nanoseconds != rhs.nanoseconds { return lhs.nanoseconds < rhs.nanoseconds }
        if lhs.offset != rhs.offset { return lhs.offset ?? .min < rhs.offset ?? .min }
        return lhs.digits < rhs.digits
    }

    /// Compares instants, however they are written.
    package func isAtOrAfter(_ other: Timestamp) -> Bool {
        (seconds, nanoseconds) >= (other.seconds, other.nanoseconds)
    }

    package var description: String {
        let local = seconds + Int64(offset ?? 0) * 60
        let dayNumber = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let second = Int(local - dayNumber * 86_400)
        let (year, month, day) = Self.date(ofDay: Int(dayNumber))
        var text = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
        text += "\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
        if digits > 0 { text += "." + Self.padded(Int(nanoseconds), 9).prefix(Int(digits)) }
        guard let offset else { return text + "Z" }
        let minutes = Int(offset.magnitude)
        return text + (offset < 0 ? "-" : "+") + Self.padded(minutes / 60, 2) + ":" + Self.padded(minutes % 60, 2)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func days(inMonth month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

/// Reads the parts of a timestamp off its bytes.
private struct DigitReader {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Exactly `count` digits.
    mutating func number(_ count: Int) -> Int? {
        guard bytes.count - position >= count else { return nil }
        var value = 0
        for _ in 0..<count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            position += 1
        }
        return value
    }

    /// Nanoseconds and how many digits gave them; none without a decimal point.
    mutating func fraction() -> (nanoseconds: Int, digits: Int)? {
        guard take(".") else { return (0, 0) }
        var (value, digits, seen) = (0, 0, 0)
        while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            if digits < 9 {
                value = value * 10 + Int(digit)
                digits += 1
            }
            seen += 1
            position += 1
        }
        guard seen > 0 else { return nil }
        for _ in digits..<9 { value *= 10 }
        return (value, digits)
    }

    mutating func offset() -> (minutes: Int, isZulu: Bool)? {
        if take("Z") || take("z") { return (0, true) }
        let isEast = take("+")
        guard isEast || take("-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return ((hours * 60 + minutes) * (isEast ? 1 : -1), false)
    }
}
