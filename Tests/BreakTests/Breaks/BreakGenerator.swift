import RBAC
import TestSupport

/// Draws breaks: every project in every shape by turns, every kind of break as often as the others.
struct BreakGenerator {
    /// A project with some of the calls that it allows.
    struct Candidate {
        var project: Project
        var allowed: [RequestAttributes]
    }

    private let candidates: [Candidate]
    private var random: SeededGenerator
    /// Where each break is to be a stranger to the others, what their names begin with, and how many there were.
    private var relocation: (prefix: String, count: Int)?

    init(_ projects: [Project], seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        candidates = projects.flatMap { project in
            Shape.allCases.compactMap { shape -> Candidate? in
                guard let shaped = project.shaped(shape, using: &random), shaped.objects.isUnambiguous else {
                    return nil
                }
                let allowed = shaped.allowedCalls.shuffled(using: &random).prefix(100)
                return allowed.isEmpty ? nil : Candidate(project: shaped, allowed: Array(allowed))
            }
        }
        self.random = random
    }

    /// From here on each break is of a project with names of its own, and of calls that any API server serves.
    mutating func relocate(_ prefix: String) { relocation = (prefix, 0) }

    private mutating func candidate() -> Candidate? {
        let drawn = candidates.randomElement(using: &random)
        guard let relocation else { return drawn }
        self.relocation?.count += 1
        guard let drawn, drawn.project.objects.isValid else { return nil }
        return drawn.served.map(Relocation(prefix: "\(relocation.prefix)\(relocation.count)").candidate)
    }

    /// Clusters that differ from right files: those of `Outdated`, and every break made in the cluster alone.
    mutating func outdated(_ count: Int) -> [OutdatedProject] {
        let kinds = Outdated.allCases.count + Break.allCases.count
        return (0..<kinds).flatMap { kind -> [OutdatedProject] in
            let wanted = count * (kind + 1) / kinds - count * kind / kinds
            return drawn(wanted) { Self.outdated(kind, $0, &$1) }
        }
    }

    private static func outdated(_ kind: Int, _ candidate: Candidate, _ random: inout SeededGenerator)
        -> OutdatedProject?
    {
        let own = Outdated.allCases
        let name = kind < own.count ? own[kind].rawValue : Break.allCases[kind - own.count].rawValue
        let cluster =
            kind < own.count
            ? own[kind].objects(candidate.project, using: &random)
            : Break.allCases[kind - own.count].applied(to: candidate.project, using: &random)
        return cluster.flatMap { OutdatedProject(name, candidate, $0, using: &random) }
    }

    private mutating func drawn<Value>(
        _ wanted: Int,
        _ make: (Candidate, inout SeededGenerator) -> Value?
    ) -> [Value] {
        var found: [Value] = []
        for _ in 0..<wanted * 40 where found.count < wanted {
            guard let candidate = candidate(), let value = make(candidate, &random) else {
                continue
            }
            found.append(value)
        }
        return found
    }

    /// At most as many as asked for: a kind that no project offers more of is drawn less often.
    mutating func breaks(_ count: Int) -> [BrokenProject] {
        let kinds = Break.allCases
        return kinds.enumerated().flatMap { index, kind -> [BrokenProject] in
            let wanted = count * (index + 1) / kinds.count - count * index / kinds.count
            return drawn(wanted) { BrokenProject(kind, $0, using: &$1) }
        }
    }
}
