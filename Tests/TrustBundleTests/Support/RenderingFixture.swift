import Crypto
import Foundation
import Groundwork
import PKIX
import TrustBundle

/// Contents to render: the golden root, which is of P-384, or certificates of P-256 made anew.
struct RenderingFixture {
    let contents: BundleContents

    /// Always the same: its renderings are kept in `Golden/renderings`.
    static func golden() throws -> RenderingFixture {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Golden/anchor.hex")
        let text = try String(contentsOf: url, encoding: .utf8)
        guard let root = Hex.decode(text.filter { !$0.isWhitespace }) else { throw CocoaError(.fileReadCorruptFile) }
        let issuer = try Certificate(derEncoded: root).tbs.subjectKeyIdentifier ?? []
        return RenderingFixture(
            contents: contents(
                [NamedCertificate(fileName: "root-g1", derBytes: root)],
                denied: [
                    DeniedCertificate(issuerKeyIdentifier: issuer, serial: [0x4a, 0x11, 0x02]),
                    DeniedCertificate(issuerKeyIdentifier: issuer, serial: [0x00, 0x91, 0x2f]),
                ]))
    }

    /// A certificate with a key of P-256 for each name.
    static func roots(_ names: [String], environment: String = "production") throws -> RenderingFixture {
        let issuer = P384.Signing.PrivateKey()
        let certificates = try names.enumerated().map { index, name in
            NamedCertificate(
                fileName: NamedCertificate.fileName(for: name),
                derBytes: try Hierarchy.certificate(
                    subject: name, key: Array(P256.Signing.PrivateKey().publicKey.derRepresentation), issuer: name,
                    issuerKey: issuer, serial: [UInt8(index + 1)], extensions: Hierarchy.authorityExtensions()
                ).derBytes)
        }
        return RenderingFixture(contents: contents(certificates, environment: environment))
    }

    private static func contents(
        _ anchors: [NamedCertificate], environment: String = "production", denied: [DeniedCertificate] = []
    ) -> BundleContents {
        BundleContents(
            anchors: anchors, storeID: "acme/factory-trust", environment: environment, sequence: 7,
            contentsDigest: Digest(of: Array("contents".utf8)), denyList: denied)
    }
}
