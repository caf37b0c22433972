import PKIX
import Testing

struct DistinguishedNameTests {
    @Test func `a name is encoded as RFC 5280 has it`() throws {
        let name = try DistinguishedName([("C", "DE"), ("O", "Acme"), ("OU", "shenzhen"), ("serialNumber", "7-1")])
        #expect(
            name.derBytes
                == (try bytes(
                    hex: """
                        30 3d  31 0b 30 09 06 03 550406 13 02 4445
                               31 0d 30 0b 06 03 55040a 0c 04 41636d65
                               31 11 30 0f 06 03 55040b 0c 08 7368656e7a68656e
                               31 0c 30 0a 06 03 550405 13 03 372d31
                        """)))
        #expect(name.description == "serialNumber=7-1,OU=shenzhen,O=Acme,C=DE")
        #expect(
            name.attributes.map(\.encodingName) == ["PrintableString", "UTF8String", "UTF8String", "PrintableString"])
        #expect(name.values(of: .organization) == ["Acme"])
        #expect(try DistinguishedName(derEncoded: name.derBytes) == name)
        #expect(try DistinguishedName(parsing: ["C=DE", "O=Acme", "OU=shenzhen", "serialNumber=7-1"]) == name)
    }

    @Test func `every named type and dotted types are taken`() throws {
        let name = try DistinguishedName([
            ("dc", "example"), ("C", "CN"), ("st", "广东"), ("L", "深圳"), ("o", "Acme"), ("ou", "line 4"), ("cn", "A=B"),
            ("serialnumber", "1"), ("EMAILADDRESS", "pki@acme.example"), ("1.3.6.1.4.1.37244.2.3", "FFF1"),
        ])
        #expect(name.attributes.count == 10)
        #expect(name.values(of: .locality) == ["深圳"])
        #expect(try DistinguishedName(derEncoded: name.derBytes) == name)
        #expect(name.description.hasPrefix("1.3.6.1.4.1.37244.2.3=FFF1,emailAddress=pki@acme.example"))
        #expect(try DistinguishedName(parsing: ["CN=A=B"]).values(of: .commonName) == ["A=B"])
    }

    @Test func `the empty name exists`() throws {
        #expect(try DistinguishedName([]).derBytes == [0x30, 0x00])
        #expect(try DistinguishedName(derEncoded: [0x30, 0x00]).isEmpty)
    }

    @Test(arguments: [
        ("C", "D"), ("C", "de"), ("C", "DEU"), ("CN", ""), ("CN", " a"), ("CN", "a "), ("CN", "a\u{0}b"),
        ("CN", "a\nb"), ("CN", "a\u{202E}b"), ("CN", "a\u{200B}b"), ("CN", "a\u{85}b"), ("CN", "a\u{2028}b"),
        ("CN", String(repeating: "x", count: 65)), ("O", String(repeating: "x", count: 65)),
        ("ST", String(repeating: "x", count: 129)), ("serialNumber", "a_b"), ("serialNumber", "ä"), ("DC", "ä"),
        ("emailAddress", String(repeating: "x", count: 256)), ("XX", "a"), ("1.2.", "a"), ("", "a"),
    ])
    func `a value that RFC 5280 forbids is refused`(type: String, value: String) {
        #expect(refusal { try DistinguishedName([(type, value)]) }?.kind == .invalidValue)
    }

    @Test func `the longest values are taken, counted in characters`() throws {
        let longest = String(repeating: "ü", count: 64)
        #expect(try DistinguishedName([("CN", longest)]).values(of: .commonName) == [longest])
    }

    @Test func `an attribute without an equals sign is refused`() {
        #expect(refusal { try DistinguishedName(parsing: ["CN"]) }?.reason.contains("no '='") == true)
    }

    @Test(arguments: [
        ("a,b", "CN=a\\,b"), ("#a", "CN=\\#a"), ("a#", "CN=a#"), ("a+b\"c\\d<e>f;g", "CN=a\\+b\\\"c\\\\d\\<e\\>f\\;g"),
        ("日本", "CN=日本"),
    ])
    func `special characters are escaped as RFC 4514 has it`(value: String, text: String) throws {
        #expect(try DistinguishedName([("CN", value)]).description == text)
    }

    @Test func `a foreign name cannot hide characters in its text`() throws {
        // Space, line feed, U+202E, x, delete, space.
        let der = try bytes(hex: "30 13 31 11 30 0f 06 03 550403 0c 08 20 0a e280ae 78 7f 20")
        #expect(try DistinguishedName(derEncoded: der).description == "CN=\\ \\0a\\e2\\80\\aex\\7f\\ ")
    }

    @Test func `a foreign name keeps what it has, and unknown strings are shown as DER`() throws {
        // OU as BMPString, and two attributes in one RelativeDistinguishedName.
        let bmp = try bytes(hex: "30 0f 31 0d 30 0b 06 03 55040b 1e 04 00410042")
        let name = try DistinguishedName(derEncoded: bmp)
        #expect(name.derBytes == bmp)
        #expect(name.description == "OU=#1e0400410042")
        let multi = try bytes(hex: "30 16 31 14 30 08 06 03 550403 0c 01 61 30 08 06 03 55040a 0c 01 62")
        #expect(try DistinguishedName(derEncoded: multi).description == "CN=a+O=b")
    }

    @Test(arguments: [
        "30 16 31 14 30 08 06 03 55040a 0c 01 62 30 08 06 03 550403 0c 01 61", "30 02 31 00",
        "30 0c 31 0a 30 08 06 03 550403 0c 02 61", "30 07 31 05 30 03 0c 01 61", "31 00",
        "30 0e 31 0c 30 0a 06 03 550403 0c 01 61 05 00",
    ])
    func `a name that is not DER is refused`(hex: String) throws {
        let der = try bytes(hex: hex)
        #expect(refusal { try DistinguishedName(derEncoded: der) }?.kind == .malformed)
    }
}
