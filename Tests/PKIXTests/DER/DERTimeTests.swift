import Foundation
import PKIX
import Testing

struct DERTimeTests {
    private func text(_ seconds: Int64) throws -> String {
        let encoded = try DERTime.encode(seconds)
        return (encoded[0] == 0x17 ? "U " : "G ") + String(decoding: encoded.dropFirst(2), as: UTF8.self)
    }

    @Test(
        arguments: [
            (-631_152_000, "U 500101000000Z"), (-1, "U 691231235959Z"), (0, "U 700101000000Z"),
            (951_782_400, "U 000229000000Z"), (1_803_981_600, "U 270302100000Z"), (2_524_607_999, "U 491231235959Z"),
            (2_524_608_000, "G 20500101000000Z"), (4_107_542_400, "G 21000301000000Z"),
            (253_402_300_799, "G 99991231235959Z"),
        ] as [(Int64, String)])
    func `times are UTCTime through 2049 and GeneralizedTime from 2050`(seconds: Int64, expected: String) throws {
        #expect(try text(seconds) == expected)
    }

    @Test(arguments: [-631_152_001, 253_402_300_800, Int64.min, Int64.max])
    func `times outside 1950 to 9999 are refused`(seconds: Int64) {
        #expect(refusal { try DERTime.encode(seconds) }?.kind == .invalidValue)
    }

    @Test func `a time survives the way through a certificate`() async throws {
        let key = try await TestKey.make(.ed25519)
        for time in stride(from: Int64(-631_152_000), through: 253_402_300_799, by: 1_876_543_211) {
            var tbs = try Fixture.rootTBS(key.spki, .ed25519)
            tbs.notBefore = time
            tbs.notAfter = DERTime.noExpiration
            let read = try TBSCertificate(derEncoded: tbs.encode().bytes)
            #expect(read == tbs)
        }
    }

    /// Each replaces notBefore, 270302100000Z.
    @Test(arguments: [
        "270230100000Z", "271302100000Z", "270300100000Z", "270302240000Z", "270302106000Z", "270302100060Z",
        "270302100000 ", "27030210000+Z", "27030210000xZ", "270229100000Z", "2703021000000",
    ])
    func `a date that does not exist or has another form is refused`(text: String) async throws {
        let key = try await TestKey.make(.ed25519)
        var bytes = try Fixture.rootTBS(key.spki, .ed25519).encode().bytes
        let place = try #require(bytes.firstRange(of: Array("270302100000Z".utf8)))
        bytes.replaceSubrange(place, with: text.utf8)
        #expect(refusal { try TBSCertificate(derEncoded: bytes) }?.reason.contains("notBefore") == true)
    }
}
