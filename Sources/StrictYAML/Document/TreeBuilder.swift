/// Builds the tree of the one document in a file.
struct TreeBuilder: ~Copyable {
    private var events: EventStream
    private let file: String
    private let limits: YAMLLimits

    init(_ bytes: [UInt8], file: String, limits: YAMLLimits) throws(YAMLError) {
        events = try EventStream(bytes, file: file)
        self.file = file
        self.limits = limits
    }

    mutating func document() throws(YAMLError) -> YAMLNode {
        var event = try events.next()
        if case .streamStart = event.kind { event = try events.next() }
        guard case .documentStart = event.kind else { throw error(at: event.mark, "the file is empty.") }
        let root = try node(from: try events.next(), path: "", depth: 0)
        event = try events.next()
        if case .documentEnd = event.kind { event = try afterTheEnd() }
        guard case .streamEnd = event.kind else {
            throw error(at: event.mark, "a second document begins here.", remedy: "A file holds exactly one.")
        }
        return root
    }

    private mutating func afterTheEnd() throws(YAMLError) -> EventStream.Event {
        do throws(YAMLError) {
            return try events.next()
        } catch {
            throw self.error(at: error.mark, "text stands here after the document's end.", remedy: "Remove it.")
        }
    }

    private mutating func node(from event: EventStream.Event, path: String, depth: Int) throws(YAMLError) -> YAMLNode {
        if event.anchor != nil {
            let isAlias = if case .alias = event.kind { true } else { false }
            throw error(
                at: event.mark, path: path, isAlias ? "an alias (*) stands here." : "an anchor (&) stands here.",
                remedy: "Write the value out, so that every reader sees it.")
        }
        if let tag = event.tag {
            throw error(
                at: event.mark, path: path, "the tag \(Quoted(tag)) stands here.",
                remedy: "Remove it: the type of every value is known.")
        }
        switch event.kind {
        case .scalar(let text, let isPlain):
            try check(text, at: event.mark, path: path)
            return YAMLNode(
                file: file, path: path, mark: event.mark, range: event.range, content: .scalar(text, isPlain: isPlain))
        case .listStart:
            try check(depth: depth, at: event.mark, path: path)
            return try list(from: event, path: path, depth: depth + 1)
        case .mappingStart:
            try check(depth: depth, at: event.mark, path: path)
            return try mapping(from: event, path: path, depth: depth + 1)
        default:
            throw error(at: event.mark, path: path, "a value is missing here.")
        }
    }

    private mutating func list(
        from start: EventStream.Event, path: String, depth: Int
    ) throws(YAMLError) -> YAMLNode {
        var items: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .listEnd = event.kind {
                let range = start.range.lowerBound..<max(start.range.lowerBound, event.range.upperBound)
                return YAMLNode(file: file, path: path, mark: start.mark, range: range, content: .list(items))
            }
            items.append(try node(from: event, path: "\(path)[\(items.count)]", depth: depth))
        }
    }

    private mutating func mapping(
        from start: EventStream.Event, path: String, depth: Int
    ) throws(YAMLError) -> YAMLNode {
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind {
                let range = start.range.lowerBound..<max(start.range.lowerBound, event.range.upperBound)
                return YAMLNode(file: file, path: path, mark: start.mark, range: range, content: .mapping(entries))
            }
            let keyNode = try node(from: event, path: path, depth: depth)
            guard case .scalar(let key, let isPlain) = keyNode.content, !key.isEmpty else {
                throw error(at: event.mark, path: path, "\(keyNode.found) stands where a key belongs.")
            }
            if key == "<<", isPlain {
                throw error(
                    at: event.mark, path: path, "a merge key (<<) stands here.",
                    remedy: "Write the values out, so that every reader sees them.")
            }
            let keyPath = path.isEmpty ? key : "\(path).\(key)"
            if let line = lines[key] {
                throw error(
                    at: event.mark, path: path, "the key \(Quoted(key)) stands here again.",
                    remedy: "It stands on line \(line) already; remove one of them.")
            }
            lines[key] = event.mark.line
            let value = try node(from: try events.next(), path: keyPath, depth: depth)
            entries.append(YAMLEntry(key: key, keyMark: event.mark, value: value))
        }
    }

    /// Escapes in double quotes can make what the file itself must not hold.
    private func check(_ text: String, at mark: YAMLMark, path: String) throws(YAMLError) {
        for scalar in text.unicodeScalars {
            guard ForbiddenCharacter(scalar) == nil else {
                throw error(
                    at: mark, path: path, "an escape makes the character \(ForbiddenCharacter.code(scalar)) here.",
                    remedy: "Remove it.")
            }
        }
    }

    private func check(depth: Int, at mark: YAMLMark, path: String) throws(YAMLError) {
        guard depth < limits.maximumDepth else {
            throw error(
                at: mark, path: path, "values are nested too deep here.",
                remedy: "At most \(limits.maximumDepth) levels are read.")
        }
    }

    private func error(at mark: YAMLMark, path: String = "", _ problem: String, remedy: String? = nil) -> YAMLError {
        YAMLError(file: file, mark: mark, path: path, problem: problem, remedy: remedy)
    }
}
