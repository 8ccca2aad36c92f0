import RBAC

/// One thing that goes wrong with an operator's permissions.
enum Break: String, CaseIterable, Sendable {
    case dropRule, dropVerb, dropSubresource
    case otherGroup, versionAsGroup
    case kindForPlural, singularForPlural, shortName, misspelling
    case addName, otherName
    case subjectName, subjectNamespace, subjectKind, subjectGroup
    case bindingNamespace, roleNamespace
    case roleRefName, roleRefKind, roleRefOther
    case bindInOneNamespace, dropBinding
    case dropLabel, misspellLabel

    /// The code that this is named after. Another rule of the manifests may come nearer, and then the contract's order
    /// names another one.
    var namesake: String {
        switch self {
        case .dropRule: "rule-missing"
        case .dropVerb: "verb-missing"
        case .dropSubresource: "subresource-missing"
        case .otherGroup, .versionAsGroup: "api-group-wrong"
        case .kindForPlural, .singularForPlural, .shortName, .misspelling: "resource-name-wrong"
        case .addName, .otherName: "resource-names-restricted"
        case .subjectName, .subjectNamespace, .subjectKind, .subjectGroup: "subject-mismatch"
        case .bindingNamespace, .bindInOneNamespace: "namespace-scope-too-narrow"
        case .roleNamespace, .roleRefName, .roleRefKind: "role-ref-dangling"
        case .roleRefOther, .dropBinding: "not-bound"
        case .dropLabel, .misspellLabel: "aggregation-unmatched"
        }
    }

    /// The objects of a project with this one thing changed; `nil` where there is nothing to change.
    func applied(to project: Project, using random: inout some RandomNumberGenerator) -> ObjectSet? {
        var objects = project.objects
        var breaker = Breaker(project: project, random: random)
        defer { random = breaker.random }
        let isDone: Bool
        switch self {
        case .dropRule: isDone = breaker.dropRule(&objects)
        case .dropVerb: isDone = breaker.dropVerb(&objects)
        case .dropSubresource: isDone = breaker.dropSubresource(&objects)
        case .otherGroup: isDone = breaker.changeGroup(&objects) { $0.otherGroup($1) }
        case .versionAsGroup: isDone = breaker.changeGroup(&objects) { $0.versioned($1) }
        case .kindForPlural: isDone = breaker.rename(&objects) { $1.kind }
        case .singularForPlural: isDone = breaker.rename(&objects) { $1.singular }
        case .shortName: isDone = breaker.rename(&objects) { $1.shortName }
        case .misspelling: isDone = breaker.rename(&objects) { $0.misspelt($1.plural) }
        case .addName: isDone = breaker.addName(&objects)
        case .otherName: isDone = breaker.changeName(&objects)
        case .subjectName: isDone = breaker.changeSubject(&objects) { $0.otherName($1) }
        case .subjectNamespace: isDone = breaker.changeSubject(&objects) { $0.otherNamespace($1) }
        case .subjectKind: isDone = breaker.changeSubject(&objects) { $0.otherKind($1) }
        case .subjectGroup: isDone = breaker.changeSubject(&objects) { $0.foreignGroup($1) }
        case .bindingNamespace: isDone = breaker.moveBinding(&objects)
        case .roleNamespace: isDone = breaker.moveRole(&objects)
        case .roleRefName: isDone = breaker.changeReference(&objects) { $0.misspelt($1) }
        case .roleRefKind: isDone = breaker.changeReferenceKind(&objects)
        case .roleRefOther: isDone = breaker.referToAnother(&objects)
        case .bindInOneNamespace: isDone = breaker.narrowBinding(&objects)
        case .dropBinding: isDone = breaker.dropBinding(&objects)
        case .dropLabel: isDone = breaker.changeLabel(&objects) { _, _ in nil }
        case .misspellLabel: isDone = breaker.changeLabel(&objects) { $0.misspelt($1) }
        }
        return isDone ? objects : nil
    }
}

/// Draws what is broken.
struct Breaker<Random: RandomNumberGenerator> {
    let project: Project
    var random: Random

    /// A letter less, one twice, or two in the wrong order.
    mutating func misspelt(_ text: String) -> String {
        guard text.count > 2 else { return text + "x" }
        var letters = Array(text)
        // The ends of a name tell one from another, and a slip at a dot or a slash gives a name that no server takes.
        let first = Int.random(in: 1..<letters.count - 1, using: &random)
        let places = Array(first..<letters.count - 1) + Array(1..<first)
        guard let place = places.first(where: { letters[$0 - 1].isLetter && letters[$0].isLetter }) else {
            return text + "x"
        }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: letters.remove(at: place)
        case 1: letters.insert(letters[place], at: place)
        default:
            guard letters[place] != letters[place - 1] else { return text + String(letters[letters.count - 1]) }
            letters.swapAt(place, place - 1)
        }
        return String(letters)
    }
}
