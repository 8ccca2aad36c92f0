import Syntax
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        "1970-01-01T00:00:00Z", "2026-11-24T07:51:00.588741Z", "2024-02-29T23:59:59+05:30",
        "1969-12-31T23:59:59.1-08:00",
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-03-01T00:00:00+00:00",
    ])
    func printsWhatItRead(text: String) {
        #expect(Timestamp(text)?.description == text)
    }

    @Test(arguments: [
        "", "now", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00Zx",
        "2026-01-01T00:00:00+1:00", "+026-01-01T00:00:00Z", "2026-00-01T00:00:00Z",
    ])
    func refusesWhatIsNoTime(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        arguments: [
            ("2026-11-24T01:24:56Z", 1_795_483_496), ("1970-01-01T01:00:00+01:00", 0),
            ("2000-02-29T00:00:00.5-00:30", 951_784_200),
        ] as [(String, Int64)]
    )
    func countsFrom1970(_ text: String, _ seconds: Int64) {
        #expect(Timestamp(text)?.seconds == seconds)
    }

    @Test func comparesByTime() throws {
        let times = [
            "1969-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.1Z", "2026-01-01T02:00:00+01:00",
            "2026-01-01T00:30:00-01:00",
        ]
        let parsed = try times.map { try #require(Timestamp($0)) }
        for (earlier, later) in zip(parsed, parsed.dropFirst()) { #expect(earlier < later) }
    }
}
