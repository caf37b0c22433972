import Groundwork
import StrictYAML
import Testing

@Suite struct FormTests {
    enum Colour: String, CaseIterable, Sendable { case red, green }

    struct Thing: Sendable, Equatable {
        var name: String
        var size: Int?
        var isOld: Bool
        var colours: [Colour]
        var life: CalendarDuration?
        var born: Timestamp?
        var digest: Digest?
        var parts: [String]
    }

    static let name = YAMLKey.required("name", YAMLForm<String>.slug, "The thing's name.")
    static let size = YAMLKey.optional("size", .integer(in: 1...9), "Its size.")
    static let isOld = YAMLKey.standard("old", .boolean, false, as: "no", "Its age.")
    static let colours = YAMLKey.standard(
        "colours", YAMLForm<[Colour]>.distinctList(of: .choice), [.red], as: "[red]", "Its colours.")
    static let life = YAMLKey.optional("life", YAMLForm<CalendarDuration>.duration, "Its life.")
    static let born = YAMLKey.optional("born", YAMLForm<Timestamp>.timestamp, "Its birth.")
    static let digest = YAMLKey.optional("digest", YAMLForm<Digest>.sha256, "Its digest.")
    static let parts = YAMLKey.standard(
        "parts", YAMLForm<[NamedValue<Int>]>.dictionary(keys: .slug, of: .integer(in: 0...5)), [], as: "none",
        "Its parts.")

    static let record = YAMLRecord(
        "a thing",
        [
            name.description, size.description, isOld.description, colours.description, life.description,
            born.description, digest.description, parts.description,
        ])

    static let form = YAMLForm<Thing>.record(record) { reader throws(YAMLError) in
        Thing(
            name: try reader.read(name), size: try reader.readIfPresent(size), isOld: try reader.read(isOld),
            colours: try reader.read(colours), life: try reader.readIfPresent(life),
            born: try reader.readIfPresent(born), digest: try reader.readIfPresent(digest),
            parts: try reader.read(parts).map { "\($0.name)=\($0.value)" })
    }

    @Test(arguments: [
        ("name: x\n", Thing(name: "x", isOld: false, colours: [.red], parts: [])),
        (
            "name: 2027\nsize: 3\nold: yes\ncolours: [green, red]\nlife: 18mo\nborn: 2027-01-02T03:04:05Z\nparts: "
                + "{b: 1, a: 2}\n",
            Thing(
                name: "2027", size: 3, isOld: true, colours: [.green, .red], life: CalendarDuration("18mo"),
                born: Timestamp(rfc3339: "2027-01-02T03:04:05Z"), parts: ["b=1", "a=2"])
        ),
        ("{name: \"x\", old: true}\n", Thing(name: "x", isOld: true, colours: [.red], parts: [])),
    ])
    func `a record is read, with what is standard for keys that are left out`(_ yaml: String, _ thing: Thing) throws {
        #expect(try Self.form.read(YAMLDocument(Array(yaml.utf8), file: "t.yaml").root) == thing)
    }

