import Crypto
import Foundation
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

/// A bundle that was made once and is kept in `Golden`: `bundle.hex`, its anchor `anchor.hex`, and `bundle.diag`, which
/// shows it in CBOR's diagnostic notation. A change of the format shows as a change of these files.
///
/// To make them anew: `ANCHORITE_MAKE_GOLDEN=1 swift test --filter GoldenBundleTests`.
@Suite(.serialized) struct GoldenBundleTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    private static func read(_ name: String) throws -> [UInt8] {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        return try #require(Hex.decode(text.filter { !$0.isWhitespace }))
    }

    private static func write(_ bytes: [UInt8], _ name: String) throws {
        let digits = Array(Hex.encode(bytes))
        let lines = stride(from: 0, to: digits.count, by: 96).map { String(digits[$0..<min($0 + 96, digits.count)]) }
        try (lines.joined(separator: "\n") + "\n").write(
            to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    private static func payload(root: Certificate) throws -> BundlePayload {
        let identifier = try root.tbs.subjectKeyIdentifier ?? []
        var payload = BundlePayload(
            storeID: "acme/factory-trust", environment: "production", sequence: 2,
            issued: Timestamp(rfc3339: "2027-03-02T10:00:00Z")!, expires: Timestamp(rfc3339: "2028-03-02T10:00:00Z")!,
            anchors: [BundleAnchor(bytes: root.derBytes, title: "Acme Device Root G1")],
            minimumCRLNumbers: [
                MinimumCRLNumber(issuerKeyIdentifier: identifier, number: 2, sha256: Digest(of: Array("crl".utf8)))
            ],
            nextRootHash: Digest(of: Array("next root".utf8)), previousPayload: Digest(of: Array("first".utf8)),
            denyList: [DeniedCertificate(issuerKeyIdentifier: identifier, serial: [0x4a, 0x11, 0x02])])
        let contents = try BundleContents(
            payload, anchors: [NamedCertificate(fileName: "root-g1", derBytes: root.derBytes)])
        payload.renderings = try Renderings.render(contents).map(\.reference)
        return payload
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["ANCHORITE_MAKE_GOLDEN"] != nil, "makes the golden files"))
    func `the golden files are made anew`() throws {
        let hierarchy = try Hierarchy(
            rootKey: P384.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 0x11, count: 48)),
            signerKey: P256.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 0x22, count: 32)))
        let bundle = try hierarchy.bundle(Self.payload(root: hierarchy.root))
        try Self.write(hierarchy.root.derBytes, "anchor.hex")
        try Self.write(bundle.encoded, "bundle.hex")
        try bundle.diagnostic.write(to: Self.folder.appending(path: "bundle.diag"), atomically: true, encoding: .utf8)
    }

    @Test func `the golden bundle is accepted, and says what it said`() throws {
        let root = try Certificate(derEncoded: Self.read("anchor.hex"))
        let encoded = try Self.read("bundle.hex")
        let verifier = BundleVerifier(
            anchors: [root], storeID: "acme/factory-trust", environment: "production", minimumSequence: 2,
            previousPayload: Digest(of: Array("first".utf8)), clock: Timestamp(rfc3339: "2027-06-01T00:00:00Z"))
        let verified = try verifier.verify(encoded)
        #expect(verified.payload == (try Self.payload(root: root)))
        #expect(verified.warnings.isEmpty)
        let diagnostic = try String(contentsOf: Self.folder.appending(path: "bundle.diag"), encoding: .utf8)
        #expect(verified.bundle.diagnostic == diagnostic)
    }

    @Test func `the golden payload and signature make the golden bundle again`() throws {
        let bundle = try SignedBundle(encoded: Self.read("bundle.hex"))
        let root = try Certificate(derEncoded: Self.read("anchor.hex"))
        let unsigned = try UnsignedBundle(payload: Self.payload(root: root), signers: [bundle.signatures[0].signer])
        #expect(try unsigned.assemble(rawSignatures: [bundle.signatures[0].rawSignature]) == bundle)
    }
}
