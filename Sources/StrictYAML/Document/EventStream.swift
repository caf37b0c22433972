internal import CYaml

/// libyaml's events, one at a time. Working on events and not on a composed tree is what lets an anchor, a tag or a
/// nesting too deep be refused where it stands, before anything is built or expanded from it.
struct EventStream: ~Copyable {
    struct Event {
        let kind: Kind
        let mark: YAMLMark
        /// In Unicode scalars from the start of the file.
        let range: Range<Int>
        let anchor: String?
        let tag: String?
    }

    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias
        case scalar(String, isPlain: Bool)
        case listStart, listEnd, mappingStart, mappingEnd
    }

    private let file: String
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ bytes: [UInt8], file: String) throws(YAMLError) {
        self.file = file
        input = .allocate(capacity: max(bytes.count, 1))
        _ = input.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(
                file: file, mark: YAMLMark(line: 1, column: 1), path: "",
                problem: "there is no memory to read the file.")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    mutating func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let start = Self.mark(event.start_mark)
        let first = Int(clamping: event.start_mark.index)
        let range = first..<max(first, Int(clamping: event.end_mark.index))

        func made(_ kind: Kind, anchor: UnsafeMutablePointer<UInt8>? = nil, tag: UnsafeMutablePointer<UInt8>? = nil)
            -> Event
        {
            Event(
                kind: kind, mark: start, range: range, anchor: anchor.map { String(cString: $0) },
                tag: tag.map { String(cString: $0) })
        }

        switch event.type {
        case YAML_STREAM_START_EVENT: return made(.streamStart)
        case YAML_DOCUMENT_START_EVENT: return made(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return made(.documentEnd)
        case YAML_ALIAS_EVENT: return made(.alias, anchor: event.data.alias.anchor)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return made(
                .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), anchor: scalar.anchor,
                tag: scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            return made(.listStart, anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT: return made(.listEnd)
        case YAML_MAPPING_START_EVENT:
            return made(.mappingStart, anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT: return made(.mappingEnd)
        default: return made(.streamEnd)
        }
    }

    private func syntaxError() -> YAMLError {
        let said = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
        return YAMLError(
            file: file, mark: Self.mark(parser.pointee.problem_mark), path: "", problem: "this is not YAML: \(said).",
            remedy: "Look at the indentation, the colons and the quotes here and on the line before.")
    }

    private static func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}
