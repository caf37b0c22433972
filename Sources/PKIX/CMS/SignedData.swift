import Crypto
import SwiftASN1

/// CMS SignedData with its content, as one ContentInfo: version 3, ECDSA with SHA-256, signers named by
/// subjectKeyIdentifier, with signed attributes, and their certificates.
///
///     ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
///     SignedData ::= SEQUENCE { version INTEGER, digestAlgorithms SET OF DigestAlgorithmIdentifier,
///         encapContentInfo SEQUENCE { eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING },
///         certificates [0] IMPLICIT CertificateSet OPTIONAL, signerInfos SET OF SignerInfo }
///     SignerInfo ::= SEQUENCE { version INTEGER, sid CHOICE { …, subjectKeyIdentifier [0] OCTET STRING },
///         digestAlgorithm DigestAlgorithmIdentifier, signedAttrs [0] IMPLICIT SignedAttributes,
///         signatureAlgorithm AlgorithmIdentifier, signature OCTET STRING }
///
/// RFC 5652 section 5; the algorithms RFC 5754. CMS leaves much to choose; this is one choice, and what is read must be
/// that choice to the byte.
public struct SignedData: Hashable, Sendable {
    /// One who signed.
    public struct Signer: Hashable, Sendable {
        public let certificate: Certificate
        /// The DER of `SEQUENCE { r, s }`.
        public let signature: [UInt8]

        public init(certificate: Certificate, signature: [UInt8]) {
            self.certificate = certificate
            self.signature = signature
        }
    }

    public let contentType: OID
    public let content: [UInt8]
    public let attributes: SignedAttributes
    /// In the order of their encodings, which DER demands.
    public let signers: [Signer]
    /// The file's content.
    public let derBytes: [UInt8]

    static let identifier = OID(1, 2, 840, 113549, 1, 7, 2)
    static let digestAlgorithm = AlgorithmIdentifier(.sha256)
    private static let version: UInt64 = 3
    /// The DER of an ECDSA signature on P-256 has at most this many bytes.
    public static let maximumSignatureByteCount = 72

    /// Puts signatures over the attributes' ``SignedAttributes/derBytes`` around the content. They are not verified.
    /// Throws `invalidValue` for a signer without subjectKeyIdentifier.
    public init(content: [UInt8], attributes: SignedAttributes, signers: [Signer]) throws(PKIXError) {
        contentType = attributes.contentType
        self.content = content
        self.attributes = attributes
        var infos: [(der: [UInt8], signer: Signer)] = []
        for signer in signers { infos.append((try Self.signerInfo(signer, attributes), signer)) }
        infos.sort { $0.der.lexicographicallyPrecedes($1.der) }
        self.signers = infos.map(\.signer)
        derBytes = Self.encode(content, attributes.contentType, signers.map(\.certificate.derBytes), infos.map(\.der))
    }

