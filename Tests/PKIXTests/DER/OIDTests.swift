import PKIX
import Testing

struct OIDTests {
    @Test(arguments: [
        ("1.2.840.113549", "2a 86 48 86 f7 0d"), ("2.5.29.35", "55 1d 23"), ("0.9.2342", "09 92 26"),
        ("2.999.3", "88 37 03"), ("1.3.6.1.4.1.37244.2.1", "2b 06 01 04 01 82 a2 7c 02 01"),
        (
            "2.25.340282366920938463463374607431768211455",
            "69 83 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 7f"
        ),
    ])
    func `dotted notation and DER name the same identifier`(dotted: String, hex: String) throws {
        let oid = try #require(OID(dotted))
        #expect(oid.contents == (try bytes(hex: hex)))
        #expect(oid.description == dotted)
        #expect(OID(contents: oid.contents) == oid)
    }

    @Test(arguments: [
        "", "1", "1.", ".1", "1..2", "3.1", "1.40", "0.40", "1.2.03", "1.2.-3", "1.2.+3", "1.2.x", "1.2. 3",
        "2.340282366920938463463374607431768211456", "1.2.340282366920938463463374607431768211456",
    ])
    func `what is not dotted notation is refused`(dotted: String) { #expect(OID(dotted) == nil) }

    @Test(arguments: ["", "80", "2a 80", "2a 80 01", "80 01", "2a 86"])
    func `contents that are not minimal or not complete are refused`(hex: String) throws {
        #expect(OID(contents: try bytes(hex: hex)) == nil)
    }

    @Test func `an arc of more than 128 bits is refused`() {
        #expect(OID(contents: [0x69] + [UInt8](repeating: 0xFF, count: 19) + [0x7F]) == nil)
    }
}
