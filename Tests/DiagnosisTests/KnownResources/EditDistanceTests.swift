import Diagnosis
import Testing

@Suite struct EditDistanceTests {
    @Test(arguments: [
        ("get", "get", 0),
        ("list", "lst", 1),
        ("lst", "list", 1),
        ("watch", "wotch", 1),
        ("list", "lsit", 1),
        ("get", "gtes", 2),
        ("", "ab", 2),
        ("ab", "", 2),
        ("deployments", "deploymnets", 1),
        ("deployments", "deplyoment", 2),
        ("kitten", "sitting", 3),
        ("abcdef", "badcfe", 3),
    ]) func counts(_ first: String, _ second: String, _ expected: Int) {
        #expect(editDistance(first, second, limit: 9) == expected)
        #expect(editDistance(second, first, limit: 9) == expected)
        #expect(editDistance(first, second, limit: expected) == expected)
        #expect(expected == 0 || editDistance(first, second, limit: expected - 1) == nil)
    }

    @Test func survivesAnyLength() {
        let long = String(repeating: "a", count: 100_000)
        #expect(editDistance(long, long + "b", limit: 1) == nil)
        #expect(editDistance("get", "get", limit: -1) == nil)
        #expect(editDistance("größe", "grösse", limit: 2) == 2)
    }

    @Test func allowsTwoEditsFromEightLettersOn() {
        #expect(nearMisses(of: "secrts", among: ["secrets", "services"]) == ["secrets"])
        #expect(nearMisses(of: "sercts", among: ["secrets"]).isEmpty)
        #expect(nearMisses(of: "configmpa", among: ["configmaps"]) == ["configmaps"])
        #expect(nearMisses(of: "pods", among: ["pods"]).isEmpty)
    }
}
