import Diagnosis
import RBAC

/// What an answer rests on: whose access was judged, by what, and which server was asked.
enum Premises {
    static func draw(
        _ identities: [CheckReport.Identity],
        _ server: CheckReport.Server?,
        into output: inout TextOutput
    ) {
        for identity in identities {
            let ending = server == nil && identity == identities.last ? "; no server was asked" : ""
            output.paragraph("\(subject(identity)), \(means(identity))\(ending)", label: "judged:", style: .note)
        }
        guard let server else { return }
        let details = [server.version, server.context.map { "context `\($0)`" }].compactMap(\.self)
        let aside = details.isEmpty ? "" : " (\(details.joined(separator: ", ")))"
        output.paragraph("\(server.url)\(aside)", label: "server:", style: .note)
    }

    /// Which of several clusters the lines below are about.
    static func drawTitle(_ server: CheckReport.Server?, into output: inout TextOutput) {
        let name = server.map { server in server.context.map { "\($0) (\(server.url))" } ?? server.url } ?? "no server"
        output.line(output.palette("== \(printable(name)) ==", .heading))
    }

    private static func subject(_ identity: CheckReport.Identity) -> String {
        let user = identity.user.name
        let name = ServiceAccountName(userName: user)?.description ?? user
        switch identity.role {
        case .operator: return "operator `\(name)`"
        case .`self`: return "you, `\(name)`"
        }
    }

    private static func means(_ identity: CheckReport.Identity) -> String {
        switch identity.via {
        case .manifests: "by the manifests"
        case .credentials: identity.role == .`self` ? "with your own credentials" : "with its own credentials"
        case .impersonation: "by impersonation"
        case .token: "with a token requested for it"
        case .subjectaccessreview: "by access reviews about it"
        }
    }
}

/// Steps that failed, which keep an answer from being whole.
enum Failures {
    /// What to do about it, where the message says so, stands on a line of its own.
    ///
    /// - Parameter isOneLine: for `-q`, which promises a line each.
    static func draw(_ failure: CheckReport.Failure, isOneLine: Bool = false, into output: inout TextOutput) {
        let label = failure.stage == .cluster ? "not read:" : "\(failure.stage.rawValue) failed:"
        let separator = "\n  hint: "
        if isOneLine {
            let words = failure.message.firstRange(of: separator).map { failure.message[..<$0.lowerBound] }
            return output.line("\(output.palette(label, .error)) \(printable(String(words ?? failure.message[...])))")
        }
        guard let hint = failure.message.firstRange(of: separator) else {
            return output.paragraph(failure.message, label: label, style: .error)
        }
        output.paragraph(String(failure.message[..<hint.lowerBound]), label: label, style: .error)
        output.paragraph(String(failure.message[hint.upperBound...]), lead: "  ", label: "hint:", style: .help)
    }
}
