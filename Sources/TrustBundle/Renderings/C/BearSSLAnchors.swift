import CryptoExtras
import PKIX

/// Anchors as BearSSL's `br_x509_trust_anchor`, the same in effect as `brssl ta` makes: name, CA flag and key.
///
/// BearSSL reads no CRLs, so the deny list is here as a function.
public struct BearSSLAnchors: Rendering {
    public init() {}

    public func holds(_ kind: KeyKind) -> Bool { kind != .ed25519 }

    private static let prefix = "anchorite_bearssl"

    public func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile] {
        let count = "\(Self.prefix)_anchor_count".uppercased()
        let denied = CDenyList(function: "\(Self.prefix)_denies", entries: contents.denyList)
        var arrays = "", rows = ""
        for (index, anchor) in contents.anchors.enumerated() {
            let certificate = try anchor.certificate()
            let key = try Self.key(anchor)
            let array = { (field: String) in "\(Self.prefix)_anchor_\(index)_\(field)" }
            let pointer = { (field: String) in "(unsigned char *)\(array(field)), sizeof \(array(field))" }

            arrays += "/* \(try anchor.titleInC) */\n"
            for (field, bytes) in [("dn", certificate.tbs.subject.derBytes)] + key.fields {
                arrays += CArray.definition("static const unsigned char \(array(field))[]", bytes) + "\n"
            }
            let parts = ([key.curve].compactMap(\.self) + key.fields.map { pointer($0.name) }).joined(separator: ", ")
            let isCA = (try? certificate.tbs.basicConstraints)?.isCA == true
            rows += """
                    {
                        {\(pointer("dn"))},
                        \(isCA ? "BR_X509_TA_CA" : "0"),
                        {\(key.type), {.\(key.member) = {\(parts)}}},
                    },

                """
        }
        return try CRendering(
            name: "anchorite_anchors_bearssl", contents: contents, purpose: "Trust anchors for BearSSL: names and keys."
        ).files(
            includes: ["stddef.h", "bearssl.h"], symbols: ["\(Self.prefix)_anchors", denied.function],
            declarations: """
                #define \(count) \(contents.anchors.count)
                extern const br_x509_trust_anchor \(Self.prefix)_anchors[\(count)];

                \(denied.declaration)
                """,
            definitions: """
                #include <string.h>

                \(arrays)const br_x509_trust_anchor \(Self.prefix)_anchors[\(count)] = {
                \(rows)};

                \(try denied.definition)
                """)
    }

    /// How BearSSL has a key: the enumerator, the member of the union, and its byte arrays.
    private struct Key {
        let type: String
        let member: String
        var curve: String?
        let fields: [(name: String, bytes: [UInt8])]
    }

    private static func key(_ anchor: NamedCertificate) throws(BundleError) -> Key {
        let key = try anchor.publicKey()
        switch key.kind {
        case .ecP256, .ecP384:
            return Key(
                type: "BR_KEYTYPE_EC", member: "ec",
                curve: key.kind == .ecP256 ? "BR_EC_secp256r1" : "BR_EC_secp384r1",
                fields: [("ec_q", key.subjectPublicKey)])
        case .rsa3072, .rsa4096:
            guard let numbers = try? _RSA.Signing.PublicKey(derRepresentation: key.derBytes).getKeyPrimitives() else {
                throw BundleError(.renderings, "The RSA key of \(anchor.fileName) cannot be read.")
            }
            return Key(
                type: "BR_KEYTYPE_RSA", member: "rsa",
                fields: [
                    ("rsa_n", Array(numbers.modulus.drop { $0 == 0 })),
                    ("rsa_e", Array(numbers.publicExponent.drop { $0 == 0 })),
                ])
        case .ed25519:
            throw BundleError(
                .renderings, "BearSSL has no Ed25519, which is the key of \(anchor.fileName).",
                advice: "Leave the rendering bearssl out.")
        }
    }
}
