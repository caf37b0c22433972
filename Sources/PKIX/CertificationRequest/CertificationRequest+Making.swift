import SwiftASN1

extension CertificationRequest {
    /// Makes a request without attributes (RFC 2986 section 4):
    /// ```
    /// CertificationRequestInfo ::= SEQUENCE {
    ///     version INTEGER { v1(0) }, subject Name, subjectPKInfo SubjectPublicKeyInfo, attributes [0] Attributes }
    /// ```
    ///
    /// - Parameter sign: gets the DER of the CertificationRequestInfo and returns the signature as X.509 carries it.
    /// - Returns: the DER of the request.
    /// - Throws: what `sign` throws.
    public static func make(
        subject: DistinguishedName, publicKey: SubjectPublicKeyInfo, algorithm: SignatureAlgorithm,
        sign: ([UInt8]) throws -> [UInt8]
    ) rethrows -> [UInt8] {
        let info = DER.Serializer.bytes { coder in
            coder.sequence {
                $0.integer(0)
                $0.serializeRawBytes(subject.derBytes)
                $0.serializeRawBytes(publicKey.derBytes)
                $0.constructed(DERTag.contextConstructed(0)) { _ in }
            }
        }
        return Certificate.assemble(
            tbsBytes: info, algorithm: AlgorithmIdentifier(algorithm), signature: try sign(info))
    }
}
