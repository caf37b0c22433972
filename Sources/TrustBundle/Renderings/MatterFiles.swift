import Groundwork
import PKIX

/// What commissioners of Matter and their test tools read: a folder of PAA certificates in DER, and the revocation set
/// in the JSON of connectedhomeip's `generate_revocation_set.py`.
///
/// A PAA has a P-256 key; an anchor of another kind is refused. The revocation set holds what the deny list says of
/// issuers whose certificates are in the bundle: to any other, no chain leads from these PAAs.
public struct MatterFiles: Rendering {
    public init() {}

    public func holds(_ kind: KeyKind) -> Bool { kind == .ecP256 }

    public func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile] {
        var files: [RenderedFile] = []
        for anchor in contents.anchors {
            guard try anchor.publicKey().kind == .ecP256 else {
                throw BundleError(
                    .renderings, "The key of \(anchor.fileName) is not P-256, so it cannot be a PAA of Matter.",
                    advice: "Leave the rendering matter out, or make a root of ec-p256 for Matter.")
            }
            files.append(RenderedFile(path: "matter/paa/\(anchor.fileName).der", bytes: anchor.derBytes))
        }
        let set = JSONValue.array(try Self.revocations(contents))
        files.append(
            RenderedFile(path: "matter/revocation-set.json", bytes: Array((set.prettyPrinted + "\n").utf8)))
        return files
    }

    private static func revocations(_ contents: BundleContents) throws(BundleError) -> [JSONValue] {
        var entries: [JSONValue] = []
        for authority in contents.anchors + contents.intermediates {
            let certificate = try authority.certificate()
            guard let identifier = try? certificate.tbs.subjectKeyIdentifier else { continue }
            let serials = contents.denyList.filter { $0.issuerKeyIdentifier == identifier }.map {
                JSONValue.string(hexadecimal(Array($0.serial.drop { $0 == 0 })))
            }
            guard !serials.isEmpty else { continue }
            entries.append([
                "type": "revocation_set",
                "issuer_subject_key_id": .string(hexadecimal(identifier)),
                "issuer_name": .string(Base64.encode(certificate.tbs.subject.derBytes)),
                "revoked_serial_numbers": .array(serials),
                // The issuer signs its CRLs itself.
                "crl_signer_cert": .string(Base64.encode(authority.derBytes)),
            ])
        }
        return entries
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String { Hex.encode(bytes).uppercased() }
}