    @Test(arguments: [
        (
            "nam: x\n",
            "t.yaml:1:1: there is no key \"nam\" in a thing. Keys here: name, size, old, colours, life, born, "
                + "digest, parts. "
                + "Did you mean \"name\"?"
        ),
        (
            "name: x\nzzzzzzzzz: 1\n",
            "t.yaml:2:1: there is no key \"zzzzzzzzz\" in a thing. "
                + "Keys here: name, size, old, colours, life, born, digest, parts."
        ),
        ("size: 1\n", "t.yaml:1:1: the key \"name\" is missing in a thing. The thing's name."),
        ("- name\n", "t.yaml:1:1: a list stands where a thing belongs. Write lines of the form key: value."),
        (
            "name: Bad Name\n",
            "t.yaml:1:7: name: \"Bad Name\" is not a short name. "
                + "Write 1 to 32 small letters, digits and hyphens, none of them at either end."
        ),
        ("name:\n", "t.yaml:1:6: name: nothing stands where a short name belongs."),
        ("name: ''\n", "t.yaml:1:7: name: nothing stands where a short name belongs."),
        ("name: ~\n", "t.yaml:1:7: name: \"~\" stands where a short name belongs. Leave the key out instead."),
        ("name: [x]\n", "t.yaml:1:7: name: a list stands where a short name belongs."),
        (
            "name: {x}\n",
            "t.yaml:1:7: name: a mapping stands where a short name belongs. "
                + "A text that begins with { must stand in quotes."
        ),
        (
            "name: x\nsize: ten\n",
            "t.yaml:2:7: size: \"ten\" stands where a number belongs. Write a whole number from 1 to 9."
        ),
        ("name: x\nsize: 10\n", "t.yaml:2:7: size: 10 is out of range. Write a whole number from 1 to 9."),
        (
            "name: x\nsize: '3'\n",
            "t.yaml:2:7: size: \"3\" stands where a number belongs. Write a whole number from 1 to 9."
        ),
        (
            "name: x\nsize: 03\n",
            "t.yaml:2:7: size: \"03\" stands where a number belongs. Write a whole number from 1 to 9."
        ),
        (
            "name: x\nsize: +3\n",
            "t.yaml:2:7: size: \"+3\" stands where a number belongs. Write a whole number from 1 to 9."
        ),
        ("name: x\nold: on\n", "t.yaml:2:6: old: \"on\" stands where yes or no belongs. Write yes or no."),
        ("name: x\nold: Yes\n", "t.yaml:2:6: old: \"Yes\" stands where yes or no belongs. Write yes or no."),
        (
            "name: x\nold: 'yes'\n",
            "t.yaml:2:6: old: \"yes\" stands where yes or no belongs. Write yes or no without quotes."
        ),
        (
            "name: x\ncolours: [rad]\n",
            "t.yaml:2:11: colours[0]: \"rad\" is not a value that is known here. Allowed: red, green. Did you mean "
                + "\"red\"?"
        ),
        (
            "name: x\ncolours: [red, red]\n",
            "t.yaml:2:16: colours[1]: \"red\" stands in the list twice. Remove one of them."
        ),
        ("name: x\ncolours: []\n", "t.yaml:2:10: colours: the list has 0 values. At least 1 must stand here."),
        (
            "name: x\ncolours: red\n",
            "t.yaml:2:10: colours: \"red\" stands where a list belongs. Write [a, b] or lines with - ."
        ),
        (
            "name: x\nlife: 1 year\n",
            "t.yaml:2:7: life: \"1 year\" is not a duration. "
                + "Write a number and y, mo, d, h or m, such as 25y, 18mo, 397d, 12h or 30m."
        ),
        (
            "name: x\nborn: 2027-02-30T00:00:00Z\n",
            "t.yaml:2:7: born: \"2027-02-30T00:00:00Z\" is not a time in UTC. Write it as 2027-03-02T10:00:00Z."
        ),
        (
            "name: x\ndigest: ABCD\n",
            "t.yaml:2:9: digest: \"ABCD\" is not a SHA-256 digest. Write its 64 hexadecimal digits in small letters."
        ),
        (
            "name: x\nparts: {A: 1}\n",
            "t.yaml:2:9: parts.A: \"A\" is not a short name. "
                + "Write 1 to 32 small letters, digits and hyphens, none of them at either end."
        ),
        (
            "name: x\nparts: {a: 6}\n",
            "t.yaml:2:12: parts.a: 6 is out of range. Write a whole number from 0 to 5."
        ),
    ])
    func `a value of the wrong form is refused with what was found and what is allowed`(
        _ yaml: String, _ sentence: String
    ) throws {
        let root = try YAMLDocument(Array(yaml.utf8), file: "t.yaml").root
        do throws(YAMLError) {
            _ = try Self.form.read(root)
            Issue.record("accepted: \(yaml)")
        } catch {
            #expect(error.description == sentence)
        }
    }

    @Test func `the schema says what the reader allows`() {
        let schema = YAMLSchema.record(Self.record).document(title: "Thing", description: "A thing.").object
        let properties = schema?["properties"]?.object
        #expect(schema?["required"] == ["name"])
        #expect(schema?["additionalProperties"] == false)
        #expect(properties?.keys.sorted() == Self.record.keys.map(\.name).sorted())
        #expect(properties?["old"]?.object?["description"] == "Its age. Standard: no.")
        #expect(properties?["colours"]?.object?["items"]?.object?["enum"] == ["red", "green"])
    }

    @Test func `text from outside is quoted so that it moves no cursor`() {
        #expect(Quoted("a\u{1B}[2Jb").description == "\"a<U+001B>[2Jb\"")
        #expect(Quoted(String(repeating: "x", count: 70)).description == "\"\(String(repeating: "x", count: 64))…\"")
    }
}