    /// Reads exactly one. The signatures are not verified.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var data = try Self.signedData(derEncoded)
        guard try data.readInteger("version") == Self.version else { throw data.unsupported("the version is not 3") }
        _ = try data.enter(DERTag.set, "digestAlgorithms")
        var encapsulated = try data.enter(DERTag.sequence, "encapContentInfo")
        let contentType = try encapsulated.readOID("eContentType")
        var explicit = try encapsulated.enter(DERTag.contextConstructed(0), "eContent")
        let content = try explicit.readOctetString("eContent")
        let certificates = try Self.certificates(data.enter(DERTag.contextConstructed(0), "certificates"))
        var infos = try data.enter(DERTag.set, "signerInfos")
        var (attributes, signers): (SignedAttributes?, [Signer]) = (nil, [])
        while !infos.isAtEnd {
            let (found, signer) = try Self.signerInfo(&infos, certificates)
            guard attributes == nil || attributes == found else {
                throw infos.unsupported("the signers have different attributes")
            }
            attributes = found
            signers.append(signer)
        }
        guard let attributes, attributes.contentType == contentType else {
            throw infos.error("no signer says that the content is a \(contentType)")
        }
        try self.init(content: content, attributes: attributes, signers: signers)
        // Every other field has one value, and every order is DER's.
        guard derBytes == derEncoded else {
            throw PKIXError(.malformed, "The CMS file has fields, or an order of fields, other than ours.")
        }
    }

    /// Checks the content's digest and every signature, by the certificates in the file, whoever issued these.
    public func verify() throws(PKIXError) {
        guard attributes.messageDigest == Array(SHA256.hash(data: content)) else {
            throw PKIXError(.signatureInvalid, "The message-digest of the CMS file is not that of its content.")
        }
        guard !signers.isEmpty else { throw PKIXError(.signatureInvalid, "Nobody has signed the CMS file.") }
        for signer in signers {
            let key = try signer.certificate.tbs.publicKey()
            guard key.verify(
                signature: signer.signature, over: attributes.derBytes, algorithm: .ecdsaSHA256)
            else {
                throw PKIXError(
                    .signatureInvalid, "A signature of the CMS file is not that of \(signer.certificate.tbs.subject).")
            }
        }
    }

    // MARK: Encoding

    private static func encode(
        _ content: [UInt8], _ contentType: OID, _ certificates: [[UInt8]], _ signerInfos: [[UInt8]]
    ) -> [UInt8] {
        DER.Serializer.bytes { coder in
            coder.sequence { coder in
                coder.oid(identifier)
                coder.constructed(DERTag.contextConstructed(0)) { coder in
                    coder.sequence { coder in
                        coder.integer(version)
                        coder.constructed(DERTag.set) { $0.serializeRawBytes(digestAlgorithm.derBytes) }
                        coder.sequence { coder in
                            coder.oid(contentType)
                            coder.constructed(DERTag.contextConstructed(0)) { $0.octetString(content) }
                        }
                        coder.serializeRawBytes(set(DERTag.contextConstructed(0), of: certificates))
                        coder.serializeRawBytes(set(DERTag.set, of: signerInfos))
                    }
                }
            }
        }
    }

    private static func signerInfo(_ signer: Signer, _ attributes: SignedAttributes) throws(PKIXError) -> [UInt8] {
        guard let keyIdentifier = try signer.certificate.tbs.subjectKeyIdentifier else {
            throw PKIXError(
                .invalidValue, "The certificate of \(signer.certificate.tbs.subject) has no subjectKeyIdentifier.")
        }
        return DER.Serializer.bytes { coder in
            coder.sequence { coder in
                coder.integer(version)
                coder.primitive(DERTag.context(0), keyIdentifier)
                coder.serializeRawBytes(digestAlgorithm.derBytes)
                // `[0] IMPLICIT` in place of the SET's own tag, which is one byte long as well.
                coder.serializeRawBytes([DERTag.contextConstructed(0)] + attributes.derBytes.dropFirst())
                coder.serializeRawBytes(AlgorithmIdentifier(.ecdsaSHA256).derBytes)
                coder.octetString(signer.signature)
            }
        }
    }

    /// SET OF in the order that DER demands (X.690 section 11.6).
    static func set(_ tag: UInt8, of elements: [[UInt8]]) -> [UInt8] {
        DER.Serializer.bytes { coder in
            coder.constructed(tag) { coder in
                for element in elements.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                    coder.serializeRawBytes(element)
                }
            }
        }
    }

    // MARK: Decoding

    private static func signedData(_ derEncoded: [UInt8]) throws(PKIXError) -> DERReader {
        var info = try DERReader.whole(DERTag.sequence, derEncoded, of: "CMS file")
        guard try info.readOID("contentType") == identifier else { throw info.error("it is not SignedData") }
        var explicit = try info.enter(DERTag.contextConstructed(0), "content")
        return try explicit.enter(DERTag.sequence, "SignedData")
    }

    private static func certificates(_ reader: DERReader) throws(PKIXError) -> [[UInt8]: Certificate] {
        var reader = reader
        var certificates: [[UInt8]: Certificate] = [:]
        while !reader.isAtEnd {
            let certificate = try Certificate(
                derEncoded: reader.encoding(of: try reader.read(DERTag.sequence, "certificate")))
            guard let identifier = try certificate.tbs.subjectKeyIdentifier else {
                throw reader.error("a signer's certificate has no subjectKeyIdentifier")
            }
            certificates[identifier] = certificate
        }
        return certificates
    }

    private static func signerInfo(
        _ infos: inout DERReader, _ certificates: [[UInt8]: Certificate]
    ) throws(PKIXError) -> (SignedAttributes, Signer) {
        var info = try infos.enter(DERTag.sequence, "SignerInfo")
        _ = try info.readInteger("SignerInfo's version")
        let identifier = try info.readOctetString("SignerInfo's sid", tag: DERTag.context(0))
        guard let certificate = certificates[identifier] else {
            throw info.error("the certificate of a signer is missing")
        }
        _ = try info.enter(DERTag.sequence, "SignerInfo's digestAlgorithm")
        let attributes = try SignedAttributes(
            info.enter(DERTag.contextConstructed(0), "signedAttrs"), "signedAttrs")
        guard try AlgorithmIdentifier(&info, "signatureAlgorithm") == AlgorithmIdentifier(.ecdsaSHA256) else {
            throw info.unsupported("the signature is not ecdsa-with-SHA256")
        }
        return (attributes, Signer(certificate: certificate, signature: try info.readOctetString("signature")))
    }
}
