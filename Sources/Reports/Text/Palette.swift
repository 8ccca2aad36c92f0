/// What a piece of text means; the one place that says how each meaning looks.
///
/// Only the eight basic colours, which a terminal's own theme sets, so that all is legible on dark and light grounds.
enum Style: Hashable, Sendable {
    case error, warning, note, help
    /// The title of a finding, the name of a section.
    case heading
    /// Line numbers, rulers and arrows around source lines.
    case gutter
    /// What to write instead, and what only the second side of a comparison has.
    case addition
    /// What only the first side of a comparison has.
    case removal
    /// What only puts something else in context.
    case secondary
    case success

    /// The parameters of ANSI's "select graphic rendition".
    fileprivate var parameters: String {
        switch self {
        case .error: "1;31"
        case .warning: "1;33"
        case .note: "1;36"
        case .help: "1;32"
        case .heading: "1"
        case .gutter: "34"
        case .addition: "32"
        case .removal: "31"
        case .secondary: "2"
        case .success: "1;32"
        }
    }
}

/// Colours text, or leaves it alone.
struct Palette: Sendable {
    var isEnabled: Bool

    func callAsFunction(_ text: String, _ style: Style?) -> String {
        guard isEnabled, let style, !text.isEmpty else { return text }
        return "\u{1B}[\(style.parameters)m\(text)\u{1B}[0m"
    }
}
