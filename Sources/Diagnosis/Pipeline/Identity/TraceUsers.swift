import RBAC
import Syntax
import Traces

/// Whose calls a trace holds.
struct TraceUsers {
    private let requirements: [Requirement]
    /// Every user that a record names.
    let users: Set<String>
    /// Those that are service accounts.
    let accounts: Set<ServiceAccountName>

    init(_ requirements: [Requirement]) {
        self.requirements = requirements
        users = Set(requirements.compactMap(\.key.user))
        accounts = Set(users.compactMap { ServiceAccountName(userName: $0) })
    }

    /// Where an operator that nobody places is likely to run: leader election is in its own namespace; else the only
    /// namespace that it calls.
    var likelyNamespace: String? {
        func only(_ chosen: [Requirement]) -> String? {
            let namespaces = Set(chosen.map(\.attributes.namespace).filter { !$0.isEmpty })
            return namespaces.count == 1 ? namespaces.first : nil
        }
        let leases = requirements.filter {
            $0.attributes.resource == "leases" && $0.attributes.group == "coordination.k8s.io"
        }
        return only(leases) ?? only(requirements)
    }

    /// The records that count for one identity.
    struct Selection {
        /// Each call once, whoever's it was.
        var requirements: [Requirement]
        /// The service account whose records were taken for the identity's although it is called otherwise.
        var alias: ServiceAccountName?
        /// The only user of the records that count.
        var soleUser: String?
        /// Whose records were left out, sorted.
        var leftOut: [String]

        func notes(identity: OperatorIdentity) -> [String] {
            var notes: [String] = []
            if let alias {
                let own = ServiceAccountName(userName: identity.user.name)
                var note =
                    "the trace's calls are those of `\(alias)`, taken for the operator's, which is "
                    + "`\(own?.description ?? identity.user.name)` here"
                if alias.namespace != identity.namespace {
                    note += "; calls in its namespace `\(alias.namespace)` are judged in `\(identity.namespace)`"
                }
                notes.append(note)
            }
            if !leftOut.isEmpty {
                let most = 3
                let shown = leftOut.prefix(most).map { "`\($0)`" }.joined(separator: ", ")
                let more = leftOut.count > most ? " and \(leftOut.count - most) more" : ""
                notes.append("calls of other users were left out: \(shown)\(more) (--identity chooses)")
            }
            return notes
        }
    }

    /// Records without a user count for whoever is asked about, those of the identity for it; a single service account is
    /// taken for it.
    ///
    /// - Throws: `InputError` that lists the users where none of them is the identity and it is not clear who stands for it.
    func selection(for identity: OperatorIdentity) throws(InputError) -> Selection {
        // Without users they are merged as they came.
        if users.isEmpty { return Selection(requirements: requirements, alias: nil, soleUser: nil, leftOut: []) }
        if users.contains(identity.user.name) { return keep(identity.user.name, alias: nil) }
        if accounts.count == 1, let account = accounts.first {
            return keep(account.userName, alias: account)
        }
        if identity.source == .assumed, users.count == 1 { return keep(users.first, alias: nil) }
        if users.count == 1, requirements.contains(where: { $0.key.user == nil }) { return keep(nil, alias: nil) }
        throw ambiguity(identity)
    }

    private func keep(_ user: String?, alias: ServiceAccountName?) -> Selection {
        let kept = requirements.filter { $0.key.user == nil || $0.key.user == user }
        var set = RequirementSet()
        for var requirement in kept {
            requirement.key.user = nil
            set.insert(requirement)
        }
        return Selection(
            requirements: set.requirements,
            alias: alias,
            soleUser: user,
            leftOut: users.filter { $0 != user }.sorted()
        )
    }

    private func ambiguity(_ identity: OperatorIdentity) -> InputError {
        let most = 8
        let sorted = users.sorted()
        let shown = sorted.prefix(most).map { "`\($0)`" }.joined(separator: ", ")
        let more = sorted.count > most ? " and \(sorted.count - most) more" : ""
        let account = accounts.sorted().first
        let suggestion = account.map { "--identity \($0)" } ?? "--offline --as \(sorted.first ?? "USER")"
        let operatorName =
            identity.source == .assumed ? "" : ", and none of them is the operator `\(identity.user.name)`"
        let verb = sorted.count == 1 ? "the trace's calls are all of" : "the trace holds the calls of"
        return InputError(
            file: "--trace",
            message: "\(verb) \(shown)\(more)\(operatorName)",
            hint: "say whose access is meant: \(suggestion)"
        )
    }
}
