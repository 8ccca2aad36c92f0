/// The query of a list or watch, decoded as the API server does it.
///
/// Kubernetes: `metav1.ListOptions` through `metainternalversionscheme.ParameterCodec`. Where any part cannot be decoded
/// the whole is dropped, and only the raw `watch` parameter counts.
struct ListOptions {
    var isWatch = false
    var sendsInitialEvents = false
    var resourceVersion = ""
    /// The name that the field selector pins, where it can be a name in a path.
    var exactName: String?

    init(_ query: RequestQuery) {
        isWatch = Self.boolean(query.first("watch"))
        let numbers = [query.first("limit"), query.first("timeoutSeconds")].compactMap { $0 }
        guard numbers.allSatisfy({ Int64($0) != nil }),
            let fields = FieldSelector(query.first("fieldSelector") ?? ""),
            LabelSelectorSyntax.isValid(query.first("labelSelector") ?? "")
        else { return }
        resourceVersion = query.first("resourceVersion") ?? ""
        sendsInitialEvents = Self.boolean(query.first("sendInitialEvents"))
        exactName = fields.exactValue(of: "metadata.name").flatMap { Self.isPathSegment($0) ? $0 : nil }
    }

    /// Absent is false; present is true unless it says `false` or `0`, in any case.
    private static func boolean(_ value: String?) -> Bool {
        guard let value else { return false }
        return value.lowercased() != "false" && value != "0"
    }

    /// Kubernetes: `path.IsValidPathSegmentName`.
    private static func isPathSegment(_ name: String) -> Bool {
        name != "." && name != ".." && !name.contains("/") && !name.contains("%")
    }
}

/// Kubernetes: `k8s.io/apimachinery/pkg/fields.ParseSelector`.
struct FieldSelector {
    private var exact: [(field: String, value: String)] = []

    init?(_ text: String) {
        for term in Self.terms(of: text) where !term.isEmpty {
            guard let (field, isEqual, raw) = Self.split(term), let value = Self.unescaped(raw) else { return nil }
            if isEqual { exact.append((field, value)) }
        }
    }

    func exactValue(of field: String) -> String? { exact.first { $0.field == field }?.value }

    /// Split at commas that no backslash protects.
    private static func terms(of text: String) -> [Substring] {
        var terms: [Substring] = []
        var start = text.startIndex
        var isEscaped = false
        for index in text.indices {
            if isEscaped { isEscaped = false } else if text[index] == "\\" { isEscaped = true }
            else if text[index] == "," {
                terms.append(text[start..<index])
                start = text.index(after: index)
            }
        }
        return terms + [text[start...]]
    }

    private static func split(_ term: Substring) -> (field: String, isEqual: Bool, value: Substring)? {
        var isEscaped = false
        for index in term.indices {
            if isEscaped {
                isEscaped = false
                continue
            }
            if term[index] == "\\" {
                isEscaped = true
                continue
            }
            for operation in ["!=", "==", "="] where term[index...].hasPrefix(operation) {
                let value = term[index...].dropFirst(operation.count)
                return (String(term[..<index]), operation != "!=", value)
            }
        }
        return nil
    }

    /// Only `\\`, `\,` and `\=` are escapes; a bare comma or equals sign is an error.
    private static func unescaped(_ text: Substring) -> String? {
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                guard ["\\", ",", "="].contains(character) else { return nil }
                result.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," || character == "=" {
                return nil
            } else {
                result.append(character)
            }
        }
        return isEscaped ? nil : result
    }
}
