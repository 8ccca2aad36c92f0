internal import CLibYAML

/// One event of libyaml, copied out of C.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(text: String, style: Node.Scalar.Style, tag: String, anchor: String?)
        case sequenceStart(isFlow: Bool, anchor: String?)
        case sequenceEnd
        case mappingStart(isFlow: Bool, anchor: String?)
        case mappingEnd
    }

    var kind: Kind
    var start: SourceLocation
    var end: SourceLocation
}

/// libyaml's event parser over one text. Owns the C parser; nothing of C leaves this file.
final class YAMLEventReader {
    private let text: SourceText
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var isFinished = false

    init(_ text: SourceText) throws(InputError) {
        self.text = text
        parser = .allocate(capacity: 1)
        input = .allocate(capacity: max(1, text.bytes.count))
        _ = input.initialize(from: text.bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            isFinished = true
            throw InputError(file: text.file, message: "no memory left to read the file")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, text.bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event, or `nil` after the last one.
    func next() throws(InputError) -> YAMLEvent? {
        while !isFinished {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else {
                isFinished = true
                throw syntaxError()
            }
            defer { yaml_event_delete(&event) }
            if event.type == YAML_STREAM_END_EVENT { isFinished = true }
            if let kind = Self.kind(of: event) {
                return YAMLEvent(kind: kind, start: location(event.start_mark), end: location(event.end_mark))
            }
        }
        return nil
    }

    private func location(_ mark: yaml_mark_t) -> SourceLocation {
        text.location(line: Int(mark.line), column: Int(mark.column))
    }

    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind? {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                text: String(decoding: bytes, as: UTF8.self),
                style: style(scalar.style),
                tag: string(scalar.tag) ?? "",
                anchor: string(scalar.anchor)
            )
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return .sequenceStart(isFlow: start.style == YAML_FLOW_SEQUENCE_STYLE, anchor: string(start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return .mappingStart(isFlow: start.style == YAML_FLOW_MAPPING_STYLE, anchor: string(start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return nil
        }
    }

    private static func style(_ style: yaml_scalar_style_t) -> Node.Scalar.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    /// libyaml's problem in this project's words, with what to do about the ones that people meet.
    private func syntaxError() -> InputError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "the file is no YAML"
        let place = location(parser.pointee.problem_mark)
        let context = parser.pointee.context.map { " (\(String(cString: $0)))" } ?? ""
        if let template = templateLocation(near: place) {
            return InputError(
                file: text.file,
                location: template,
                message: "this is a Helm template, not YAML: it holds `{{`",
                hint: "render it first: helm template RELEASE CHART | swiftop-rbac check -r -"
            )
        }
        let isTab = place.offset < text.bytes.count && text.bytes[place.offset] == 0x09
        return InputError(
            file: text.file,
            location: place,
            message: isTab ? "a tab cannot indent YAML" : "\(problem)\(context)",
            hint: isTab ? "use spaces" : "mend the YAML here, or in the lines just above"
        )
    }

    /// The first `{{` at or before the problem's line, which is what the parser stumbled over in a template.
    private func templateLocation(near place: SourceLocation) -> SourceLocation? {
        guard let offset = text.firstTemplate else { return nil }
        return text.location(ofOffset: offset)
    }
}

extension SourceText {
    /// The offset of the first `{{ … }}` of a template language outside comments, or `nil`.
    package var firstTemplate: Int? {
        var index = 0
        var isComment = false
        while index + 1 < bytes.count {
            let byte = bytes[index]
            if byte == 0x0A { isComment = false }
            if byte == UInt8(ascii: "#"), index == 0 || bytes[index - 1] == 0x20 || bytes[index - 1] == 0x0A {
                isComment = true
            }
            if !isComment, byte == UInt8(ascii: "{"), bytes[index + 1] == UInt8(ascii: "{") { return index }
            index += 1
        }
        return nil
    }
}
