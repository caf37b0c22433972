import Foundation
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

/// What the forms hold that no stack is asked about, and what cannot be rendered.
@Suite struct FormatTests {
    private func file(_ rendering: any Rendering, _ contents: BundleContents) throws -> [UInt8] {
        try #require(try rendering.files(for: contents).first).bytes
    }

    /// The lengths and first bytes are those of another program's bundle of two roots with these names.
    @Test func `both layouts of ESP-IDF are sorted by subject, with offsets or a count before`() throws {
        let contents = try RenderingFixture.roots(["Device Root G2", "Device Root"]).contents
        let new = try file(ESPCertificateBundle(.v5_4), contents)
        let old = try file(ESPCertificateBundle(.legacy), contents)
        #expect(new.count == 279 && old.count == 273)
        #expect(Hex.encode(new.prefix(16)) == "080000008e00000027005b003025310d")
        #expect(Hex.encode(old.prefix(10)) == "00020027005b3025310d")
        // The same entries in both.
        #expect(new[12..<142] == old[6..<136] && new[146...] == old[140...])
    }

    @Test func `BUNDLE-RENDERINGS: two anchors of one subject are refused for ESP-IDF`() throws {
        var contents = try RenderingFixture.roots(["Device Root", "Device Root"]).contents
        contents.anchors[1].fileName = "other"
        for layout in ESPCertificateBundle.Layout.allCases {
            #expect(refusal { _ = try ESPCertificateBundle(layout).files(for: contents) } == .renderings)
        }
    }

    @Test func `a UEFI list has sizes that fit, and an owner made of the store's id`() throws {
        var contents = try RenderingFixture.roots(["Device Root G1", "Device Root G2"]).contents
        let bytes = try file(UEFISignatureLists(), contents)
        var rest = bytes[...]
        for anchor in contents.anchors {
            let sizes = [16, 20, 24].map { at in
                (0..<4).reduce(0) { $0 | Int(rest[rest.startIndex + at + $1]) << (8 * $1) }
            }
            #expect(sizes == [anchor.derBytes.count + 44, 0, anchor.derBytes.count + 16])
            #expect(Array(rest.dropFirst(44).prefix(anchor.derBytes.count)) == anchor.derBytes)
            #expect(Array(rest.dropFirst(28).prefix(16)) == UEFISignatureLists.owner(contents.storeID))
            rest = rest.dropFirst(sizes[0])
        }
        #expect(rest.isEmpty)
        contents.storeID = "acme/other"
        #expect(try file(UEFISignatureLists(), contents) != bytes)
    }

    @Test func `Matter's revocation set names issuers of the bundle, with serials as its tools write them`() throws {
        var contents = try RenderingFixture.roots(["Acme PAA"]).contents
        let anchor = try Certificate(derEncoded: contents.anchors[0].derBytes)
        let identifier = try #require(try anchor.tbs.subjectKeyIdentifier)
        contents.denyList = [
            DeniedCertificate(issuerKeyIdentifier: identifier, serial: [0x00, 0xab, 0x01]),
            DeniedCertificate(issuerKeyIdentifier: [1, 2, 3], serial: [0x05]),
        ]
        let files = try MatterFiles().files(for: contents)
        #expect(files.map(\.path) == ["matter/paa/acme-paa.der", "matter/revocation-set.json"])
        #expect(files[0].bytes == anchor.derBytes)
        let sets = try #require(
            try JSONSerialization.jsonObject(with: Data(files[1].bytes)) as? [[String: Any]])
        #expect(sets.count == 1)
        #expect(sets[0]["type"] as? String == "revocation_set")
        #expect(sets[0]["revoked_serial_numbers"] as? [String] == ["AB01"])
        #expect(sets[0]["issuer_subject_key_id"] as? String == Hex.encode(identifier).uppercased())
        #expect(sets[0]["issuer_name"] as? String == Base64.encode(anchor.tbs.subject.derBytes))
        #expect(sets[0]["crl_signer_cert"] as? String == Base64.encode(anchor.derBytes))
        contents.denyList = []
        #expect(try MatterFiles().files(for: contents)[1].bytes == Array("[]\n".utf8))
    }

    @Test func `BUNDLE-RENDERINGS: an anchor of P-384 is no PAA of Matter`() throws {
        let contents = try RenderingFixture.golden().contents
        #expect(refusal { _ = try MatterFiles().files(for: contents) } == .renderings)
    }

    @Test func `BUNDLE-RENDERINGS: C knows three environments and no two anchors of one name`() throws {
        let renderings: [any Rendering] = [
            DERArrays(.mbedtls), DERArrays(.wolfssl), BearSSLAnchors(), MCUbootKeys(),
        ]
        var contents = try RenderingFixture.roots(["Root"]).contents
        contents.environment = "prod"
        for rendering in renderings {
            #expect(refusal { _ = try rendering.files(for: contents) } == .renderings)
        }
        let twice = try RenderingFixture.roots(["Root G1", "Root-G1"]).contents
        #expect(refusal { _ = try DERArrays(.mbedtls).files(for: twice) } == .renderings)
    }

    @Test func `BUNDLE-RENDERINGS: what is no certificate is not rendered from`() throws {
        var contents = try RenderingFixture.roots(["Root"]).contents
        contents.anchors[0].derBytes.removeLast()
        let renderings: [any Rendering] = [
            DERArrays(.mbedtls), BearSSLAnchors(), MCUbootKeys(), ESPCertificateBundle(.v5_4), MatterFiles(),
        ]
        for rendering in renderings {
            #expect(refusal { _ = try rendering.files(for: contents) } == .renderings)
        }
    }

    @Test func `text in C sources can end neither a comment nor a literal`() {
        #expect(CIdentifier.comment("a*/ #error \\\n\"x\"") == "a./ .error ...x.")
        #expect(CIdentifier.literal("a\"\\\n1\u{e9}?") == #""a\042\134\0121\303\251\077""#)
        #expect(CIdentifier.part("acme-root.g1") == "acme_root_g1")
    }
}
