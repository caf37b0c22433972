import PKIX
import Testing

/// The reader's rules, through the smallest structures that are public.
struct StrictnessTests {
    @Test(arguments: [
        ("30 80 06 03 2a 03 04 00 00", "indefinite length"), ("30 81 05 06 03 2a 03 04", "not minimal"),
        ("30 82 00 05 06 03 2a 03 04", "not minimal"), ("30 85 00 00 00 00 05 06 03 2a 03 04", "5 bytes"),
        ("30 06 06 03 2a 03 04", "says 6 bytes, of which 5 are there"), ("30 05 06 03 2a 03 04 00", "1 bytes follow"),
        ("30", "ends before its length"), ("30 82 01", "ends within its length"), ("", "is missing"),
        ("31 05 06 03 2a 03 04", "should be SEQUENCE, found SET"), ("3f 81 05 00", "tag 0x3f"),
        ("30 07 06 03 2a 03 04 05 00 00", "follow"), ("30 04 06 02 2a 80", "not a valid OBJECT IDENTIFIER"),
        ("30 09 06 03 2a 03 04 05 00 05 00", "2 bytes follow"), ("30 05 06 03 2a 03 04 30", "1 bytes follow"),
    ])
    func `what is not DER is refused with the reason`(hex: String, reason: String) throws {
        let input = try bytes(hex: hex)
        let error = try #require(refusal { try AlgorithmIdentifier(derEncoded: input) })
        #expect(error.reason.contains(reason), "\(error)")
        #expect(error.reason.contains("byte"), "\(error)")
    }

    @Test(arguments: ["30 05 06 03 2a 03 04", "30 07 06 03 2a 03 04 05 00"])
    func `DER is accepted`(hex: String) throws {
        let input = try bytes(hex: hex)
        let identifier = try AlgorithmIdentifier(derEncoded: input)
        #expect(identifier.derBytes == input)
        #expect(identifier.algorithm.description == "1.2.3.4")
    }

    @Test(arguments: [
        ("30 03 01 01 00", "the default"), ("30 03 01 01 01", "not a DER boolean"),
        ("30 02 01 00", "not a DER boolean"),
        ("30 07 01 01 ff 02 02 00 00", "not minimal"), ("30 05 01 01 ff 02 00", "empty INTEGER"),
        ("30 06 01 01 ff 02 01 80", "negative"), ("30 09 01 01 ff 02 01 00 02 01 00", "follow"),
    ])
    func `booleans, defaults and integers are strict`(hex: String, reason: String) throws {
        let input = try bytes(hex: hex)
        let error = try #require(refusal { try BasicConstraints(derEncoded: input) })
        #expect(error.reason.contains(reason), "\(error)")
    }

    @Test(arguments: ["03 01 00", "03 01 01", "03 02 00 06", "03 02 02 06", "03 03 07 06 00", "03 02 08 00", "03 00"])
    func `a key usage with bits that DER strips, or none, is refused`(hex: String) throws {
        let input = try bytes(hex: hex)
        #expect(refusal { try KeyUsage(derEncoded: input) } != nil)
    }

    @Test func `a key usage is accepted in its one form`() throws {
        #expect(try KeyUsage(derEncoded: [0x03, 0x02, 0x01, 0x06]) == [.keyCertSign, .cRLSign])
        #expect(try KeyUsage(derEncoded: [0x03, 0x03, 0x07, 0x00, 0x80]) == .decipherOnly)
    }
}
