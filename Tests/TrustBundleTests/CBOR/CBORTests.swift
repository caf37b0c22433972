import Groundwork
import Testing

@testable import TrustBundle

@Suite struct CBORTests {
    /// RFC 8949 appendix A, as far as it concerns deterministic encodings of the supported types.
    static let examples: [(CBORValue, String, String)] = [
        (0, "00", "0"), (10, "0a", "10"), (23, "17", "23"), (24, "1818", "24"), (25, "1819", "25"),
        (100, "1864", "100"), (1000, "1903e8", "1000"), (1_000_000, "1a000f4240", "1000000"),
        (1_000_000_000_000, "1b000000e8d4a51000", "1000000000000"),
        (.unsigned(.max), "1bffffffffffffffff", "18446744073709551615"),
        (.negative(.max), "3bffffffffffffffff", "-18446744073709551616"), (-1, "20", "-1"), (-10, "29", "-10"),
        (-100, "3863", "-100"), (-1000, "3903e7", "-1000"),
        (.integer(.min), "3b7fffffffffffffff", "-9223372036854775808"),
        (.boolean(false), "f4", "false"), (.boolean(true), "f5", "true"), (.null, "f6", "null"),
        (.tagged(1, 1_363_896_240), "c11a514b67b0", "1(1363896240)"), (.bytes([]), "40", "h''"),
        (.bytes([1, 2, 3, 4]), "4401020304", "h'01020304'"), ("", "60", "\"\""), ("IETF", "6449455446", "\"IETF\""),
        ("\"\\", "62225c", "\"\\\"\\\\\""), ("\u{fc}", "62c3bc", "\"\u{fc}\""),
        ("\u{6c34}", "63e6b0b4", "\"\u{6c34}\""),
        ([], "80", "[]"), ([1, 2, 3], "83010203", "[\n    1,\n    2,\n    3\n]"),
        (.map([:]), "a0", "{}"), (.map([1: 2, 3: 4]), "a201020304", "{\n    1: 2,\n    3: 4\n}"),
        (
            .map(["a": 1, "b": [2, 3]]), "a26161016162820203",
            "{\n    \"a\": 1,\n    \"b\": [\n        2,\n        3\n    ]\n}"
        ),
    ]

    @Test func `values encode as RFC 8949 has it, and are read and shown again`() throws {
        for (value, hex, diagnostic) in Self.examples {
            #expect(Hex.encode(value.encoded) == hex)
            let bytes = try #require(Hex.decode(hex))
            #expect(try CBORValue(deterministic: bytes) == value)
            #expect(value.diagnostic() == diagnostic)
        }
    }

    @Test func `map keys stand in the bytewise order of their encodings`() throws {
        // The example of RFC 8949 section 4.2.1.
        let keys: [CBORValue] = [10, 100, -1, "z", "aa", [100], [-1], .boolean(false)]
        let value = CBORValue.map(Dictionary(uniqueKeysWithValues: keys.shuffled().map { ($0, 0) }))
        let expected = "a8" + ["0a", "1864", "20", "617a", "626161", "811864", "8120", "f4"].map { $0 + "00" }.joined()
        #expect(Hex.encode(value.encoded) == expected)
        #expect(try CBORValue(deterministic: value.encoded) == value)
    }

    @Test(arguments: [
        ("", "ends where an item"), ("1800", "shortest"), ("1817", "shortest"), ("190018", "shortest"),
        ("1900ff", "shortest"), ("1a0000ffff", "shortest"), ("1b00000000ffffffff", "shortest"), ("3800", "shortest"),
        ("5800", "shortest"), ("7801", "shortest"), ("980101", "shortest"), ("b8010101", "shortest"),
        ("d81200", "shortest"), ("18", "within a number"), ("19ff", "within a number"), ("1bff", "within a number"),
        ("5f4101ff", "indefinite"), ("9f01ff", "indefinite"), ("bf0101ff", "indefinite"), ("7f6161ff", "indefinite"),
        ("ff", "indefinite"), ("1c", "reserved"), ("1e", "reserved"), ("fc", "reserved"),
        ("a2010102", "ends where"), ("a20201010a", "out of order"), ("a201010101", "twice"),
        ("a2616201616101", "out of order"), ("a201012001ff", "follow"), ("0000", "1 bytes follow"),
        ("f97e00", "floating point"), ("fa7fc00000", "floating point"), ("fb7ff8000000000000", "floating point"),
        ("f818", "floating point or an unknown simple"), ("f0", "unknown simple"), ("f7", "unknown simple"),
        ("4401", "within a string"), ("6461", "within a string"), ("5bffffffffffffffff", "within a string"),
        ("61ff", "UTF-8"), ("62c080", "UTF-8"), ("63eda080", "UTF-8"),
        ("8202", "within an array"), ("9bffffffffffffffff", "within an array"),
        ("bb7fffffffffffffff", "within an array"), ("c1", "ends where"),
    ])
    func `other encodings are refused with the byte's offset`(hex: String, reason: String) throws {
        let bytes = try #require(Hex.decode(hex))
        let error = #expect(throws: CBORError.self) { try CBORValue(deterministic: bytes) }
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.contains("at byte") == true)
    }

    @Test func `two spellings of one text are not two keys`() throws {
        // é as one character and as two.
        let bytes: [UInt8] = [0xa2, 0x62, 0xc3, 0xa9, 0x01, 0x63, 0x65, 0xcc, 0x81, 0x02]
        let error = #expect(throws: CBORError.self) { try CBORValue(deterministic: bytes) }
        #expect(error?.reason == "a map key stands twice in two spellings")
    }

    @Test func `nesting has a limit`() throws {
        func nested(_ depth: Int) -> [UInt8] { [UInt8](repeating: 0x81, count: depth - 1) + [0x00] }
        #expect(throws: Never.self) { try CBORValue(deterministic: nested(16)) }
        #expect(throws: CBORError.self) { try CBORValue(deterministic: nested(17)) }
        #expect(throws: CBORError.self) { try CBORValue(deterministic: nested(100_000)) }
        #expect(throws: CBORError.self) {
            try CBORValue(deterministic: [UInt8](repeating: 0xc1, count: 100_000) + [0])
        }
        #expect(throws: CBORError.self) { try CBORValue(deterministic: nested(3), maximumDepth: 2) }
    }

    @Test func `whatever is accepted encodes to the same bytes`() throws {
        var generator = SystemRandomNumberGenerator()
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 1..<12)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            if Bool.random() { bytes[0] = [0x81, 0x82, 0xa1, 0xa2, 0x42, 0x62, 0xc1].randomElement() ?? 0 }
            guard let value = try? CBORValue(deterministic: bytes) else { continue }
            accepted += 1
            #expect(value.encoded == bytes)
        }
        #expect(accepted > 100)
    }

    @Test func `diagnostics hold nothing that could steer a terminal`() {
        #expect(CBORValue.text("\u{1b}[2J\u{202e}\n").diagnostic() == "\"\\u001b[2J\\u202e\\u000a\"")
        #expect(CBORValue.text("\u{e0001}").diagnostic() == "\"\\udb40\\udc01\"")
    }
}
