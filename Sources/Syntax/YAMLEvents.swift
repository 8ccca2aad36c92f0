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
    private var lastLine = 0

    init(_ text: SourceText) throws(InputError) {
        self.text = text
        parser = .allocate(capacity: 1)
        input = .allocate(capacity: max(1, text.bytes.count))
        _ = input.initialize(from: text.bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            isFinished = true
            throw InputError(file: text.file, message: "no memory left to read the file")
        }
        // The mark is left out, so that libyaml's count of scalars starts behind it.
        let start = text.markLength
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress.map { $0 + start }, text.bytes.count - start)
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
        text.location(ofScalar: Int(clamping: mark.index), near: &lastLine)
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
                tag: shortTag(string(scalar.tag) ?? ""),
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

    /// YAML's own tags as people write them: `!!str`.
    private static func shortTag(_ tag: String) -> String {
        let prefix = "tag:yaml.org,2002:"
        return tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    private func syntaxError() -> InputError {
        let parser = parser.pointee
        return YAMLProblem(
            problem: parser.problem.map { String(cString: $0) } ?? "",
            place: location(parser.problem_mark),
            context: parser.context.map { String(cString: $0) } ?? "",
            contextPlace: parser.context == nil ? nil : location(parser.context_mark)
        ).error(in: text)
    }
}
