import Manifests
import Syntax

/// The objects of one text, read as a file that the user named.
func load(_ text: String) throws(InputError) -> ManifestSet {
    try ManifestLoader.load(paths: ["-"], standardInput: Array(text.utf8))
}

func loadError(_ text: String) -> InputError? {
    do throws(InputError) {
        _ = try load(text)
        return nil
    } catch { return error }
}

/// The error of loading paths, or `nil` where they load.
func loadError(paths: [String]) -> InputError? {
    do throws(InputError) {
        _ = try ManifestLoader.load(paths: paths)
        return nil
    } catch { return error }
}

/// `LINE:COLUMN`, as messages show a place.
func place(_ location: SourceLocation?) -> String {
    location.map { "\($0.line):\($0.column)" } ?? "nowhere"
}

/// The text that a range covers.
func covered(_ range: SourceRange, in text: String) -> String {
    String(decoding: Array(text.utf8)[range.start.offset..<range.end.offset], as: UTF8.self)
}
