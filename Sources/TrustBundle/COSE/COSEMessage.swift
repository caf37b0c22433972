/// COSE_Sign1 or COSE_Sign (RFC 9052 sections 4.2 and 4.1), tagged, with its payload and empty unprotected headers:
///
///     18([ protected: bstr, unprotected: {}, payload: bstr, signature: bstr ])
///     98([ protected: bstr, unprotected: {}, payload: bstr,
///          [2*8 [ protected: bstr, unprotected: {}, signature: bstr ]] ])
///
/// One signature stands in a COSE_Sign1 and several in a COSE_Sign, so that a bundle has one encoding only.
struct COSEMessage: Hashable, Sendable {
    struct Signature: Hashable, Sendable {
        /// The encoding of the protected header's map; for a COSE_Sign1 the message's own.
        var protected: [UInt8]
        /// ECDSA's r and s of fixed length (RFC 9053 section 2.1).
        var signature: [UInt8]
    }

    static let singleTag: UInt64 = 18
    static let severalTag: UInt64 = 98

    /// The encoding of the protected header that belongs to the payload; empty for a COSE_Sign1, which has one header.
    let bodyProtected: [UInt8]
    let payload: [UInt8]
    let signatures: [Signature]

    /// A COSE_Sign1.
    init(payload: [UInt8], signature: Signature) {
        bodyProtected = []
        self.payload = payload
        signatures = [signature]
    }

    /// A COSE_Sign.
    init(bodyProtected: [UInt8], payload: [UInt8], signatures: [Signature]) {
        self.bodyProtected = bodyProtected
        self.payload = payload
        self.signatures = signatures
    }

    init(encoded: [UInt8]) throws(BundleError) {
        let item: CBORValue
        do {
            item = try CBORValue(deterministic: encoded)
        } catch {
            throw BundleError(.encoding, "The bundle is \(error)")
        }
        guard case .tagged(let tag, .array(let parts)) = item, [Self.singleTag, Self.severalTag].contains(tag),
            parts.count == 4
        else {
            throw BundleError(.encoding, "The bundle is not a tagged COSE_Sign1 or COSE_Sign.")
        }
        guard case .bytes(let protected) = parts[0], case .bytes(let payload) = parts[2] else {
            throw BundleError(.encoding, "Protected header and payload of the bundle must be byte strings.")
        }
        try Self.requireEmpty(parts[1])
        if tag == Self.singleTag {
            self.init(
                payload: payload, signature: Signature(protected: protected, signature: try Self.signature(parts[3])))
        } else {
            self.init(bodyProtected: protected, payload: payload, signatures: try Self.signatures(parts[3]))
        }
    }

    private static func signatures(_ value: CBORValue) throws(BundleError) -> [Signature] {
        guard case .array(let elements) = value, (2...BundlePayload.maximumThreshold).contains(elements.count) else {
            throw BundleError(
                .encoding, "A COSE_Sign of a bundle has 2 to \(BundlePayload.maximumThreshold) signatures.",
                advice: "One signature belongs into a COSE_Sign1.")
        }
        var signatures: [Signature] = []
        for element in elements {
            guard case .array(let parts) = element, parts.count == 3, case .bytes(let protected) = parts[0] else {
                throw BundleError(.encoding, "Signature \(signatures.count) of the bundle is not a COSE_Signature.")
            }
            try requireEmpty(parts[1])
            signatures.append(Signature(protected: protected, signature: try signature(parts[2])))
        }
        return signatures
    }

    private static func signature(_ value: CBORValue) throws(BundleError) -> [UInt8] {
        guard case .bytes(let signature) = value, signature.count == ECDSASignatureForm.rawByteCount else {
            throw BundleError(
                .encoding,
                "A signature of the bundle is not a byte string of \(ECDSASignatureForm.rawByteCount) bytes.")
        }
        return signature
    }

    private static func requireEmpty(_ unprotected: CBORValue) throws(BundleError) {
        guard unprotected == .map([:]) else {
            throw BundleError(.encoding, "The bundle's unprotected header must be empty, since no signature covers it.")
        }
    }

    var encoded: [UInt8] {
        if bodyProtected.isEmpty, signatures.count == 1 {
            return CBORValue.tagged(
                Self.singleTag,
                [
                    .bytes(signatures[0].protected), .map([:]), .bytes(payload), .bytes(signatures[0].signature),
                ]
            ).encoded
        }
        let parts = signatures.map { CBORValue.array([.bytes($0.protected), .map([:]), .bytes($0.signature)]) }
        return CBORValue.tagged(
            Self.severalTag, [.bytes(bodyProtected), .map([:]), .bytes(payload), .array(parts)]
        ).encoded
    }

    /// Sig_structure (RFC 9052 section 4.4) with an empty external_aad: the bytes that are hashed and signed.
    ///
    /// - Parameter bodyProtected: empty for a COSE_Sign1.
    static func toBeSigned(bodyProtected: [UInt8], protected: [UInt8], payload: [UInt8]) -> [UInt8] {
        if bodyProtected.isEmpty {
            return CBORValue.array(["Signature1", .bytes(protected), .bytes([]), .bytes(payload)]).encoded
        }
        return CBORValue.array(
            ["Signature", .bytes(bodyProtected), .bytes(protected), .bytes([]), .bytes(payload)]
        ).encoded
    }
}
