extension AccessIndex {
    /// What a request is about, in the numbers of the index.
    struct Question {
        /// The number of the request's namespace, where something is bound to the user there.
        var scope: Int?
        var verb: MaskedNames.Query
        var group: MaskedNames.Query
        var name: MaskedNames.Query
        /// The number of `pods/log` among the things that rules name.
        var resource: Int?
        /// The number of `log` in `*/log`.
        var subresource: Int?
        /// The number of the path.
        var path: Int?
    }

    /// The rules found so far that an evaluation of all rules in order would meet first.
    struct Found {
        /// The lowest number among matching rules that a cluster role binding grants; `max` for none.
        var cluster = UInt32.max
        /// The lowest binding of the namespace that grants a matching rule, and its lowest such rule.
        var local: (bound: BoundRole, rule: UInt32)?
    }

    /// The first rule that grants the request, and the scope that it was decided in.
    @inline(__always)
    func decide(_ request: RequestAttributes) -> (grant: Decision.Grant?, scope: Int?) {
        let question = question(request)
        var found = Found()
        search(clusterRules, question, request.nonResourceURL) { take($0, question, &found) }
        if found.cluster == .max, let scope = question.scope {
            search(scopes[scope].rules, question, request.nonResourceURL) { take($0, question, &found) }
        }
        return (grant(found), question.scope)
    }

    /// Every grant of the request in the order of evaluation. Linear in the bindings that name the user here, and in the
    /// rules that name what the request is about.
    func grants(of request: RequestAttributes) -> [Decision.Grant] {
        let question = question(request)
        var matching: [UInt32: Set<UInt32>] = [:]
        for lists in [clusterRules] + (question.scope.map { [scopes[$0].rules] } ?? []) {
            search(lists, question, request.nonResourceURL) { number in
                let rule = rules[Int(number)]
                if matches(rule, number, question) { matching[rule.slot, default: []].insert(rule.position) }
                return false
            }
        }
        let positions = Dictionary(uniqueKeysWithValues: matching.map { (roles[Int($0)], $1.sorted()) })
        return bound(scope: question.scope).flatMap { bound -> [Decision.Grant] in
            guard let role = bound.role, let positions = positions[role] else { return [] }
            return positions.map {
                Decision.Grant(binding: bound.binding, role: role, rule: Int($0), subject: bound.subject)
            }
        }
    }

    @inline(__always)
    private func question(_ request: RequestAttributes) -> Question {
        var question = Question(
            scope: request.namespace.isEmpty ? nil : namespaces.find(request.namespace),
            verb: verbs.query(request.verb),
            group: .every,
            name: .every
        )
        if let path = request.nonResourceURL {
            question.path = things.paths.find(path)
            return question
        }
        question.group = groups.query(request.group)
        question.name = names.query(request.name)
        if request.subresource.isEmpty {
            question.resource = things.resources.find(request.resource)
        } else {
            question.resource = find(request.resource, request.subresource)
            question.subresource = things.subresources.find(request.subresource)
        }
        return question
    }

    /// The number of `resource/subresource`, found without a heap allocation for names of any usual length.
    private func find(_ resource: String, _ subresource: String) -> Int? {
        let count = resource.utf8.count
        return withUnsafeTemporaryAllocation(byteCount: count + 1 + subresource.utf8.count, alignment: 1) { buffer in
            resource.withBytes { buffer.copyBytes(from: $0) }
            buffer[count] = UInt8(ascii: "/")
            subresource.withBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: buffer[(count + 1)...]).copyBytes(from: bytes)
            }
            return things.resources.find(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Calls `body` with each rule that names what the request is about, list by list; each list is ascending, and `body`
    /// says when the rest of one cannot matter.
    @inline(__always)
    private func search(_ lists: RuleLists, _ question: Question, _ path: String?, _ body: (UInt32) -> Bool) {
        guard let path else {
            search(lists.anyResource, lists.anyResource.indices, body)
            search(lists.resources.rules, lists.resources.range(of: question.resource), body)
            search(lists.subresources.rules, lists.subresources.range(of: question.subresource), body)
            return
        }
        search(lists.paths.rules, lists.paths.range(of: question.path), body)
        guard !lists.prefixes.isEmpty else { return }
        path.withBytes { path in
            for (prefix, rule) in lists.prefixes where path.starts(with: prefix) {
                if body(rule) { return }
            }
        }
    }

    @inline(__always)
    private func search(_ list: [UInt32], _ range: Range<Int>, _ body: (UInt32) -> Bool) {
        for position in range where body(list[position]) { return }
    }

    /// Takes a rule that names what the request is about into account. Returns whether higher numbers cannot matter any
    /// more.
    @inline(__always)
    private func take(_ number: UInt32, _ question: Question, _ found: inout Found) -> Bool {
        if number >= found.cluster { return true }
        let rule = rules[Int(number)]
        guard matches(rule, number, question) else { return false }
        if Int(rule.slot) < clusterGrants.count {
            found.cluster = number
            return true
        }
        takeLocally(rule, number, question, &found)
        return false
    }

    /// Whether the rest of a rule that names what the request is about matches.
    @inline(__always)
    private func matches(_ rule: Rule, _ number: UInt32, _ question: Question) -> Bool {
        guard rule.verbs & question.verb.bits != 0, rule.groups & question.group.bits != 0,
            rule.names & question.name.bits != 0
        else { return false }
        return isExact || isConfirmed(rule, number, question)
    }

    private func isConfirmed(_ rule: Rule, _ number: UInt32, _ question: Question) -> Bool {
        let position = Int(number)
        return verbs.confirms(question.verb, rule: position, bits: rule.verbs)
            && groups.confirms(question.group, rule: position, bits: rule.groups)
            && names.confirms(question.name, rule: position, bits: rule.names)
    }

    private func takeLocally(_ rule: Rule, _ number: UInt32, _ question: Question, _ found: inout Found) {
        guard let scope = question.scope, let bound = scopes[scope].grant(ofSlot: rule.slot) else { return }
        if let best = found.local, (best.bound.binding, best.rule) < (bound.binding, number) { return }
        found.local = (bound, number)
    }

    @inline(__always)
    private func grant(_ found: Found) -> Decision.Grant? {
        if found.cluster != .max {
            return grant(by: clusterGrants[Int(rules[Int(found.cluster)].slot)], rule: found.cluster)
        }
        return found.local.map { grant(by: $0.bound, rule: $0.rule) }
    }

    @inline(__always)
    private func grant(by bound: BoundRole, rule: UInt32) -> Decision.Grant {
        let rule = rules[Int(rule)]
        return Decision.Grant(
            binding: bound.binding,
            role: roles[Int(rule.slot)],
            rule: Int(rule.position),
            subject: bound.subject
        )
    }
}

extension AccessIndex.Scope {
    /// The first binding that grants the role of that slot here.
    fileprivate func grant(ofSlot slot: UInt32) -> BoundRole? {
        var (low, high) = (0, grants.count)
        while low < high {
            let middle = (low + high) / 2
            if grants[middle].slot < slot { low = middle + 1 } else { high = middle }
        }
        return low < grants.count && grants[low].slot == slot ? grants[low].bound : nil
    }
}
