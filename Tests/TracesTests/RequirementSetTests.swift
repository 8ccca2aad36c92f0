import RBAC
import TestSupport
import Testing

@testable import Traces

/// The algebra of merging: what files say adds up to the same, in whatever order and however it was split.
@Suite struct RequirementSetTests {
    @Test(arguments: 0..<200)
    func mergingIsCommutativeAndAssociative(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let all = (0..<60).map { _ in Self.requirement(&random) }
        let whole = RequirementSet(all)
        let shuffled = RequirementSet(all.shuffled(using: &random))
        #expect(shuffled.requirements == whole.requirements)

        let cuts = [Int.random(in: 0...60, using: &random), Int.random(in: 0...60, using: &random)].sorted()
        let parts = [all[..<cuts[0]], all[cuts[0]..<cuts[1]], all[cuts[1]...]].map { RequirementSet($0) }
        var left = parts[0]
        left.merge(parts[1])
        left.merge(parts[2])
        var right = parts[1]
        right.merge(parts[2])
        var first = parts[0]
        first.merge(right)
        #expect(left.requirements == whole.requirements)
        #expect(first.requirements == whole.requirements)
        var backwards = parts[2]
        backwards.merge(parts[0])
        backwards.merge(parts[1])
        #expect(backwards.requirements == whole.requirements)
    }

    /// Copies share what they hold until one of them changes.
    @Test func aCopyIsNotChangedWithTheOther() {
        let original = Requirement(
            key: Requirement.Key(attributes: RequestAttributes(verb: "get", resource: "pods")),
            count: 1,
            statuses: [200: 1]
        )
        var changed = original
        #expect(changed == original && changed.hashValue == original.hashValue)
        changed.merge(original)
        changed.key.attributes.verb = "list"
        changed.statuses[403] = 2
        #expect(changed != original)
        #expect((changed.count, changed.attributes.verb, changed.statuses) == (2, "list", [200: 2, 403: 2]))
        #expect((original.count, original.attributes.verb, original.statuses) == (1, "get", [200: 1]))
        changed.statuses[403] = nil
        changed.statuses[200] = 1
        changed.count = 1
        changed.key.attributes.verb = "get"
        #expect(changed == original && changed.hashValue == original.hashValue)
    }

