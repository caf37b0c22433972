import Crypto
import Groundwork
import PKIX
import TrustBundle

/// A root and its bundle signer, made anew or of fixed keys, with a certificate for whatever a test wants to go wrong.
struct Hierarchy {
    static let notBefore = Timestamp(rfc3339: "2027-01-01T00:00:00Z")!
    static let notAfter = Timestamp(rfc3339: "2037-01-01T00:00:00Z")!

    let rootKey: P384.Signing.PrivateKey
    let signerKey: P256.Signing.PrivateKey
    let root: Certificate
    let signer: Certificate

    init(
        rootKey: P384.Signing.PrivateKey = .init(), signerKey: P256.Signing.PrivateKey = .init(),
        rootName: String = "Acme Device Root G1"
    ) throws {
        self.rootKey = rootKey
        self.signerKey = signerKey
        root = try Self.certificate(
            subject: rootName, key: Array(rootKey.publicKey.derRepresentation), issuer: rootName,
            issuerKey: rootKey, serial: [0x11], extensions: Self.authorityExtensions())
        signer = try Self.certificate(
            subject: "Acme Bundle Signer G1", key: Array(signerKey.publicKey.derRepresentation), issuer: rootName,
            issuerKey: rootKey, serial: [0x12], extensions: Self.signerExtensions())
    }

    static func authorityExtensions(pathLength: Int? = nil) throws -> [CertificateExtension] {
        [
            try CertificateExtension(BasicConstraints(isCA: true, pathLength: pathLength)),
            try CertificateExtension(KeyUsage([.keyCertSign, .cRLSign])),
        ]
    }

    static func signerExtensions() throws -> [CertificateExtension] {
        [
            try CertificateExtension(BasicConstraints(isCA: false)),
            try CertificateExtension(KeyUsage.digitalSignature),
        ]
    }

    /// Key identifiers are added to `extensions`.
    static func certificate(
        subject: String, key: [UInt8], issuer: String, issuerKey: P384.Signing.PrivateKey, serial: [UInt8],
        extensions: [CertificateExtension], withKeyIdentifier: Bool = true,
        authority: SubjectPublicKeyInfo? = nil
    ) throws -> Certificate {
        let publicKey = try SubjectPublicKeyInfo(derEncoded: key)
        let authority = try authority ?? SubjectPublicKeyInfo(derEncoded: Array(issuerKey.publicKey.derRepresentation))
        var extensions = extensions
        if withKeyIdentifier {
            extensions.append(try CertificateExtension(SubjectKeyIdentifier(publicKey.keyIdentifier)))
        }
        extensions.append(try CertificateExtension(AuthorityKeyIdentifier(authority.keyIdentifier)))
        let algorithm = AlgorithmIdentifier(.ecdsaSHA384)
        let tbs = try TBSCertificate(
            serialNumber: serial, signature: algorithm, issuer: DistinguishedName([("O", "Acme"), ("CN", issuer)]),
            notBefore: notBefore.secondsSinceEpoch, notAfter: notAfter.secondsSinceEpoch,
            subject: DistinguishedName([("O", "Acme"), ("CN", subject)]), subjectPublicKeyInfo: key,
            extensions: extensions
        ).encode().bytes
        let signature = try issuerKey.signature(for: SHA384.hash(data: tbs))
        return try Certificate(
            derEncoded: Certificate.assemble(
                tbsBytes: tbs, algorithm: algorithm, signature: Array(signature.derRepresentation)))
    }

    /// A payload with one anchor, this root.
    func payload(sequence: UInt64 = 1) -> BundlePayload {
        BundlePayload(
            storeID: "acme/factory-trust", environment: "staging", sequence: sequence,
            issued: Timestamp(rfc3339: "2027-03-02T10:00:00Z")!, anchors: [BundleAnchor(bytes: root.derBytes)])
    }

    func sign(_ message: [UInt8]) throws -> [UInt8] {
        Array(try signerKey.signature(for: SHA256.hash(data: message)).derRepresentation)
    }

    func bundle(_ payload: BundlePayload, algorithm: COSEAlgorithm = .esp256) throws -> SignedBundle {
        let unsigned = try UnsignedBundle(payload: payload, signers: [signer], algorithm: algorithm)
        return try unsigned.assemble(signatures: [sign(unsigned.toBeSigned[0])])
    }

    /// A bundle by `certificate` and this hierarchy's signer key, without the checks of those who make bundles.
    func forgedBundle(
        _ payload: BundlePayload, signer certificate: Certificate, kid: [UInt8]? = nil
    ) throws -> [UInt8] {
        let kid = try kid ?? certificate.tbs.subjectKeyIdentifier ?? []
        let protected = CBORValue.map([
            1: -9, 3: .text(BundlePayload.contentType), 4: .bytes(kid), 33: .bytes(certificate.derBytes),
        ]).encoded
        let body = try payload.encoded()
        let message = CBORValue.array(["Signature1", .bytes(protected), .bytes([]), .bytes(body)]).encoded
        let signature = try signerKey.signature(for: SHA256.hash(data: message)).rawRepresentation
        return CBORValue.tagged(
            18, [.bytes(protected), .map([:]), .bytes(body), .bytes(Array(signature))]
        ).encoded
    }

    var verifier: BundleVerifier {
        BundleVerifier(anchors: [root], storeID: "acme/factory-trust", environment: "staging")
    }
}

/// The control that refuses, or nil when nothing does.
func refusal(_ body: () throws -> Void) -> BundleControl? {
    do {
        try body()
        return nil
    } catch {
        return (error as? BundleError)?.control
    }
}
