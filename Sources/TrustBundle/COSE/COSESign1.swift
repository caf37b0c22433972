/// COSE_Sign1 (RFC 9052 section 4.2), tagged, with its payload and an empty unprotected header:
///
///     18([ protected: bstr, unprotected: {}, payload: bstr, signature: bstr ])
struct COSESign1: Hashable, Sendable {
    static let tag: UInt64 = 18

    /// The encoding of the protected header's map.
    let protected: [UInt8]
    let payload: [UInt8]
    /// ECDSA's r and s of fixed length (RFC 9053 section 2.1).
    let signature: [UInt8]

    init(protected: [UInt8], payload: [UInt8], signature: [UInt8]) {
        self.protected = protected
        self.payload = payload
        self.signature = signature
    }

    init(encoded: [UInt8]) throws(BundleError) {
        let item: CBORValue
        do {
            item = try CBORValue(deterministic: encoded)
        } catch {
            throw BundleError(.encoding, "The bundle is \(error)")
        }
        guard case .tagged(Self.tag, .array(let parts)) = item, parts.count == 4 else {
            throw BundleError(.encoding, "The bundle is not a tagged COSE_Sign1.")
        }
        guard case .bytes(let protected) = parts[0], case .bytes(let payload) = parts[2],
            case .bytes(let signature) = parts[3]
        else {
            throw BundleError(.encoding, "Protected header, payload and signature of the bundle must be byte strings.")
        }
        guard parts[1] == .map([:]) else {
            throw BundleError(.encoding, "The bundle's unprotected header must be empty, since no signature covers it.")
        }
        self.init(protected: protected, payload: payload, signature: signature)
    }

    var encoded: [UInt8] {
        CBORValue.tagged(
            Self.tag, [.bytes(protected), .map([:]), .bytes(payload), .bytes(signature)]
        ).encoded
    }

    /// Sig_structure (RFC 9052 section 4.4) with an empty external_aad: the bytes that are hashed and signed.
    static func toBeSigned(protected: [UInt8], payload: [UInt8]) -> [UInt8] {
        CBORValue.array(["Signature1", .bytes(protected), .bytes([]), .bytes(payload)]).encoded
    }
}
