import Reports

/// The version that `--version` and every report say.
enum ToolVersion {
    static let current = "0.1.0"
}