    /// The bytes by which many are sorted say what comparing two keys says.
    @Test(arguments: 0..<100)
    func requirementsStandInTheOrderOfTheirKeys(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let texts = [
            "", "a", "ab", "a\0b", "a\0", "\u{1}", "b", "é", "e\u{301}", "\u{10ffff}", "abcdefgh", "abcdefghi",
            "abcdefgz",
        ]
        let verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", ""]
        func text() -> String { texts.randomElement(using: &random) ?? "" }
        let keys = (0..<80).map { _ in
            let verb = verbs.randomElement(using: &random) ?? ""
            var attributes = RequestAttributes(verb: verb, nonResourceURL: "/" + text())
            if Bool.random(using: &random) {
                attributes = RequestAttributes(
                    verb: verb,
                    group: text(),
                    version: text(),
                    resource: text(),
                    subresource: text(),
                    namespace: text(),
                    name: text()
                )
            }
            return Requirement.Key(
                attributes: attributes,
                hasManyNames: attributes.name.isEmpty && Bool.random(using: &random),
                hasManyNamespaces: attributes.namespace.isEmpty && Bool.random(using: &random),
                user: Bool.random(using: &random) ? text() : nil
            )
        }
        let sorted = RequirementSet(keys.map { Requirement(key: $0) }).requirements.map(\.key)
        for (key, next) in zip(sorted, sorted.dropFirst()) { #expect(key < next, "\(key) stands before \(next)") }
    }

    @Test(arguments: 0..<50)
    func mergingWithItselfDoublesTheCountsAndChangesNothingElse(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let once = RequirementSet((0..<40).map { _ in Self.requirement(&random) })
        var twice = once
        twice.merge(once)
        let expected = once.requirements.map { requirement in
            var requirement = requirement
            requirement.count *= 2
            requirement.statuses = requirement.statuses.mapValues { $0 * 2 }
            return requirement
        }
        #expect(twice.requirements == expected)
    }

    @Test(arguments: [255, 256, 257, 300])
    func moreThan256NamesBecomeMany(number: Int) {
        var set = RequirementSet()
        for index in 0..<number {
            set.insert(Self.get("pods", namespace: index % 2 == 0 ? "a" : "b", name: "pod-\(index)"))
        }
        set.insert(Self.get("pods", namespace: "a", name: ""))
        let requirements = set.requirements
        guard number > 256 else {
            #expect(requirements.count == number + 1)
            return
        }
        #expect(requirements.map(\.attributes.namespace) == ["a", "a", "b"])
        #expect(requirements.map(\.key.hasManyNames) == [false, true, true])
        #expect(requirements.map(\.count).reduce(0, +) == number + 1)
    }

    /// Distinct over the whole family: 200 names in each of two shards are many only where they are not the same ones.
    @Test func manyDependsOnTheUnionAlone() {
        func shard(_ names: Range<Int>) -> RequirementSet {
            RequirementSet(names.map { Self.get("pods", namespace: "n", name: "p\($0)") })
        }
        var overlapping = shard(0..<200)
        overlapping.merge(shard(56..<256))
        #expect(overlapping.count == 256)
        var apart = shard(0..<200)
        apart.merge(shard(57..<257))
        #expect(apart.requirements.map(\.key.hasManyNames) == [true])
        var late = shard(0..<10)
        late.merge(apart)
        #expect(late.requirements.map(\.key.hasManyNames) == [true])
    }

    @Test func moreThan256NamespacesBecomeManyAndNamesStay() {
        let set = RequirementSet((0..<300).map { Self.get("secrets", namespace: "ns-\($0)", name: "tls") })
        let requirements = set.requirements
        #expect(requirements.count == 1)
        #expect(requirements.first?.key.hasManyNamespaces == true)
        #expect(requirements.first?.attributes.name == "tls")
        #expect(requirements.first?.attributes.namespace == "")
    }

    /// Versions and users: a version is no part of the family, a user is.
    @Test func familiesAreToldApartByUserAndNotByVersion() {
        var set = RequirementSet()
        for index in 0..<200 {
            for (version, user) in [("v1", "a"), ("v1beta1", "b")] {
                var requirement = Self.get("jobs", namespace: "n", name: "\(version)-\(index)")
                requirement.key.attributes.version = version
                requirement.key.user = user
                set.insert(requirement)
            }
        }
        #expect(set.count == 400)
        let sameUser = RequirementSet(
            set.requirements.map { requirement in
                var requirement = requirement
                requirement.key.user = "a"
                return requirement
            }
        )
        #expect(sameUser.requirements.map(\.key.hasManyNames) == [true, true])
    }

    /// Two spellings of one character are two names to the API server.
    @Test func namesAreComparedByTheirBytes() throws {
        let names = ["caf\u{E9}", "cafe\u{301}"]
        try #require(names[0] == names[1], "to Swift they are one")
        func requirement(_ name: String, user: String? = nil) -> Requirement {
            Requirement(
                key: .init(attributes: RequestAttributes(verb: "get", resource: "secrets", name: name), user: user),
                count: 1
            )
        }
        let set = RequirementSet(names.map { requirement($0) })
        #expect(set.requirements.map(\.count) == [1, 1])
        #expect(Set(RequirementSet(names.reversed().map { requirement($0) }).requirements) == Set(set.requirements))
        #expect(RequirementSet(names.map { requirement("a", user: $0) }).count == 2)
        let lines = names.map { "{\"verb\":\"get\",\"resource\":\"secrets\",\"name\":\"\($0)\"}\n" }
        #expect(try readTrace(lines.joined()).requirements.count == 2)
        var merged = try readTrace(lines[0])
        merged.merge(try readTrace(lines[1]))
        #expect(merged.requirements.count == 2)
    }

    @Test func whatWasCalledOutweighsWhatIsImplied() {
        var set = RequirementSet()
        var implied = Self.get("pods", namespace: "n", name: "")
        implied.implied = "informer"
        implied.level = .usual
        implied.count = 0
        set.insert(implied)
        #expect(set.requirements.first?.implied == "informer")
        set.insert(Self.get("pods", namespace: "n", name: ""))
        #expect(set.requirements.first?.implied == nil)
        #expect(set.requirements.first?.level == .required)
    }

    /// Once one of the alternatives was called, it is the one; the others are not needed any more.
    @Test func aCallDecidesBetweenAlternatives() {
        func event(_ group: String, _ alternative: String?) -> Requirement {
            let attributes = RequestAttributes(verb: "create", group: group, resource: "events")
            return Requirement(key: .init(attributes: attributes), alternative: alternative)
        }
        let both = [event("", "events create"), event("events.k8s.io", "events create")]
        #expect(RequirementSet(both).requirements.count == 2)
        for order in [both + [event("", nil)], [event("", nil)] + both] {
            let requirements = RequirementSet(order).requirements
            #expect(requirements.map(\.attributes.group) == [""])
            #expect(requirements.first?.alternative == nil)
        }
        let unrelated = both + [Self.get("pods", namespace: "", name: "")]
        #expect(RequirementSet(unrelated).requirements.count == 3)
    }

    @Test func originsKeepTheFirstLineOfEachFile() {
        #expect(
            Requirement.mergedOrigins([
                "profile owns=pods", "b.jsonl:9", "a.jsonl:3", "b.jsonl:12", "--need", "b.jsonl:9",
            ])
                == ["a.jsonl:3", "b.jsonl:9", "--need", "profile owns=pods"]
        )
        #expect(Requirement.mergedOrigins((1...40).map { "f\($0).jsonl:1" }).count == Requirement.keptOrigins)
    }

