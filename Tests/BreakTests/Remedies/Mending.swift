import Diagnosis
import Manifests
import RBAC

/// The ways in which a remedy can be followed; each that a finding offers has to mend it by itself.
enum Remedying: String, CaseIterable, Sendable {
    /// What an editor would do.
    case edits
    /// The YAML that is shown.
    case text
    /// The commands, run by a shell.
    case commands
}

extension BrokenProject {
    /// What a report's remedies make of the objects; `nil` where no finding offers this way.
    ///
    /// A finding that does not offer it is mended by another way, so that all are mended at the end.
    func mended(_ report: CheckReport, _ manifests: ManifestSet, by way: Remedying) throws -> ObjectSet? {
        let findings = report.findings.filter(\.isPrincipal)
        guard findings.contains(where: { $0.offers(way) }) else { return nil }
        var reader = RemedyReader(objects: objects, manifests: manifests)
        for finding in findings {
            guard let remedy = finding.remedy else { throw RemedyReader.Failure(description: "no remedy") }
            let chosen = finding.offers(way) ? way : Remedying.allCases.first(where: finding.offers)
            switch chosen {
            case .edits: try reader.apply(remedy.edits)
            case .text: try reader.write(finding)
            case .commands:
                var kubectl = KubectlReader(cluster: reader.objects, files: objects)
                for command in remedy.commands { try kubectl.run(command) }
                reader.objects = kubectl.cluster
            case nil: throw RemedyReader.Failure(description: "\(finding.code): \(remedy.summary)")
            }
        }
        return reader.objects
    }
}

extension Finding {
    func offers(_ way: Remedying) -> Bool {
        guard let remedy else { return false }
        switch way {
        case .edits: return !remedy.edits.isEmpty
        // Rules to add are shown without their place, which the edits have.
        case .text: return !remedy.replacement.isEmpty && (remedy.edits.isEmpty || isRenaming)
        case .commands: return !remedy.commands.isEmpty
        }
    }

    private var isRenaming: Bool { remedy?.summary.hasPrefix("write ") ?? false }
}
