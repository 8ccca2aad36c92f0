import RBAC
import TestSupport
import Testing

@testable import Diagnosis

/// Role vs role against an evaluator that walks every rule, over every request that the words of both policies can make.
@Suite struct RoleDiffPropertyTests {
    @Test func agreesWithANaiveEvaluator() {
        var random = SeededGenerator(seed: 20_260_729)
        var equal = 0
        for round in 0..<160 {
            let old = Sample.policy(&random)
            let new = round.isMultiple(of: 3) ? Sample.shuffled(old, &random) : Sample.changed(old, &random)
            let report = diffRoles(Self.input(old), Self.input(new))
            var differs = false
            for user in Sample.users {
                let losses = Told(report.onlyInA, old, user)
                let gains = Told(report.onlyInB, new, user)
                let common = Told(report.inBoth, old, user)
                for request in Sample.requests {
                    let (before, after) = (Naive.allows(old, user, request), Naive.allows(new, user, request))
                    if before != after { differs = true }
                    let (removed, added) = (losses.tells(request), gains.tells(request))
                    let shared = common.tells(request)
                    // Told are all that were lost or gained, nothing that is not there, and just what both have.
                    if (before && !after && !removed) || (after && !before && !added) || (removed && !before)
                        || (added && !after) || shared != (before && after)
                    {
                        Issue.record("round \(round): \(request) of \(user): \(before) → \(after)")
                        return
                    }
                }
            }
            let isEmpty = report.onlyInA.isEmpty && report.onlyInB.isEmpty
            #expect(isEmpty == !differs, "round \(round)")
            if !differs { equal += 1 }
        }
        // Both outcomes must have been met often.
        #expect(equal > 50 && equal < 130)
    }

    @Test func isSymmetric() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let old = Sample.policy(&random)
            let new = Sample.changed(old, &random)
            let (forth, back) = (
                diffRoles(Self.input(old), Self.input(new)), diffRoles(Self.input(new), Self.input(old))
            )
            #expect(forth.onlyInA.map(Self.gist) == back.onlyInB.map(Self.gist))
            #expect(forth.onlyInB.map(Self.gist) == back.onlyInA.map(Self.gist))
        }
    }

    private static func gist(_ item: DiffReport.Item) -> DiffReport.GrantedRule? {
        if case .rule(let granted) = item.content { return granted }
        return nil
    }

    private static func input(_ policy: Policy) -> DiffInput {
        DiffInput(side: DiffReport.Side(kind: .cluster, label: "sample"), policy: policy, operator: nil)
    }

    /// What the items say that the user is granted, and where.
    private struct Told {
        var rules: [(namespace: String?, rule: PolicyRule)] = []

        init(_ items: [DiffReport.Item], _ policy: Policy, _ user: UserInfo) {
            for item in items {
                guard let granted = gist(item), granted.subjects.contains(Sample.title(of: user)) else { continue }
                let role = policy.roles.first { $0.title == granted.role }
                for rule in granted.rule.map({ [$0] }) ?? role?.rules.map(\.rule) ?? [] {
                    rules.append((granted.namespace, rule))
                }
            }
        }

        func tells(_ request: RequestAttributes) -> Bool {
            rules.contains { ($0.namespace == nil || $0.namespace == request.namespace) && $0.rule.matches(request) }
        }
    }
}

/// The rules of the contract, one after the other, with no index and no algebra.
private enum Naive {
    static func allows(_ policy: Policy, _ user: UserInfo, _ request: RequestAttributes) -> Bool {
        policy.bindings.contains { binding in
            guard binding.kind == .clusterRoleBinding || binding.namespace == request.namespace,
                binding.kind == .clusterRoleBinding || request.isResourceRequest,
                binding.subjects.contains(where: { subject in
                    subject.kind == "Group" ? user.groups.contains(subject.name) : subject.name == user.name
                })
            else { return false }
            return policy.roles.contains { role in
                role.name == binding.roleRef.name && role.rules.contains { $0.rule.matches(request) }
            }
        }
    }
}

/// Small policies over few words, so that rules meet often.
private enum Sample {
    static let users = [
        UserInfo(name: "alice"), UserInfo(name: "bob"), UserInfo(name: "nobody", groups: ["devs"]),
    ]

    static func title(of user: UserInfo) -> String {
        user.groups.first.map { "Group/\($0)" } ?? "User/\(user.name)"
    }

