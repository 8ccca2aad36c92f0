/// Why there is no credential to send, as data; `description` is the text for people.
package enum CredentialFailure: Error, Hashable, Sendable {
    case pluginMissing(command: String, installHint: String)
    case pluginNotStarted(command: String, detail: String)
    case pluginFailed(command: String, status: Int)
    case pluginNeedsTerminal(command: String)
    /// The plugin's answer is no `ExecCredential`, or one of another version; never the answer itself.
    case pluginAnswer(command: String, detail: String)
}

extension CredentialFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .pluginMissing(let command, _):
            "the credential plugin `\(command)` is not installed, or not in PATH"
        case .pluginNotStarted(let command, let detail): "the credential plugin `\(command)` cannot be run: \(detail)"
        case .pluginFailed(let command, let status):
            "the credential plugin `\(command)` "
                + (status > 128 ? "was ended by signal \(status - 128)" : "ended with status \(status)")
                + "; what it said, if anything, is above"
        case .pluginNeedsTerminal(let command):
            "the credential plugin `\(command)` wants to ask something, and standard input is not a terminal"
        case .pluginAnswer(let command, let detail):
            "the answer of the credential plugin `\(command)` cannot be used: \(detail)"
        }
    }
}

extension CredentialFailure {
    /// What to do about it, a line.
    var hint: String? {
        switch self {
        case .pluginMissing(_, let installHint):
            installHint.isEmpty
                ? "install it; the user's entry in the kubeconfig names it"
                : "the kubeconfig says: \(PlainText.oneLine(installHint))"
        case .pluginFailed: "run it by hand, or log in again"
        case .pluginNeedsTerminal: "run this in a terminal, or log in first"
        case .pluginNotStarted, .pluginAnswer: nil
        }
    }
}

/// Text that others wrote, made fit to be shown.
package enum PlainText {
    /// On one line, control characters replaced by blanks, at most `limit` characters.
    package static func oneLine(_ text: some StringProtocol, limit: Int = 400) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            let isDirection = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            scalars.append(isControl || isDirection ? " " : scalar)
        }
        let words = String(scalars).split(separator: " ").joined(separator: " ")
        return words.count > limit ? words.prefix(limit) + "…" : words
    }
}
