import Groundwork
import Testing

/// RFC 8785, both ways: what it writes is accepted, everything else is refused.
struct CanonicalJSONTests {
    @Test(arguments: [
        #"{}"#, #"[]"#, #""""#, "true", "false", "0", "-1", "9007199254740991", "-9007199254740991",
        #"{"a":1,"b":[true,false,{"c":"d"}]}"#, #"{"":1}"#, #"{"a":1,"a ":2,"aa":3}"#,
        #""\b\t\n\f\r\"\\\u0000\u000b\u001f""#, "\"\u{7f}/é€😀\u{2028}\"",
        // RFC 8785 section 3.2.3, its own example of order by UTF-16 code units (the emoji before U+FB33).
        "{\"\\r\":1,\"1\":2,\"\u{80}\":3,\"ö\":4,\"€\":5,\"😀\":6,\"\u{fb33}\":7}",
        // Escaped controls sort as the characters they are, not as the backslash that they are written with.
        #"{"\n":1,"\r":2," ":3,"\"":4,"A":5,"\\":6,"a":7}"#, #"{"a\u0000":1,"a\n":2,"a\r":3,"aA":4}"#,
        #"{"\t":1,"\ta":2,"\n":3}"#,
    ])
    func canonicalTextComesBackByteForByte(text: String) throws {
        let value = try JSONValue(canonical: Array(text.utf8))
        #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == text)
        #expect(value.canonicalBytes == Array(text.utf8))
    }

    @Test(arguments: [
        ("", 0, "missing"), (" 1", 0, "white space"), ("1 ", 1, "follow"), ("1\n", 1, "follow"), ("{ }", 1, "name"),
        ("null", 0, "null"), (#"{"a":null}"#, 5, "null"), ("tru", 3, "expected true"), ("True", 0, "begins"),
        ("-0", 0, "minus zero"), ("00", 0, "leading zero"), ("-01", 0, "leading zero"), ("+1", 0, "begins"),
        ("1.0", 1, "fractions"), ("1e3", 1, "fractions"), ("1E3", 1, "fractions"), ("-", 1, "digit"),
        ("9007199254740992", 0, "2^53"), ("-9007199254740992", 0, "2^53"), ("99999999999999999999", 0, "2^53"),
        (#"{"b":1,"a":2}"#, 7, "order"), (#"{"a":1,"a":2}"#, 7, "twice"), (#"{"aa":1,"a":2}"#, 8, "order"),
        (#"{"a":1,}"#, 7, "name"), (#"[1,]"#, 3, "begins"), (#"[1"#, 2, "expected"), (#"{"a"1}"#, 4, "expected"),
        (#"{"a":1"#, 6, "expected"), (#"[1}"#, 2, "expected"), (#"{a:1}"#, 1, "name"), (#"{"a":1 }"#, 6, "expected"),
        (#""\/""#, 1, "escape"), (#""\u0041""#, 1, "escape"), (#""\u000a""#, 1, "escape"), (#""\u000B""#, 1, "escape"),
        (#""\u001""#, 1, "escape"), (#""\ud83d\ude00""#, 1, "escape"), (#""\x""#, 1, "escape"), (#""\"#, 1, "escape"),
        (#""abc"#, 0, "not closed"), (#""a\n"#, 0, "not closed"), ("\"a\tb\"", 2, "control"),
        ("\"\\\\\u{0}\"", 3, "control"), ("{\"\u{fb33}\":1,\"😀\":2}", 9, "order"),
        (#"{"\r":1,"\n":2}"#, 8, "order"), (#"{"A":1,"\n":2}"#, 7, "order"), (#"{"\\":1,"\"":2}"#, 8, "order"),
        (#"{"\n":1,"\n":2}"#, 8, "twice"), ("{\"e\u{301}\":1,\"\u{e9}\":2}", 9, "normalisation"),
    ])
    func everythingElseIsRefusedWithItsPlace(text: String, offset: Int, reason: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(canonical: Array(text.utf8)) }
        #expect(error?.offset == offset, "\(text): \(String(describing: error))")
        #expect(error?.reason.contains(reason) == true, "\(text): \(String(describing: error))")
    }

    @Test(arguments: [
        [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80],
    ] as [[UInt8]])
    func invalidUTF8IsRefused(content: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONError.self) { try JSONValue(canonical: [quote] + content + [quote]) }
        #expect(throws: JSONError.self) {
            try JSONValue(canonical: [quote] + Array(#"\n"#.utf8) + content + [quote])
        }
    }

    @Test func nestingIsLimited() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONValue(canonical: nested(32))
        #expect(throws: JSONError.self) { try JSONValue(canonical: nested(33)) }
        #expect(throws: JSONError.self) { try JSONValue(canonical: nested(100_000)) }
        _ = try JSONValue(canonical: nested(3), maximumDepth: 3)
        #expect(throws: JSONError.self) { try JSONValue(canonical: nested(4), maximumDepth: 3) }
    }

    @Test func aChangedByteNeverDecodesToTheSameValue() throws {
        let text = Array(#"{"event":"signed","index":17,"list":["a\n","é",true,-4],"time":"2027-03-02"}"#.utf8)
        let value = try JSONValue(canonical: text)
        for position in text.indices {
            for bit in 0..<8 {
                var changed = text
                changed[position] ^= 1 << bit
                guard let other = try? JSONValue(canonical: changed) else { continue }
                #expect(other != value)
                #expect(other.canonicalBytes == changed)
            }
        }
    }

    @Test func equalityIsThatOfTheBytes() {
        #expect(JSONValue.string("\u{e9}") != JSONValue.string("e\u{301}"))
        #expect(JSONValue.object(["\u{e9}": 1]) != JSONValue.object(["e\u{301}": 1]))
        #expect(JSONValue.object(["a": 1, "b": [true]]) == JSONValue.object(["b": [true], "a": 1]))
        #expect(JSONValue.integer(1) != JSONValue.boolean(true))
    }

    @Test func prettyPrintingIsForPeople() {
        let value: JSONValue = ["b": [1, 2], "a": [:], "c": "x\n"]
        #expect(value.prettyPrinted == "{\n  \"a\": {},\n  \"b\": [\n    1,\n    2\n  ],\n  \"c\": \"x\\n\"\n}")
    }
}
