/// The version that `--version` and every report say.
package enum ToolVersion {
    package static let current = "0.1.0"
}
