import CLibCrypto

extension SecondOpinion {
    /// The signature algorithms of our objects, with the names that they bear in policies and records.
    public enum SignatureAlgorithm: String, CaseIterable, Hashable, Sendable {
        case ecdsaSHA256 = "ecdsa-with-SHA256"
        case ecdsaSHA384 = "ecdsa-with-SHA384"
        case rsaSHA256 = "sha256WithRSAEncryption"
        case rsaSHA384 = "sha384WithRSAEncryption"
        case rsaPSSSHA256 = "rsassa-pss-sha256"
        case rsaPSSSHA384 = "rsassa-pss-sha384"
        case ed25519 = "ed25519"

        /// Reads an AlgorithmIdentifier. RSASSA-PSS must carry the one set of parameters that RFC 4055 3.1 leaves for
        /// the hash: MGF1 with the same hash, a salt as long as the digest, trailer field 1.
        init(_ identifier: UnsafePointer<X509_ALGOR>?, where place: String) throws(Disagreement) {
            var object: OpaquePointer?
            var parameterType: CInt = 0
            var parameters: UnsafeRawPointer?
            X509_ALGOR_get0(&object, &parameterType, &parameters, identifier)
            switch OBJ_obj2nid(object) {
            case NID_ecdsa_with_SHA256: self = .ecdsaSHA256
            case NID_ecdsa_with_SHA384: self = .ecdsaSHA384
            case NID_sha256WithRSAEncryption: self = .rsaSHA256
            case NID_sha384WithRSAEncryption: self = .rsaSHA384
            case NID_ED25519: self = .ed25519
            case NID_rsassaPss:
                self = try Self.pss(parameterType: parameterType, parameters: parameters, where: place)
                return
            default:
                throw Disagreement(
                    .content, what: "The signature algorithm \(Reading.objectIdentifier(object)) is not one of ours",
                    where: place)
            }
            // RFC 5758 3.2 and RFC 8410 3: absent. RFC 4055 5: NULL for RSA.
            let expected = self == .rsaSHA256 || self == .rsaSHA384 ? V_ASN1_NULL : V_ASN1_UNDEF
            guard parameterType == expected else {
                throw Disagreement(
                    .content,
                    what: "The parameters of the signature algorithm \(rawValue) are not those of its specification",
                    where: place)
            }
        }

        private static func pss(
            parameterType: CInt, parameters: UnsafeRawPointer?, where place: String
        ) throws(Disagreement) -> SignatureAlgorithm {
            let wrong = Disagreement(
                .content,
                what: "The RSASSA-PSS parameters are not those of SHA-256 or SHA-384 with MGF1 of the same hash",
                where: place)
            guard parameterType == V_ASN1_SEQUENCE, let parameters else { throw wrong }
            let sequence = parameters.assumingMemoryBound(to: ASN1_STRING.self)
            var cursor = ASN1_STRING_get0_data(sequence)
            guard let decoded = d2i_RSA_PSS_PARAMS(nil, &cursor, CLong(ASN1_STRING_length(sequence))) else {
                ErrorQueue.clear()
                throw wrong
            }
            defer { RSA_PSS_PARAMS_free(decoded) }
            let hash = digest(decoded.pointee.hashAlgorithm)
            let saltLength = decoded.pointee.saltLength.map { ASN1_INTEGER_get($0) }
            guard decoded.pointee.trailerField == nil, let generator = decoded.pointee.maskGenAlgorithm,
                OBJ_obj2nid(generator.pointee.algorithm) == NID_mgf1, maskHash(generator) == hash
            else { throw wrong }
            switch (hash, saltLength) {
            case (NID_sha256, 32): return .rsaPSSSHA256
            case (NID_sha384, 48): return .rsaPSSSHA384
            default: throw wrong
            }
        }

        private static func digest(_ identifier: UnsafePointer<X509_ALGOR>?) -> CInt {
            guard let identifier else { return NID_undef }
            return OBJ_obj2nid(identifier.pointee.algorithm)
        }

        private static func maskHash(_ generator: UnsafePointer<X509_ALGOR>) -> CInt {
            guard let parameter = generator.pointee.parameter, parameter.pointee.type == V_ASN1_SEQUENCE,
                let sequence = parameter.pointee.value.sequence
            else { return NID_undef }
            var cursor = ASN1_STRING_get0_data(sequence)
            guard let identifier = d2i_X509_ALGOR(nil, &cursor, CLong(ASN1_STRING_length(sequence))) else {
                ErrorQueue.clear()
                return NID_undef
            }
            defer { X509_ALGOR_free(identifier) }
            return digest(identifier)
        }

        /// Nil where the algorithm hashes by itself.
        var messageDigest: OpaquePointer? {
            switch self {
            case .ecdsaSHA256, .rsaSHA256, .rsaPSSSHA256: EVP_sha256()
            case .ecdsaSHA384, .rsaSHA384, .rsaPSSSHA384: EVP_sha384()
            case .ed25519: nil
            }
        }

        var keyType: CInt {
            switch self {
            case .ecdsaSHA256, .ecdsaSHA384: EVP_PKEY_EC
            case .rsaSHA256, .rsaSHA384, .rsaPSSSHA256, .rsaPSSSHA384: EVP_PKEY_RSA
            case .ed25519: EVP_PKEY_ED25519
            }
        }
    }
}
