/// The query parameters that bear on authorization, each by its first value.
///
/// Go: `net/url.ParseQuery` as `URL.Query()` uses it: a piece with a `;` or a broken escape is left out, `+` is a space,
/// names are case-sensitive.
struct ListParameters {
    var fieldSelector: String?
    var labelSelector: String?
    var watch: String?
    var resourceVersion: String?
    var sendInitialEvents: String?
    var limit: String?
    var timeoutSeconds: String?
    var isDryRun = false

    init(query: ArraySlice<UInt8>) {
        for piece in query.split(separator: UInt8(ascii: "&")) where !piece.contains(UInt8(ascii: ";")) {
            let mark = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            guard let name = percentDecoded(piece[..<mark], plusIsSpace: true),
                let value = percentDecoded(piece[mark...].dropFirst(), plusIsSpace: true)
            else { continue }
            set(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
    }

    private mutating func set(_ name: String, _ value: String) {
        switch name {
        case "fieldSelector": fieldSelector = fieldSelector ?? value
        case "labelSelector": labelSelector = labelSelector ?? value
        case "watch": watch = watch ?? value
        case "resourceVersion": resourceVersion = resourceVersion ?? value
        case "sendInitialEvents": sendInitialEvents = sendInitialEvents ?? value
        case "limit": limit = limit ?? value
        case "timeoutSeconds": timeoutSeconds = timeoutSeconds ?? value
        // Every value counts; `All` is the only one that the server takes.
        case "dryRun": isDryRun = isDryRun || value == "All"
        default: break
        }
    }

    /// Where the list options cannot be decoded, the server looks at this parameter by itself, and folds less.
    var isWatch: Bool {
        guard let watch else { return false }
        return isDecodable ? Self.boolean(watch) : !["false", "0"].contains(watch.lowercased())
    }
    var asksForInitialEvents: Bool { sendInitialEvents.map(Self.boolean) ?? false }

    /// The name that a decodable field selector pins down, and that may stand in a path.
    ///
    /// One parameter that cannot be decoded loses it: the server then reads no list options at all.
    /// Kubernetes: `metainternalversion.ListOptions` through `ParameterCodec.DecodeParameters`.
    var exactName: String? {
        guard isDecodable, let fieldSelector, let name = FieldSelector(fieldSelector)?.exactValue(of: "metadata.name"),
            name != ".", name != "..", !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(UInt8(ascii: "%"))
        else { return nil }
        return name
    }

    private var isDecodable: Bool {
        limit.map(isGoInteger) ?? true && timeoutSeconds.map(isGoInteger) ?? true
            && fieldSelector.map { FieldSelector($0) != nil } ?? true
            && labelSelector.map { LabelSelector.isValid($0) } ?? true
    }

    /// Present is true, but for `false` and `0`.
    /// Kubernetes: `runtime.Convert_Slice_string_To_bool`; its `EqualFold` also folds the long s.
    private static func boolean(_ text: String) -> Bool {
        if text == "0" { return false }
        let folded = text.unicodeScalars.map { $0 == "\u{17F}" ? "s" : $0.properties.lowercaseMapping }
        return folded.joined() != "false"
    }
}

/// Whether Go's `strconv.ParseInt(text, 10, 64)` takes it: a sign, digits, and a value of 64 bits.
func isGoInteger(_ text: String) -> Bool {
    // Swift's own reading has the same grammar, but for the empty text, which neither takes.
    Int64(text) != nil
}
