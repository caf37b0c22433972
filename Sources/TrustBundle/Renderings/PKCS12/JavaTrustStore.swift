import Crypto
import Groundwork
import PKIX

/// A truststore for Java: PKCS #12 (RFC 7292) with the anchors as certificate bags, not encrypted, and a MAC under the
/// customary password `changeit`.
///
/// The password is public, so the MAC protects nothing: it is there because Java wants one. What protects the file is
/// its digest in the signed bundle. The MAC's salt is the contents digest, so that the same contents give the same file.
///
///     PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, macData MacData }
///     MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER }
///     SafeBag ::= SEQUENCE { bagId OBJECT IDENTIFIER, bagValue [0] EXPLICIT ANY, bagAttributes SET OF Attribute }
public struct JavaTrustStore: Rendering {
    public static let password = "changeit"
    private static let iterations: UInt16 = 10_000

    public init() {}

    public func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile] {
        guard let names = Identifiers() else {
            throw BundleError(.renderings, "An object identifier of PKCS #12 is malformed.")
        }
        let bags = contents.anchors.map { Self.bag($0, names) }
        let safe = PKCS12DER.sequence([Self.data(PKCS12DER.sequence(bags), names)])
        let store = PKCS12DER.sequence([
            PKCS12DER.integer(3), Self.data(safe, names),
            Self.authentication(of: safe, salt: contents.contentsDigest.bytes, names),
        ])
        return [RenderedFile(path: "java/truststore.p12", bytes: store)]
    }

    private struct Identifiers {
        let data, certBag, x509Certificate, friendlyName, trustedKeyUsage, anyExtendedKeyUsage, sha256: OID

        init?() {
            guard let data = OID("1.2.840.113549.1.7.1"), let certBag = OID("1.2.840.113549.1.12.10.1.3"),
                let x509Certificate = OID("1.2.840.113549.1.9.22.1"), let friendlyName = OID("1.2.840.113549.1.9.20"),
                // Oracle's: a certificate bag with this attribute is a trusted certificate to Java.
                let trustedKeyUsage = OID("2.16.840.1.113894.746875.1.1"),
                let anyExtendedKeyUsage = OID("2.5.29.37.0"), let sha256 = OID("2.16.840.1.101.3.4.2.1")
            else { return nil }
            (self.data, self.certBag, self.x509Certificate, self.friendlyName, self.trustedKeyUsage) =
                (data, certBag, x509Certificate, friendlyName, trustedKeyUsage)
            (self.anyExtendedKeyUsage, self.sha256) = (anyExtendedKeyUsage, sha256)
        }
    }

    private static func bag(_ anchor: NamedCertificate, _ names: Identifiers) -> [UInt8] {
        let certificate = PKCS12DER.sequence([
            PKCS12DER.identifier(names.x509Certificate), PKCS12DER.explicit(PKCS12DER.octetString(anchor.derBytes)),
        ])
        let attributes = [
            (names.friendlyName, PKCS12DER.bmpString(anchor.fileName)),
            (names.trustedKeyUsage, PKCS12DER.identifier(names.anyExtendedKeyUsage)),
        ].map { PKCS12DER.sequence([PKCS12DER.identifier($0), PKCS12DER.set([$1])]) }
        return PKCS12DER.sequence([
            PKCS12DER.identifier(names.certBag), PKCS12DER.explicit(certificate), PKCS12DER.set(attributes),
        ])
    }

    /// ContentInfo of type data.
    private static func data(_ content: [UInt8], _ names: Identifiers) -> [UInt8] {
        PKCS12DER.sequence([
            PKCS12DER.identifier(names.data), PKCS12DER.explicit(PKCS12DER.octetString(content)),
        ])
    }

    private static func authentication(of safe: [UInt8], salt: [UInt8], _ names: Identifiers) -> [UInt8] {
        let key = PKCS12Key.make(password: password, salt: salt, iterations: Int(iterations))
        let code = HMAC<SHA256>.authenticationCode(for: safe, using: SymmetricKey(data: key))
        let algorithm = PKCS12DER.sequence([PKCS12DER.identifier(names.sha256), PKCS12DER.null])
        return PKCS12DER.sequence([
            PKCS12DER.sequence([algorithm, PKCS12DER.octetString(Array(code))]), PKCS12DER.octetString(salt),
            PKCS12DER.integer(iterations),
        ])
    }
}