    static let requests: [RequestAttributes] = {
        var requests: [RequestAttributes] = []
        let places = ["", "one", "two"].flatMap { namespace in ["", "a", "b", "fresh"].map { (namespace, $0) } }
        for verb in ["get", "list", "fresh"] {
            for path in ["/a", "/a/", "/a/b", "/a/fresh", "/fresh"] {
                requests.append(RequestAttributes(verb: verb, nonResourceURL: path))
            }
            for group in ["", "apps", "fresh"] {
                for resource in ["pods", "nodes", "fresh"] {
                    for subresource in ["", "status", "fresh"] {
                        for (namespace, name) in places {
                            requests.append(
                                RequestAttributes(
                                    verb: verb,
                                    group: group,
                                    resource: resource,
                                    subresource: subresource,
                                    namespace: namespace,
                                    name: name
                                )
                            )
                        }
                    }
                }
            }
        }
        return requests
    }()

    static func policy(_ random: inout SeededGenerator) -> Policy {
        var policy = Policy()
        for index in 0..<(1 + Int(random.next() % 3)) {
            let rules = (0..<(1 + Int(random.next() % 3))).map { _ in Role.Rule(rule(&random)) }
            policy.roles.append(Role(kind: .clusterRole, name: "role-\(index)", rules: rules))
            policy.bindings.append(binding(to: index, &random))
        }
        return policy
    }

    private static func binding(to role: Int, _ random: inout SeededGenerator) -> Binding {
        let subjects = [
            Subject(kind: "User", name: "alice"), Subject(kind: "User", name: "bob"),
            Subject(kind: "Group", name: "devs"),
        ]
        let isWide = random.next().isMultiple(of: 2)
        return Binding(
            kind: isWide ? .clusterRoleBinding : .roleBinding,
            namespace: isWide ? "" : pick(["one", "two"], &random),
            name: "binding-\(random.next() % 1000)",
            roleRef: RoleRef(kind: "ClusterRole", name: "role-\(role)"),
            subjects: some(subjects, &random)
        )
    }

    private static func rule(_ random: inout SeededGenerator) -> PolicyRule {
        if random.next().isMultiple(of: 5) {
            return PolicyRule(
                verbs: some(["get", "list", "*"], &random),
                nonResourceURLs: some(["/a", "/a/*", "/a/b", "*"], &random)
            )
        }
        return PolicyRule(
            verbs: some(["get", "list", "*"], &random),
            apiGroups: some(["", "apps", "*"], &random),
            resources: some(["pods", "pods/status", "nodes", "*/status", "*"], &random),
            resourceNames: random.next().isMultiple(of: 3) ? some(["a", "b"], &random) : []
        )
    }

    /// The same permissions otherwise written: rules split and reordered, roles spread, entries repeated.
    static func shuffled(_ policy: Policy, _ random: inout SeededGenerator) -> Policy {
        var result = policy
        for index in result.roles.indices {
            result.roles[index].rules = result.roles[index].rules.flatMap { rule -> [Role.Rule] in
                guard rule.rule.verbs.count > 1, random.next().isMultiple(of: 2) else { return [rule] }
                return rule.rule.verbs.map { verb in
                    var part = rule
                    part.rule.verbs = [verb, verb]
                    return part
                }
            }.shuffled(using: &random)
        }
        result.bindings = result.bindings.flatMap { binding in
            binding.subjects.map { subject in
                var part = binding
                part.subjects = [subject]
                part.name += "-\(subject.name)"
                return part
            }
        }.shuffled(using: &random)
        result.roles.shuffle(using: &random)
        return result
    }

    /// One rule, one binding or one role is another.
    static func changed(_ policy: Policy, _ random: inout SeededGenerator) -> Policy {
        var result = shuffled(policy, &random)
        switch random.next() % 4 {
        case 0:
            let role = Int(random.next() % UInt64(result.roles.count))
            result.roles[role].rules = [Role.Rule(rule(&random))] + result.roles[role].rules.dropFirst()
        case 1: result.bindings.removeFirst()
        case 2: result.bindings.append(binding(to: 0, &random))
        default:
            let role = Int(random.next() % UInt64(result.roles.count))
            result.roles[role].rules.append(Role.Rule(rule(&random)))
        }
        // What nobody is given is compared by name, which is not what this is about.
        let bound = Set(result.bindings.map(\.roleRef.name))
        result.roles.removeAll { !bound.contains($0.name) }
        return result
    }

    private static func pick<T>(_ items: [T], _ random: inout SeededGenerator) -> T {
        items[Int(random.next() % UInt64(items.count))]
    }

    /// One at least, each seldom all.
    private static func some<T>(_ items: [T], _ random: inout SeededGenerator) -> [T] {
        let chosen = items.filter { _ in random.next().isMultiple(of: 3) }
        return chosen.isEmpty ? [pick(items, &random)] : chosen
    }
}