    @Test func requirementsAreListedAsPeopleThinkOfThem() {
        var requirements: [Requirement] = []
        for verb in ["use", "delete", "watch", "get", "create", "list", "patch", "update", "bind", "deletecollection"] {
            requirements.append(
                Requirement(
                    key: .init(attributes: RequestAttributes(verb: verb, group: "apps", resource: "deployments"))
                )
            )
        }
        requirements.append(
            Requirement(key: .init(attributes: RequestAttributes(verb: "get", nonResourceURL: "/metrics")))
        )
        requirements.append(Self.get("secrets", namespace: "", name: ""))
        requirements.append(
            Requirement(key: .init(attributes: RequestAttributes(verb: "get", resource: "pods", subresource: "log")))
        )
        requirements.append(Self.get("pods", namespace: "b", name: ""))
        requirements.append(Self.get("pods", namespace: "", name: ""))
        let listed = RequirementSet(requirements).requirements.map { requirement in
            let attributes = requirement.attributes
            return
                "\(attributes.verb) \(attributes.nonResourceURL ?? attributes.qualifiedResource) \(attributes.namespace)"
        }
        #expect(
            listed == [
                "get pods ", "get pods b", "get pods/log ", "get secrets ",
            ]
                + ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "bind", "use"].map
            {
                "\($0) deployments "
            } + ["get /metrics "]
        )
    }

    private static func get(_ resource: String, namespace: String, name: String) -> Requirement {
        let attributes = RequestAttributes(verb: "get", resource: resource, namespace: namespace, name: name)
        return Requirement(key: .init(attributes: attributes), count: 1)
    }

    private static func requirement(_ random: inout SeededGenerator) -> Requirement {
        func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
        // Few enough values that keys collide, and one family that has too many names.
        let attributes =
            pick([true, true, true, false])
            ? RequestAttributes(
                verb: pick(["get", "list"]),
                group: pick(["", "apps"]),
                version: pick(["v1", "v2"]),
                resource: "pods",
                namespace: pick(["", "a", "b"]),
                name: pick(["", "x", "y"])
            ) : RequestAttributes(verb: "get", nonResourceURL: pick(["/metrics", "/healthz"]))
        return Requirement(
            key: .init(
                attributes: attributes,
                hasManyNames: attributes.name.isEmpty && attributes.isResourceRequest
                    && pick([true, false, false, false]),
                user: pick([nil, "u"])
            ),
            level: pick([.required, .usual]),
            implied: pick([nil, "informer", "other"]),
            origins: [pick(["a.jsonl:1", "a.jsonl:2", "b.jsonl:7", "--need"])],
            count: pick([0, 1, 5]),
            statuses: pick([[:], [200: 1], [403: 2]]),
            first: pick([nil, "2026-01-01T00:00:00Z", "2026-01-01T02:00:00+01:00", "2026-01-01T00:00:00.5Z"]),
            last: pick([nil, "2026-01-02T00:00:00Z", "2026-01-02T00:30:00+02:00"]),
            isCached: pick([true, false]),
            isDryRun: pick([true, false]),
            alternative: pick([nil, "g", "h"]),
            codeLocation: pick([nil, "main.go:1", "main.go:2"]),
            userAgents: pick([[], ["a"], ["b", "c"]]),
            message: pick([nil, "no", "never"])
        )
    }
}
