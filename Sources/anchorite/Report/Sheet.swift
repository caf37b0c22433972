import Groundwork

/// What a command has found out, told once and read twice: by people as lines with aligned labels, by programs as JSON.
///
/// Every fact has a label for people and a key for programs, so that neither of them learns less than the other.
struct Sheet {
    enum Item {
        /// A labelled value of one line or several.
        case fact(label: String, lines: [String], key: String, value: JSONValue, style: Terminal.Style)
        /// A sheet of its own under a title; an object in JSON.
        case section(key: String, Sheet)
        /// Sheets one beneath the other; an array of objects in JSON.
        case list(key: String, [Sheet])
        /// Rows with aligned columns; in JSON whatever tells the same.
        case table(key: String, Table, value: JSONValue)
        /// A line for people only.
        case text(String, Terminal.Style)
        /// A member for programs only.
        case data(key: String, JSONValue)
        /// The same, made only when it is asked for: a CRL may have a million entries.
        case lateData(key: String, () -> JSONValue)
        case gap
    }

    /// Stands above the items; nothing in JSON.
    var title: String?
    var items: [Item] = []

    init(_ title: String? = nil) { self.title = title }

    // MARK: Filling it

    mutating func fact(_ label: String, _ value: String, key: String, style: Terminal.Style = .plain) {
        fact(label, [value], key: key, .string(value), style: style)
    }

    mutating func fact(
        _ label: String, _ lines: [String], key: String, _ value: JSONValue, style: Terminal.Style = .plain
    ) {
        items.append(.fact(label: label, lines: lines, key: key, value: value, style: style))
    }

    /// A list: one line each, or a word where there is nothing.
    mutating func fact(_ label: String, list: [String], key: String, none: String? = nil) {
        guard !list.isEmpty || none != nil else { return }
        fact(label, list.isEmpty ? [none ?? ""] : list, key: key, .array(list.map(JSONValue.string)))
    }

    mutating func fact(_ label: String, time: Timestamp, key: String, remark: String? = nil) {
        fact(label, [Phrase.time(time) + (remark.map { ", \($0)" } ?? "")], key: key, .string(time.rfc3339))
    }

    /// A digest as hex, and as 32 words in rows of four for reading aloud.
    mutating func fact(_ label: String, digest: Digest, key: String, withWords: Bool = true) {
        fact(label, [digest.hex] + (withWords ? Phrase.rows(of: digest) : []), key: key, .string(digest.hex))
        if withWords { data("\(key)-words", .array(digest.words.map(JSONValue.string))) }
    }

    mutating func text(_ text: String, _ style: Terminal.Style = .plain) { items.append(.text(text, style)) }
    mutating func data(_ key: String, _ value: JSONValue) { items.append(.data(key: key, value)) }
    mutating func lateData(_ key: String, _ make: @escaping () -> JSONValue) {
        items.append(.lateData(key: key, make))
    }

    mutating func gap() { items.append(.gap) }
    mutating func section(_ key: String, _ sheet: Sheet) { items.append(.section(key: key, sheet)) }

    mutating func table(_ key: String, _ table: Table, _ value: JSONValue) {
        items.append(.table(key: key, table, value: value))
    }

    mutating func list(_ key: String, _ sheets: [Sheet]) {
        items.append(.list(key: key, sheets))
    }

    // MARK: For programs

    var json: JSONValue {
        var members: [String: JSONValue] = [:]
        for item in items {
            switch item {
            case .fact(_, _, let key, let value, _), .data(let key, let value), .table(let key, _, let value):
                members[key] = value
            case .lateData(let key, let make): members[key] = make()
            case .section(let key, let sheet): members[key] = sheet.json
            case .list(let key, let sheets):
                members[key] = .array((members[key]?.array ?? []) + sheets.map(\.json))
            case .text, .gap: break
            }
        }
        return .object(members)
    }

    /// Puts the sheet on standard output.
    func print(asJSON: Bool) {
        if asJSON {
            Terminal.output(json.prettyPrinted)
        } else {
            for line in lines() { Terminal.output(line) }
        }
    }

    /// Puts the sheet on standard error, for people.
    func say() {
        for line in lines(styled: Terminal.styledTalk) { Terminal.say(line) }
    }
}
