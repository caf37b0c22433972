import SwiftASN1

/// ```
/// Certificate ::= SEQUENCE {
///     tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
/// ```
/// RFC 5280 4.1.
public struct Certificate: Hashable, Sendable {
    public let derBytes: [UInt8]
    public let tbs: TBSCertificate
    public let algorithm: AlgorithmIdentifier
    /// The BIT STRING's bytes; for ECDSA the DER of `SEQUENCE { r, s }`.
    public let signature: [UInt8]
    let tbsRange: Range<Int>

    /// The signed bytes, exactly as they stand in the certificate.
    public var tbsBytes: [UInt8] { Array(derBytes[tbsRange]) }

    public static func == (left: Self, right: Self) -> Bool { left.derBytes == right.derBytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(derBytes) }

    /// Reads a file that holds one certificate as PEM or DER.
    public init(pemOrDER bytes: [UInt8]) throws(PKIXError) {
        try self.init(derEncoded: PEM.derBytes(pemOrDER: bytes, labels: [PEM.certificate]))
    }

    /// Reads exactly one certificate. The signature is not verified.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var outer = try DERReader.whole(DERTag.sequence, derEncoded, of: "certificate")
        let start = outer.position
        tbs = try TBSCertificate(&outer)
        tbsRange = start..<outer.position
        let algorithmStart = outer.position
        algorithm = try AlgorithmIdentifier(&outer, "signatureAlgorithm")
        guard algorithm == tbs.signature else {
            throw outer.error("signatureAlgorithm differs from the signed one", at: algorithmStart)
        }
        signature = Array(derEncoded[try outer.readBitString("signature")])
        try outer.finish("signature")
        derBytes = derEncoded
    }

    /// The complete certificate around bytes that are already signed.
    public static func assemble(
        tbsBytes: [UInt8], algorithm: AlgorithmIdentifier, signature: [UInt8]
    ) -> [UInt8] {
        DER.Serializer.bytes { coder in
            coder.sequence {
                $0.serializeRawBytes(tbsBytes)
                $0.serializeRawBytes(algorithm.derBytes)
                $0.bitString(signature)
            }
        }
    }

    /// Throws `unsupported` for an algorithm that is not verified here, `signatureInvalid` when the signature is not
    /// that of `key`.
    public func verify(by key: SubjectPublicKeyInfo) throws(PKIXError) {
        try key.verify(signature, over: derBytes[tbsRange], algorithm: algorithm, of: "certificate of \(tbs.subject)")
    }

    /// One link of a chain: the issuer's name is `issuer`'s subject byte for byte, the key identifiers agree where both
    /// are there, and the signature is that of `issuer`'s key. Says nothing about validity, constraints or usage.
    public func verifyIssued(by issuer: Certificate) throws(PKIXError) {
        guard tbs.issuer == issuer.tbs.subject else {
            throw PKIXError(
                .chainBroken,
                "The certificate of \(tbs.subject) names the issuer \(tbs.issuer), not \(issuer.tbs.subject).")
        }
        if let authority = try tbs.authorityKeyIdentifier, try authority != issuer.tbs.subjectKeyIdentifier {
            throw PKIXError(
                .chainBroken,
                "The authorityKeyIdentifier in the certificate of \(tbs.subject) is not \(issuer.tbs.subject)'s.")
        }
        try verify(by: issuer.tbs.publicKey())
    }
}

extension SubjectPublicKeyInfo {
    /// `signed` is what the error speaks of.
    func verify(
        _ signature: [UInt8], over message: ArraySlice<UInt8>, algorithm: AlgorithmIdentifier, of signed: String
    ) throws(PKIXError) {
        guard let known = algorithm.signatureAlgorithm else {
            throw PKIXError(
                .unsupported, "The signature algorithm \(algorithm) of the \(signed) is not supported.",
                advice: "Use one of \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard known.isVerifiable(with: kind) else {
            throw PKIXError(
                .signatureInvalid, "The \(signed) is signed with \(known), which a \(kind) key cannot make.")
        }
        guard verify(signature: signature, over: message, algorithm: known) else {
            throw PKIXError(.signatureInvalid, "The signature of the \(signed) does not verify.")
        }
    }
}
