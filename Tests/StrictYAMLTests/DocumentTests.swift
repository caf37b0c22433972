import StrictYAML
import Testing

@Suite struct DocumentTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let name: String
        let yaml: String
        let sentence: String
        var testDescription: String { name }
    }

    static let refusals: [Refusal] = [
        Refusal(name: "empty file", yaml: "", sentence: "t.yaml:1:1: the file is empty."),
        Refusal(name: "only a comment", yaml: "# nothing\n", sentence: "t.yaml:2:1: the file is empty."),
        Refusal(
            name: "duplicate key", yaml: "a: 1\nb: 2\na: 3\n",
            sentence: "t.yaml:3:1: the key \"a\" stands here again. It stands on line 1 already; remove one of them."),
        Refusal(
            name: "duplicate key, quoted", yaml: "x:\n  a: 1\n  'a': 3\n",
            sentence: "t.yaml:3:3: x: the key \"a\" stands here again. It stands on line 2 already; remove one of them."
        ),
        Refusal(
            name: "second document", yaml: "a: 1\n---\nb: 2\n",
            sentence: "t.yaml:2:1: a second document begins here. A file holds exactly one."),
        Refusal(
            name: "trailing bytes after the end", yaml: "a: 1\n...\nb\n",
            sentence: "t.yaml:3:1: text stands here after the document's end. Remove it."),
        Refusal(
            name: "anchor", yaml: "a: &x 1\nb: *x\n",
            sentence: "t.yaml:1:4: a: an anchor (&) stands here. Write the value out, so that every reader sees it."),
        Refusal(
            name: "alias", yaml: "b: *x\n",
            sentence: "t.yaml:1:4: b: an alias (*) stands here. Write the value out, so that every reader sees it."),
        Refusal(
            name: "alias as key", yaml: "*x : 1\n",
            sentence: "t.yaml:1:1: an alias (*) stands here. Write the value out, so that every reader sees it."),
        Refusal(
            name: "tag", yaml: "a: !!str 1\n",
            sentence: "t.yaml:1:4: a: the tag \"tag:yaml.org,2002:str\" stands here. "
                + "Remove it: the type of every value is known."),
        Refusal(
            name: "local tag on a list", yaml: "a: !x [1]\n",
            sentence: "t.yaml:1:4: a: the tag \"!x\" stands here. Remove it: the type of every value is known."),
        Refusal(
            name: "merge key", yaml: "a:\n  <<: {b: 1}\n",
            sentence: "t.yaml:2:3: a: a merge key (<<) stands here. "
                + "Write the values out, so that every reader sees them."),
        Refusal(
            name: "directive", yaml: "%YAML 1.1\n---\na: 1\n",
            sentence: "t.yaml:1:1: a directive (%) stands here. Remove it."),
        Refusal(name: "tab", yaml: "a:\n\tb: 1\n", sentence: "t.yaml:2:1: a tab stands here. Use spaces."),
        Refusal(
            name: "carriage return", yaml: "a: 1\r\n",
            sentence: "t.yaml:1:5: a carriage return stands here. Save the file with line feeds alone as line ends."),
        Refusal(
            name: "NUL", yaml: "a: 1\0\n",
            sentence: "t.yaml:1:5: the control character U+0000 stands here. Remove it."),
        Refusal(
            name: "byte order mark", yaml: "\u{FEFF}a: 1\n",
            sentence: "t.yaml:1:1: a byte order mark stands here. Save the file as UTF-8 without it."),
        Refusal(
            name: "direction override", yaml: "a: x\u{202E}y\n",
            sentence: "t.yaml:1:5: the invisible character U+202E stands here. Remove it."),
        Refusal(
            name: "no-break space", yaml: "a:\u{A0}1\n",
            sentence: "t.yaml:1:3: the blank U+00A0 stands here, which looks like a space and is none. Use a space."),
        Refusal(
            name: "escaped control character", yaml: "a: \"\\e[2J\"\n",
            sentence: "t.yaml:1:4: a: an escape makes the character U+001B here. Remove it."),
        Refusal(
            name: "a list as key", yaml: "? [a]\n: 1\n", sentence: "t.yaml:1:3: a list stands where a key belongs."),
        Refusal(
            name: "nested too deep", yaml: String(repeating: "[", count: 17) + String(repeating: "]", count: 17) + "\n",
            sentence: "t.yaml:1:17: [0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: "
                + "values are nested too deep here. At most 16 levels are read."),
        Refusal(
            name: "not YAML", yaml: "a: [1\nb: 2\n",
            sentence: "t.yaml:2:2: this is not YAML: did not find expected ',' or ']'. "
                + "Look at the indentation, the colons and the quotes here and on the line before."),
    ]

    @Test(arguments: refusals) func `what a reader could misread is refused`(_ refusal: Refusal) {
        #expect(sentence(Array(refusal.yaml.utf8)) == refusal.sentence)
    }

    @Test func `bytes that are not UTF-8 are refused where they stand`() {
        #expect(
            sentence([0x61, 0x3A, 0x20, 0xC3, 0x28, 0x0A])
                == "t.yaml:1:4: the bytes here are not UTF-8. Save the file as UTF-8.")
    }

    @Test func `a file of more than a mebibyte is refused`() {
        let long = Array(("a: " + String(repeating: "x", count: 1 << 20) + "\n").utf8)
        #expect(sentence(long) == "t.yaml:1:1: the file has 1048580 bytes. At most 1048576 are read.")
        #expect(sentence(Array(long.dropFirst(4)).dropLast() + []) == nil)
    }

    @Test func `deep nesting of every kind is refused without a crash`() {
        for text in [
            String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
            String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
        ] {
            #expect(sentence(Array(text.utf8)) != nil)
        }
    }

    @Test func `comments, quotes, both collection styles and block texts are read`() throws {
        let yaml = """
            ---
            # a comment
            plain: NO
            quoted: "tab-free \\u00e9"
            list: [a, 'b']
            block:
              - one
              - two: {three: 3}
            text: |
              two
              lines

            """
        let root = try YAMLDocument(Array(yaml.utf8), file: "t.yaml").root
        #expect(root.node(at: "plain")?.content == .scalar("NO", isPlain: true))
        #expect(root.node(at: "quoted")?.content == .scalar("tab-free é", isPlain: false))
        #expect(root.node(at: "list[1]")?.content == .scalar("b", isPlain: false))
        #expect(root.node(at: "block[1].two.three")?.mark == YAMLMark(line: 8, column: 18))
        #expect(root.node(at: "text")?.content == .scalar("two\nlines\n", isPlain: false))
        #expect(root.node(at: "block[2]") == nil)
        #expect(root.sourceMap.mark(of: "block[1].two.absent") == YAMLMark(line: 8, column: 5))
    }

    @Test func `values are replaced, and every other byte stays`() throws {
        let yaml = "# é\na: old # why\nb: [1, 2]\nc:\n  - 'x'\n"
        let document = try YAMLDocument(Array(yaml.utf8), file: "t.yaml")
        let replaced = try document.replacing(["a": "new", "b": "[3]", "c[0]": "\"y\""])
        #expect(String(decoding: replaced, as: UTF8.self) == "# é\na: new # why\nb: [3]\nc:\n  - \"y\"\n")
        #expect(throws: YAMLError.self) { try document.replacing(["d": "1"]) }
        #expect(throws: YAMLError.self) { try document.replacing(["b": "1", "b[0]": "2"]) }
    }

    @Test func `a flipped bit anywhere never traps`() {
        let yaml = Array("a: {b: [1, 'x', \"y\"]}\nc:\n  - d: |\n      e\n  - f\n".utf8)
        for index in yaml.indices {
            for bit in 0..<8 {
                var bytes = yaml
                bytes[index] ^= 1 << bit
                _ = sentence(bytes)
            }
        }
    }

    private func sentence(_ bytes: [UInt8]) -> String? {
        do throws(YAMLError) {
            _ = try YAMLDocument(bytes, file: "t.yaml")
            return nil
        } catch {
            return error.description
        }
    }
}
